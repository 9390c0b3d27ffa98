"""A check: one concern of a policy, looked at in all of it.

Each file in `checks/` has one value `CHECK` of this type, found by its file's name: a new check is
one file, with a section for each of its codes in `docs/reference/findings.md`. A check is a pure
function; what it needs to know of the world (the date) is in the context, and what it knows of law
and of vendors is data with dates, in `facts/`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from sojourn.policy.finding import Code, Finding
from sojourn.policy.model import Policy
from sojourn.policy.reading import Reading, is_blank
from sojourn.policy.source import Path, Source

DRAFT_MAY_LACK = "P6"
"""How the codes begin of what a text needs to be made public."""


@dataclass(frozen=True, slots=True)
class Context:
    """The policy as it was read, where everything stands, and as of which day it is judged."""

    source: Source
    reading: Reading
    at: date

    @property
    def policy(self) -> Policy:
        """The typed tree."""
        return self.reading.policy

    def says(self, path: Path) -> bool:
        """Whether anything stands at a path, readable or not; what is empty says nothing."""
        here = self.source.data
        for step in path:
            try:
                here = here[step]
            except (KeyError, IndexError, TypeError):
                return False
        return here not in (None, [], {}) and not is_blank(here)

    def finding(
        self, code: Code, path: Path, what: str, mend: str, *, value: bool = False
    ) -> Finding:
        """A finding at the key of a path (what is missing is told at what it is missing from), or
        at its `value`."""
        place = self.source.value(path) if value else self.source.key(path)
        lacking = self.policy.draft and code.code.startswith(DRAFT_MAY_LACK)
        return Finding(
            line=place.line,
            column=place.column,
            level="warning" if lacking and code.level == "error" else code.level,
            code=code.code,
            title=code.title,
            path=".".join(map(str, path)),
            clauses=code.clauses,
            what=what,
            mend=mend,
        )


@dataclass(frozen=True, slots=True)
class Check:
    """The codes a check may find, and how it finds them."""

    codes: tuple[Code, ...]
    find: Callable[[Context], Iterator[Finding]]
