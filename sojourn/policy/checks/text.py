"""The text: YAML that says one thing, words that exist, and values that can stand there."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from sojourn.policy.check import Check, Context
from sojourn.policy.finding import Code, Finding

FORMAT = 1
"""The version of the language, `sojourn:` in the first line."""

NOT_YAML = Code("P001", "error", "the text cannot be read", ())
NOT_A_VALUE = Code("P002", "error", "this value cannot stand here", ())
UNKNOWN_KEY = Code("P003", "error", "unknown key", ())
NO_FORMAT = Code("P004", "error", "the version of the language is missing or unknown", ())


def unreadable(what: str, mend: str) -> Finding:
    """The finding of a policy of which not even the text is there to be checked."""
    return Finding(
        line=1,
        column=1,
        level=NOT_YAML.level,
        code=NOT_YAML.code,
        title=NOT_YAML.title,
        path="",
        clauses=NOT_YAML.clauses,
        what=what,
        mend=mend,
    )


def find(context: Context) -> Iterator[Finding]:
    """What is wrong before anything is meant by it."""
    source, reading = context.source, context.reading
    for flaw in source.flaws:
        found = context.finding(NOT_YAML, (), flaw.what, flaw.mend)
        line, column = flaw.place.line, flaw.place.column
        yield msgspec.structs.replace(found, line=line, column=column)
    if source.flaws and source.data is None:
        return
    for misread in reading.misread:
        code = UNKNOWN_KEY if misread.unknown else NOT_A_VALUE
        what, mend = misread.what, misread.mend
        yield context.finding(code, misread.path, what, mend, value=not misread.unknown)
    if isinstance(source.data, dict) and reading.policy.sojourn != FORMAT:
        said = reading.policy.sojourn
        what = "It is not said." if said is None else f"It is {said}."
        yield context.finding(NO_FORMAT, ("sojourn",), what, f"Say `sojourn: {FORMAT}`.")


CHECK = Check((NOT_YAML, NOT_A_VALUE, UNKNOWN_KEY, NO_FORMAT), find)
