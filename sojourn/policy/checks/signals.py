"""Signals: what a browser says for the person, what is done about it, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.policy import meaning
from sojourn.policy.check import Check, Context
from sojourn.policy.checks.cookies import is_tracking
from sojourn.policy.finding import Code, Finding
from sojourn.policy.model import Policy, Signals

MISSING = Code("P510", "warning", "a browser's signal is not answered", ("S1-24",))
CONTRADICTORY = Code(
    "P511", "error", "opting out is promised and its signal ignored", ("S1-24", "11 CCR 7025")
)
DIFFERS = Code("P512", "error", "the published text differs from the setting", ("S1-24",))

NAMES = {"gpc": "Global Privacy Control", "dnt": "Do Not Track"}


def find(context: Context) -> Iterator[Finding]:
    """Whether each signal is answered, as promised and as published."""
    policy = context.policy
    signals = policy.signals or Signals()
    promise = _promise(policy)
    gpc_is_open = not context.says(("signals", "gpc"))
    if promise and (signals.gpc == "ignore" or (signals.dnt == "ignore" and gpc_is_open)):
        ignored = "gpc" if signals.gpc == "ignore" else "dnt"
        silent = ", and nothing is said of Global Privacy Control" if gpc_is_open else ""
        what = f"{promise}, but {NAMES[ignored]} is ignored{silent}."
        mend = "Say `gpc: honour`, which California makes binding, and better `dnt: honour` too."
        yield context.finding(CONTRADICTORY, ("signals", ignored), what, mend, value=True)
    elif is_tracking(policy) or policy.cookies or policy.signals:
        unsaid = [name for name in NAMES if not context.says(("signals", name))]
        if unsaid:
            names = " and of ".join(NAMES[name] for name in unsaid)
            mend = f"Under `signals:`, say {' and '.join(f'{name}: honour' for name in unsaid)}."
            yield context.finding(MISSING, ("signals",), f"Nothing is said of {names}.", mend)
    published = signals.published
    for name in NAMES if published else ():
        told, done = getattr(published, name), getattr(signals, name)
        if told is not None and done is not None and told != done:
            what = f"The public text says {told} of {NAMES[name]}, and the setting is {done}."
            path = ("signals", "published", name)
            mend = "Change the text, or the setting."
            yield context.finding(DIFFERS, path, what, mend, value=True)


def _promise(policy: Policy) -> str:
    """In what words opting out is promised; nothing when it is not."""
    if policy.opt_outs:
        return "Ways to opt out are listed"
    if any(meaning.is_marketing(purpose) for purpose in policy.purposes.values()):
        return "People may object to marketing at any time"
    if "object" in policy.rights.offers:
        return "The right to object is offered"
    return ""


CHECK = Check((MISSING, CONTRADICTORY, DIFFERS), find)
