"""Showing: every document that can be made from a policy, and whether strangers may read it.

The last of the five gates: what is shown is made from the same text that runs.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from sojourn.errors import NotFound
from sojourn.found import found_in
from sojourn.policy.compile import Compiled, compile
from sojourn.policy.document import Document

DOCUMENTS: dict[str, Document] = {
    document.name: document
    for document in found_in("sojourn.policy.documents", "DOCUMENT").values()
}
"""Every document, by its name."""

REMEMBERED = 64
"""Policies and pages kept in memory: strangers ask for them, and they change once a day."""


@lru_cache(maxsize=REMEMBERED)
def read(text: str, at: date) -> Compiled:
    """A policy as of a day, to make documents from."""
    return compile(text, at)


@lru_cache(maxsize=REMEMBERED)
def shown(text: str, name: str, format: str, at: date) -> str:
    """A document of a policy as of a day; `format` "" is the document's first."""
    document = named(name)
    render = document.formats.get(format or next(iter(document.formats)))
    if render is None:
        raise NotFound(
            f"The document “{name}” has no format “{format[:60]}”",
            mend=f"There are {', '.join(document.formats)}.",
        )
    return render(read(text, at), at)


def named(name: str) -> Document:
    """The document of a name."""
    if name not in DOCUMENTS:
        raise NotFound(
            f"There is no document “{name[:60]}”", mend=f"There are {', '.join(DOCUMENTS)}."
        )
    return DOCUMENTS[name]
