"""A finding: what the compiler has to say about one place of a policy.

As with any compiler: a level, a code that has a page, a place, what is wrong and what to do. A
policy with an error does not run.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Level = Literal["error", "warning", "note"]


class Code(msgspec.Struct, frozen=True):
    """One kind of finding. `clauses` are those that ask for it: of the seeds (`S1-27`), or of a law
    (`GDPR 13(2)(a)`)."""

    code: str
    level: Level
    title: str
    clauses: tuple[str, ...]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One finding. `line` and `column` count from 1; `path` is the way to the place, from the top.

    `what` says what is wrong in full sentences, `mend` what to do.
    """

    line: int
    column: int
    level: Level
    code: str
    title: str
    path: str
    clauses: tuple[str, ...]
    what: str
    mend: str
