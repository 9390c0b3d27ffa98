"""The record of processing activities (GDPR 30) as plain data: what each purpose does, and to whom.

A controller's record is by purpose, 30(1); a processor's tells the same for each controller, 30(2).
"""

from __future__ import annotations

from datetime import date

import msgspec

from sojourn.policy import meaning
from sojourn.policy.checks.recipients import is_about_people
from sojourn.policy.compile import Compiled
from sojourn.policy.facts.mechanisms import MECHANISMS
from sojourn.policy.facts.regions import EEA, protects_as_here
from sojourn.policy.model import Basis, Purpose, Recipient
from sojourn.policy.wording import kept, used_for_them


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """A recipient of an activity. `third_country` is where data leave the EEA to, with what
    protects them there; both None within it."""

    name: str
    role: str
    country: str | None
    third_country: str | None
    safeguard: str | None
    mechanism: str | None


class Activity(msgspec.Struct, frozen=True, kw_only=True):
    """One purpose: whose data of which kinds, on which basis by region (`default` elsewhere; some
    categories have their own), who is given them, how long they are kept, how they are secured;
    `line` of the policy says so."""

    purpose: str
    does: str
    uses: tuple[str, ...]
    legal_basis: dict[str, Basis]
    by_category: dict[str, Basis]
    assessment: str | None
    statute: str | None
    subjects: tuple[str, ...]
    categories: dict[str, tuple[str, ...]]
    recipients: tuple[Given, ...]
    erasure: dict[str, str]
    measures: dict[str, str]
    line: int


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """Who is responsible, or for whom a processor works."""

    name: str | None
    address: str | None = None
    country: str | None = None
    contact: str | None = None
    data_protection_officer: str | None = None
    representative: str | None = None


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """The whole record as of a day, from one version of the policy."""

    article: str
    version: str | None
    at: date
    organisation: Party
    controllers: tuple[Party, ...]
    activities: tuple[Activity, ...]


def record_of(compiled: Compiled, at: date) -> Record:
    """The record that a policy amounts to, as of a day."""
    policy, own = compiled.policy, compiled.policy.organisation
    return Record(
        article="30(2)" if policy.role == "processor" else "30(1)",
        version=policy.version,
        at=at,
        organisation=Party(
            name=own.name,
            address=own.address,
            country=own.country,
            contact=own.privacy_contact,
            data_protection_officer=own.data_protection_officer,
            representative=own.representative,
        ),
        controllers=tuple(
            Party(name=one.name or name, country=one.country, contact=one.contact)
            for name, one in policy.controllers.items()
        ),
        activities=tuple(
            _activity(compiled, name, purpose, at) for name, purpose in policy.purposes.items()
        ),
    )


def _activity(compiled: Compiled, name: str, purpose: Purpose, at: date) -> Activity:
    policy = compiled.policy
    categories = meaning.categories_of(policy, name)
    known = [policy.categories[category] for category in categories]
    measures = {word for category in known for word in category.measures} or policy.measures
    return Activity(
        purpose=name,
        does=used_for_them(purpose),
        uses=meaning.uses(purpose),
        legal_basis=_bases(purpose),
        by_category=purpose.by_category,
        assessment=purpose.assessment,
        statute=purpose.statute,
        subjects=meaning.subjects_of(policy, name),
        categories={category: policy.categories[category].means for category in categories},
        recipients=tuple(
            _given(recipient, key, at)
            for key, recipient in policy.recipients.items()
            if name in recipient.purposes and is_about_people(policy, recipient)
        ),
        erasure={
            category: kept(policy.retention[category])
            for category in categories
            if category in policy.retention
        },
        measures={word: said for word, said in policy.measures.items() if word in measures},
        line=compiled.source.key(("purposes", name)).line,
    )


def _bases(purpose: Purpose) -> dict[str, Basis]:
    if purpose.basis is None:
        return {}
    return dict(purpose.basis) if isinstance(purpose.basis, dict) else {"default": purpose.basis}


def _given(recipient: Recipient, key: str, at: date) -> Given:
    abroad = recipient.country is not None and recipient.country not in EEA
    mechanism = recipient.transfer.mechanism if recipient.transfer else None
    adequate = abroad and mechanism is None and protects_as_here(recipient.country or "", at)
    used = "adequacy" if adequate else mechanism if abroad else None
    known = MECHANISMS.get(used or "")
    return Given(
        name=recipient.name or key,
        role=recipient.role,
        country=recipient.country,
        third_country=recipient.country if abroad else None,
        safeguard=f"{known.title} ({known.source})" if known else used,
        mechanism=used,
    )
