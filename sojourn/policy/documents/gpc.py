"""The file that says whether Global Privacy Control is honoured (`/.well-known/gpc.json`)."""

from __future__ import annotations

from datetime import date

import msgspec

from sojourn.policy.compile import Compiled
from sojourn.policy.document import Document


def json(compiled: Compiled, at: date) -> str:
    """True only where the policy says that it honours the signal; the day is its version's, where
    that is one."""
    signals = compiled.policy.signals
    honoured = signals is not None and signals.gpc == "honour"
    try:
        updated = date.fromisoformat(compiled.policy.version or "")
    except ValueError:
        updated = at
    said = {"gpc": honoured, "lastUpdate": updated.isoformat()}
    return msgspec.json.encode(said).decode()


DOCUMENT = Document("gpc", "Global Privacy Control", "gpc.json", {"json": json})
