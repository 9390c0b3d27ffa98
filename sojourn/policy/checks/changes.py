"""Changes: which version this is, how people hear of the next, and where copies of data lie."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.policy.check import Check, Context
from sojourn.policy.finding import Code, Finding
from sojourn.policy.words import READ, Date

NO_VERSION = Code("P650", "error", "the version is missing or no date", ("S1-41", "GDPR 5(2)"))
NO_NOTICE = Code("P651", "note", "nothing says how early changes are told", ("S1-41",))
NO_COPIES = Code("P652", "note", "copies of data are not listed", ("S1-40", "GDPR 17"))


def find(context: Context) -> Iterator[Finding]:
    """The version, the notice of changes, and the derived stores."""
    if not isinstance(context.source.data, dict):
        return
    version = context.policy.version
    if not context.says(("version",)):
        what = "Nothing says which version of the policy this is."
        mend = f'Say `version: "{context.at}"`, the day from which it holds.'
        yield context.finding(NO_VERSION, ("version",), what, mend)
    elif version is not None and not _is_date(version):
        what = f"“{version[:60]}” is no day."
        mend = f'Say the day from which it holds, such as "{context.at}".'
        yield context.finding(NO_VERSION, ("version",), what, mend, value=True)
    if not context.says(("changes", "notice")):
        what = "Nothing says how long before a change people are told of it."
        mend = "Say `changes: {notice: 30 days}`."
        yield context.finding(NO_NOTICE, ("changes",), what, mend)
    if context.policy.categories and not context.says(("copies",)):
        what = "Nothing says how long exports, caches and other copies live after an erasure."
        mend = "Say `copies: {exports: 30 days}`, with each kind of copy that there is."
        yield context.finding(NO_COPIES, ("copies",), what, mend)


def _is_date(version: str) -> bool:
    try:
        READ[Date](version)
    except ValueError:
        return False
    return True


CHECK = Check((NO_VERSION, NO_NOTICE, NO_COPIES), find)
