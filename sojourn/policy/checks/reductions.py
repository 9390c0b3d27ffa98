"""Reductions: each takes something away, and no two of one property fight over what is left."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from sojourn.policy.check import Check, Context
from sojourn.policy.finding import Code, Finding
from sojourn.policy.model import Reduction

EMPTY = Code("P309", "error", "a reduction takes nothing away", ("GDPR 5(1)(c)", "GDPR 25"))
CONTRADICTORY = Code("P312", "error", "a reduction contradicts itself", ("GDPR 25",))

WHOLE = ("drop", "country", "keyed_hash", "round", "bucket")
"""Reductions of which there can be but one, for it leaves something of another kind."""


def find(context: Context) -> Iterator[Finding]:
    """Every reduction that is written out."""
    for name, own in context.policy.properties.items():
        if not isinstance(own.reduce, Reduction):
            continue
        path = ("properties", name, "reduce")
        wrong = _contradiction(own.reduce)
        if wrong:
            yield context.finding(CONTRADICTORY, path, wrong, "Say one thing that can be done.")
        elif own.reduce == Reduction():
            what = f"“{name}” is reduced by nothing."
            mend = "Say what to do with it, such as `reduce: drop`; or leave `reduce:` out."
            yield context.finding(EMPTY, path, what, mend)


def _contradiction(reduction: Reduction) -> str:
    """What cannot be done about it, in a sentence; or nothing."""
    whole = [word for word in WHOLE if getattr(reduction, word)]
    # An address may lose its query and then be cut short; a hash or a country has nothing to cut.
    parts = [word for word in ("strip_query", "truncate") if getattr(reduction, word)]
    edges = reduction.bucket
    if len(whole) > 1 or (whole and whole != ["keyed_hash"] and parts):
        return f"`{'` and `'.join([*whole, *parts][:2])}` cannot both be done."
    if reduction.keep and not reduction.strip_query:
        return "`keep` says what stays of a query, and no query is stripped."
    if reduction.truncate is not None and reduction.truncate <= 0:
        return "Cut to nothing, nothing is left; that is called `drop`."
    if reduction.round is not None and not 0 < reduction.round < float("inf"):
        return f"There are no multiples of {reduction.round} to round to."
    if any(not low < high for low, high in pairwise(edges)):
        return "The edges of buckets go up."
    return ""


CHECK = Check((EMPTY, CONTRADICTORY), find)
