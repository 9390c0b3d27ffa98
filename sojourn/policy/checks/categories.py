"""Categories: what they mean in the taxonomy, what may not stand in one, and what they are for."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.policy import meaning
from sojourn.policy.check import Check, Context
from sojourn.policy.facts.fideslang import (
    ANALYTICS,
    CATEGORIES,
    CONTENT,
    IDENTIFYING,
    MARKETING,
    NAMING,
    NETWORK,
    meets,
    within,
)
from sojourn.policy.finding import Code, Finding
from sojourn.policy.model import Category, Policy
from sojourn.policy.reading import closest
from sojourn.policy.source import Path

UNKNOWN_MEANING = Code("P101", "error", "a category means what is not in the taxonomy", ("S2-01",))
NO_MEANING = Code(
    "P102", "warning", "a category does not say what it means", ("S2-08", "GDPR 30(1)(c)")
)
MIXED = Code("P104", "warning", "a category mixes network data with names", ("S2-01", "S1-23"))
CONTENT_MEASURED = Code(
    "P105", "error", "what people write is used for analytics or marketing", ("S2-03",)
)
FOR_NOTHING = Code(
    "P106", "error", "nothing says what a category is for", ("S1-13", "GDPR 5(1)(b)")
)
NOT_IDENTIFYING = Code(
    "P110", "warning", "a category identifies people and does not say so", ("S1-11", "GDPR 4(1)")
)
ABOUT_SOMEBODY = Code(
    "P111", "error", "personal data said to be about nobody", ("S2-08", "GDPR 4(1)")
)


def find(context: Context) -> Iterator[Finding]:
    """Each category by itself, then what is done with it."""
    done = list(_done(context.policy))
    held, meant = {name for name, _ in done}, {name for name, purposes in done if purposes}
    for name, category in context.policy.categories.items():
        path: Path = ("categories", name)
        yield from _meaning(context, path, category)
        if category.contains_personal_data and name in held - meant and not category.purposes:
            what = f"“{name}” is used, and nothing says for what."
            yield context.finding(FOR_NOTHING, path, what, "Say its `purposes:`.")
    yield from _content(context)


def _meaning(context: Context, path: Path, category: Category) -> Iterator[Finding]:
    name = path[-1]
    for number, key in enumerate(category.means):
        if key not in CATEGORIES:
            what = f"The fideslang taxonomy has no category “{key[:60]}”."
            mend = closest(key, sorted(CATEGORIES)) or "Choose one from docs/reference/policy.md."
            at = (*path, "means", number)
            yield context.finding(UNKNOWN_MEANING, at, what, mend, value=True)
    personal = [key for key in category.means if meets(key, ("user",))]
    if not category.contains_personal_data:
        if personal:
            what = f"“{name}” is said to be about nobody, and means {personal[0]}."
            mend = "Leave out `contains_personal_data: false`, or what is about people."
            yield context.finding(ABOUT_SOMEBODY, (*path, "contains_personal_data"), what, mend)
        return
    if not category.means:
        what = f"Nothing says what “{name}” is made of."
        mend = "Say `means:` with keys of the taxonomy, such as [user.behavior]."
        yield context.finding(NO_MEANING, path, what, mend)
    told = [key for key in personal if meets(key, IDENTIFYING)]
    if told and not category.identifying:
        what = f"“{name}” holds {told[0]}, which leads to a person."
        mend = "Say `identifying: true`, or reduce what it means."
        yield context.finding(NOT_IDENTIFYING, path, what, mend)
    network = [key for key in personal if meets(key, NETWORK)]
    naming = [key for key in personal if within(key, NAMING) and key not in network]
    if network and naming:
        what = (
            f"“{name}” holds both {network[0]} and {naming[0]}: "
            "who may have the one may not always have the other."
        )
        mend = "Split it in two, with network data a category of its own."
        yield context.finding(MIXED, (*path, "means"), what, mend)


def _content(context: Context) -> Iterator[Finding]:
    """Free text among what analytics or marketing is made of."""
    policy = context.policy
    away = {
        name
        for name, purpose in policy.purposes.items()
        if any(within(use, (*ANALYTICS, *MARKETING)) for use in meaning.uses(purpose))
    }
    written = {
        name
        for name, category in policy.categories.items()
        if any(meets(key, CONTENT) for key in category.means)
    }
    holders: list[tuple[Path, str, tuple[str, ...]]] = [
        (("categories", name), name, policy.categories[name].purposes)
        for name in policy.categories
        if name in written
    ]
    holders += [
        ((section, name), name, own.purposes)
        for section, name, own in meaning.collected(policy)
        if own.category in written
    ]
    for path, name, purposes in holders:
        for number, purpose in enumerate(purposes):
            if purpose in away:
                what = f"“{name}” is written by people, and “{purpose}” is no service to them."
                mend = "Keep what people write for the service they write it in."
                at = (*path, "purposes", number)
                yield context.finding(CONTENT_MEASURED, at, what, mend, value=True)


def _done(policy: Policy) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each thing that is done with a category, and what for."""
    for _, _, own in meaning.collected(policy):
        if own.category:
            yield own.category, own.purposes
    for recipient in policy.recipients.values():
        yield from ((name, recipient.purposes) for name in recipient.categories)
    if policy.undeclared.as_:
        yield policy.undeclared.as_, ()
    for name, purpose in policy.purposes.items():
        yield from ((category, (name,)) for category in purpose.by_category)


CHECK = Check(
    (
        UNKNOWN_MEANING,
        NO_MEANING,
        MIXED,
        CONTENT_MEASURED,
        FOR_NOTHING,
        NOT_IDENTIFYING,
        ABOUT_SOMEBODY,
    ),
    find,
)
