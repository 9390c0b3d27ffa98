"""What a process to be killed has when it begins: everything imported, and every kernel loaded."""

from __future__ import annotations

import sojourn.api.server  # noqa: F401  (so that those who fork need not)
from sojourn import kernels

for kernel in kernels.found():
    kernel.load()
