"""A document: something to read or to hand on that is made from a policy, whole, at any time.

Each file in `documents/` has one value `DOCUMENT` of this type, found by its file's name. Making
one is pure: the same policy on the same day gives the same text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from sojourn.policy.compile import Compiled

Render = Callable[[Compiled, date], str]
"""Makes the text of a document from a compiled policy as of a day."""

MEDIA_TYPES = {
    "html": "text/html",
    "csv": "text/csv",
    "json": "application/json",
    "jsonld": "application/ld+json",
    "yaml": "application/yaml",
    "atom": "application/atom+xml",
}
"""What each format is called over HTTP."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document. `path` is its address under a project's public pages (`/p/{project}/…`);
    the first of `formats` is what one gets who asks for none."""

    name: str
    title: str
    path: str
    formats: Mapping[str, Render]
