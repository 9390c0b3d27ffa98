"""Regions: words that are countries, and a rule for whoever is in none of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sojourn.policy.check import Check, Context
from sojourn.policy.facts.regions import is_known
from sojourn.policy.finding import Code, Finding
from sojourn.policy.source import Path

NO_DEFAULT = Code("P202", "error", "a basis by region has no default", ("S1-14", "GDPR 6(1)"))
UNKNOWN = Code("P203", "error", "a region is unknown", ("S1-14",))


def find(context: Context) -> Iterator[Finding]:
    """Everything that is said by region."""
    for path, regions in _by_region(context):
        for region in regions:
            if not is_known(region):
                what = f"Nowhere is called “{region[:60]}”, so the rule is nobody's."
                mend = "Say a country's two letters, such as FR; or EEA, EU or default."
                yield context.finding(UNKNOWN, (*path, region), what, mend)
    for name, purpose in context.policy.purposes.items():
        basis = purpose.basis
        written = context.source.keys
        path = ("purposes", name, "basis")
        if isinstance(basis, dict) and basis and (*path, "default") not in written:
            what = f"“{name}” has no basis where the region is another, or is not known."
            mend = "Say `default:` with the strictest."
            yield context.finding(NO_DEFAULT, path, what, mend)


def _by_region(context: Context) -> Iterator[tuple[Path, Iterable[str]]]:
    policy = context.policy
    for name, purpose in policy.purposes.items():
        if isinstance(purpose.basis, dict):
            yield ("purposes", name, "basis"), purpose.basis
    yield ("opt_outs",), policy.opt_outs


CHECK = Check((NO_DEFAULT, UNKNOWN), find)
