"""What a policy means where it is said in two places, or once for many.

The checks and the gates read it from here, so that what is judged is what will run.
"""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.policy.facts.fideslang import ANALYTICS, MARKETING, within
from sojourn.policy.model import Basis, Happening, Policy, Property, Purpose


def uses(purpose: Purpose) -> tuple[str, ...]:
    """The keys of the taxonomy that a purpose is."""
    if purpose.use is None:
        return ()
    return (purpose.use,) if isinstance(purpose.use, str) else purpose.use


def bases(purpose: Purpose) -> frozenset[Basis]:
    """Every basis that a purpose rests on, somewhere or for some category."""
    by_region = purpose.basis
    if by_region is None:
        own: tuple[Basis, ...] = ()
    elif isinstance(by_region, str):
        own = (by_region,)
    else:
        own = tuple(by_region.values())
    return frozenset((*own, *purpose.by_category.values()))


def rests_on_consent(purpose: Purpose) -> bool:
    """Whether nothing is done for a purpose anywhere without consent."""
    return bases(purpose) == {"consent"}


def is_measuring(purpose: Purpose) -> bool:
    """Whether a purpose is analytics and nothing else."""
    return bool(uses(purpose)) and all(within(use, ANALYTICS) for use in uses(purpose))


def is_marketing(purpose: Purpose) -> bool:
    """Whether marketing is among what a purpose is."""
    return any(within(use, MARKETING) for use in uses(purpose))


def purposes_of(policy: Policy, property: Property) -> tuple[str, ...]:
    """What a property is used for: its own purposes, otherwise all of its category's."""
    if property.purposes or property.category is None:
        return property.purposes
    category = policy.categories.get(property.category)
    return category.purposes if category else ()


def drawn_from(policy: Policy, purpose: str) -> tuple[str, ...]:
    """The purposes whose data may be used for a purpose: itself, those that it is compatible with,
    and those that it is a part of, however far above (clause S1-13)."""
    own = policy.purposes.get(purpose)
    found = dict.fromkeys((purpose, *(own.compatible_with if own else ())))
    seen = {purpose}
    while own and own.under and own.under not in seen:
        seen.add(own.under)
        found[own.under] = None
        own = policy.purposes.get(own.under)
    return tuple(found)


def categories_of(policy: Policy, purpose: str) -> tuple[str, ...]:
    """The categories of personal data that a purpose uses: those that say so, those with a property
    or an event that does, and those that a recipient is given for it."""
    return tuple(
        name for name in _used_by(policy, purpose) if policy.categories[name].contains_personal_data
    )


def _used_by(policy: Policy, purpose: str) -> tuple[str, ...]:
    using = {name for name, one in policy.categories.items() if purpose in one.purposes}
    for _, _, own in collected(policy):
        if own.category and purpose in own.purposes:
            using.add(own.category)
    for recipient in policy.recipients.values():
        if purpose in recipient.purposes:
            using.update(recipient.categories)
    return tuple(name for name in policy.categories if name in using)


def subjects_of(policy: Policy, purpose: str) -> tuple[str, ...]:
    """Whose data a purpose uses (GDPR 30(1)(c)): those it names, otherwise those of its categories,
    and where these name nobody, all that the policy is about. Nobody's, where it uses only what is
    about nobody."""
    if own := policy.purposes[purpose].subjects:
        return own
    categories = categories_of(policy, purpose)
    if not categories:
        return () if _used_by(policy, purpose) else policy.subjects
    subjects = (subject for name in categories for subject in people_in(policy, name))
    return tuple(dict.fromkeys(subjects))


def people_in(policy: Policy, category: str) -> tuple[str, ...]:
    """Whom a category is about: those it names, otherwise all that the policy is about."""
    return policy.categories[category].subjects or policy.subjects


def collected(policy: Policy) -> Iterator[tuple[str, str, Property | Happening]]:
    """Every property and event: its section, its name, and what is said of it."""
    yield from (("properties", name, own) for name, own in policy.properties.items())
    yield from (("events", name, own) for name, own in policy.events.items())
