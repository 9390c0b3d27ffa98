"""Rights: which are offered, where people turn with them, and within what time they are answered.

When nothing at all is said of rights, that is one finding: its parts are asked for once there is a
place for them.
"""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.policy import meaning
from sojourn.policy.check import Check, Context
from sojourn.policy.facts.rights import (
    ANSWER_MAX,
    ARTICLE_OF,
    COMPLAINT_MAX,
    MARKETING_STOP_MAX,
    RIGHTS_OF,
)
from sojourn.policy.finding import Code, Finding
from sojourn.policy.words import Duration

NO_CHANNEL = Code(
    "P620", "error", "the channel for rights is missing", ("S2-21", "S1-30", "GDPR 13(2)(b)")
)
NO_AUTHORITY = Code("P621", "error", "the authority is missing", ("S1-35", "GDPR 13(2)(d)"))
NO_DEADLINE = Code("P622", "error", "there is no answer deadline", ("S1-38", "GDPR 12(3)"))
TOO_SLOW = Code("P623", "error", "the answer deadline is too long", ("S1-38", "GDPR 12(3)"))
TWO_CLOCKS = Code("P624", "warning", "two clocks are said as one", ("S1-32", "GDPR 21(3)"))
MARKETING_TOO_SLOW = Code("P625", "warning", "marketing stops too late", ("S1-32", "GDPR 21(3)"))
NOT_OFFERED = Code("P626", "error", "a right is not offered", ("S1-30", "GDPR 13(2)(b)"))
NOT_OFFERED_BACK = Code(
    "P627", "error", "consent cannot be withdrawn", ("S1-30", "S1-31", "GDPR 7(3)")
)
COMPLAINT_CLOCK = Code("P628", "note", "complaints have no clock, or a slow one", ("S1-05",))
NOT_VERIFIED = Code("P629", "note", "nothing says how identity is checked", ("S1-37", "GDPR 12(6)"))


def find(context: Context) -> Iterator[Finding]:
    """Where people turn, within what time they are answered, and what they may ask for."""
    if not isinstance(context.source.data, dict):
        return
    if context.says(("rights",)):
        yield from _channel(context)
        yield from _clocks(context)
    else:
        what = (
            "Nothing says where people turn with their rights, within what time they are answered,"
            " and how they prove who they are."
        )
        mend = "Say `rights:` with channel, answer_within and verify."
        yield context.finding(NO_CHANNEL, ("rights",), what, mend)
    if not context.says(("organisation", "authority")) and context.says(("rights",)):
        what = "Nothing says to which authority people may complain."
        mend = "Under `organisation:`, say `authority:`."
        yield context.finding(NO_AUTHORITY, ("organisation",), what, mend)
    yield from _offered(context)


def _channel(context: Context) -> Iterator[Finding]:
    if not context.says(("rights", "channel")):
        what = "Nothing says where people send a request."
        mend = "Say `channel:`; it may be the same as the privacy contact."
        yield context.finding(NO_CHANNEL, ("rights",), what, mend)
    if not context.says(("rights", "verify")):
        what = "Nothing says how it is known that a request is the person's own."
        mend = "Say `verify:` with email, sign_in or manual."
        yield context.finding(NOT_VERIFIED, ("rights",), what, mend)


def _clocks(context: Context) -> Iterator[Finding]:
    rights = context.policy.rights
    if not context.says(("rights", "answer_within")):
        what = "Nothing says within what time a request is answered."
        mend = f"Say `answer_within: {ANSWER_MAX}`, which is what the law gives."
        yield context.finding(NO_DEADLINE, ("rights",), what, mend)
    elif _is_over(rights.answer_within, ANSWER_MAX):
        within = rights.answer_within
        what = f"{within} can be longer than the law gives, which is {ANSWER_MAX}."
        mend = f"Say {ANSWER_MAX}, or 28 days: the shortest month has no more."
        yield context.finding(TOO_SLOW, ("rights", "answer_within"), what, mend, value=True)
    within, path = rights.stop_marketing_within, ("rights", "stop_marketing_within")
    if within is not None and not context.says(("rights", "stop_marketing_here")):
        what = f"Marketing stops within {within}: at the recipients, or here as well?"
        mend = "Say `stop_marketing_here: at_once` too: here it must stop with the objection."
        yield context.finding(TWO_CLOCKS, path, what, mend)
    if _is_over(within, MARKETING_STOP_MAX):
        what = f"{within} is long for recipients to stop marketing."
        mend = f"Say {MARKETING_STOP_MAX} at most."
        yield context.finding(MARKETING_TOO_SLOW, path, what, mend, value=True)
    complaint, path = rights.answer_complaint_within, ("rights", "answer_complaint_within")
    if not context.says(path):
        what = "Nothing says within what time a complaint is answered."
        mend = f"Say `answer_complaint_within: {COMPLAINT_MAX}`, or less."
        yield context.finding(COMPLAINT_CLOCK, ("rights",), what, mend)
    elif _is_over(complaint, COMPLAINT_MAX):
        what = f"{complaint} is long for a complaint."
        mend = f"Say {COMPLAINT_MAX} at most."
        yield context.finding(COMPLAINT_CLOCK, path, what, mend, value=True)


def _is_over(said: Duration | None, most: Duration) -> bool:
    return said is not None and said.may_outlast(most)


def _offered(context: Context) -> Iterator[Finding]:
    """Rights that some basis entails, and that are not offered; each is told once."""
    policy = context.policy
    owed: dict[str, tuple[str, str]] = {}
    for name, purpose in policy.purposes.items():
        for basis in sorted(meaning.bases(purpose)):
            for right in RIGHTS_OF[basis]:
                owed.setdefault(right, (name, basis))
    for right, (name, entailing) in owed.items():
        if right not in policy.rights.offers:
            ground = entailing.replace("_", " ")
            what = (
                f"“{name}” rests on {ground}, which gives the right to {_asked(right)}"
                f" (GDPR {ARTICLE_OF[right]}), and it is not offered."
            )
            code = NOT_OFFERED_BACK if right == "withdraw" else NOT_OFFERED
            mend = f"Add {right} to `offers:`."
            yield context.finding(code, ("rights", "offers"), what, mend)


def _asked(right: str) -> str:
    """A right as what a person may ask to do."""
    return {"port": "take the data along", "withdraw": "withdraw it"}.get(right, right)


CHECK = Check(
    (
        NO_CHANNEL,
        NO_AUTHORITY,
        NO_DEADLINE,
        TOO_SLOW,
        TWO_CLOCKS,
        MARKETING_TOO_SLOW,
        NOT_OFFERED,
        NOT_OFFERED_BACK,
        COMPLAINT_CLOCK,
        NOT_VERIFIED,
    ),
    find,
)
