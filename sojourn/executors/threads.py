"""Parts on threads of this process, one a core."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sojourn.timeline import Timeline

Result = TypeVar("Result")


class ThreadExecutor:
    """As many threads as there are cores: kernels never wait for anything."""

    def __init__(self, threads: int = os.cpu_count() or 1) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="part")

    def map(
        self, function: Callable[[Timeline], Result], parts: Sequence[Timeline]
    ) -> list[Result]:
        return list(self._pool.map(function, parts))

    def close(self) -> None:
        self._pool.shutdown()
