"""A Fides manifest, so that registers can be exchanged: the organisation as a system with a
declaration for each purpose, its recipients as systems beside it, its data as a dataset."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec
import yaml as format

from sojourn.policy import meaning
from sojourn.policy.compile import Compiled
from sojourn.policy.document import Document
from sojourn.policy.facts.fideslang import SUBJECTS
from sojourn.policy.facts.regions import EEA
from sojourn.policy.manifest import (
    LEGAL_BASES,
    THIRD_PARTY,
    AboutCategory,
    AboutRecipient,
    Collection,
    Contact,
    Dataset,
    DatasetMeta,
    Declaration,
    Field,
    Flow,
    Manifest,
    Organization,
    Subject,
    System,
    SystemMeta,
    key_of,
)
from sojourn.policy.model import Basis, Policy, Purpose, Recipient
from sojourn.policy.rules import EVERYWHERE
from sojourn.policy.taxonomy import EMAIL
from sojourn.policy.wording import kept, named

_TRANSFERS = {"adequacy": "Adequacy Decision", "dpf": "Adequacy Decision", "bcr": "BCRs"}


def yaml(compiled: Compiled, at: date) -> str:
    """The manifest."""
    plain = msgspec.to_builtins(manifest_of(compiled.policy), enc_hook=str)
    return format.safe_dump(plain, sort_keys=False, allow_unicode=True, width=100)


def manifest_of(policy: Policy) -> Manifest:
    """A policy as far as a manifest can say it."""
    own = policy.organisation
    key = key_of(own.name or "organisation")
    told = Organization(
        fides_key=key,
        name=own.name,
        controller=Contact(
            name=own.name or "", address=own.address or "", email=own.privacy_contact or ""
        ),
        data_protection_officer=_contact(own.data_protection_officer),
        representative=_contact(own.representative),
    )
    return Manifest(
        organization=[told],
        data_subject=[
            Subject(fides_key=key_of(one), name=named(one))
            for one in policy.subjects
            if one not in SUBJECTS
        ],
        system=[
            _service(policy, key),
            *(_recipient(policy, name, one) for name, one in policy.recipients.items()),
        ],
        dataset=[_dataset(policy, key)],
    )


def _contact(said: str | None) -> Contact | None:
    """How somebody is reached, as what it is: an address of e-mail, or one to write letters to."""
    if not said:
        return None
    return Contact(email=said) if EMAIL.fullmatch(said) else Contact(address=said)


def _service(policy: Policy, key: str) -> System:
    own = policy.organisation
    return System(
        fides_key=key,
        name=own.name,
        system_type="Service",
        legal_name=own.name,
        legal_address=own.address,
        dpo=own.data_protection_officer or own.privacy_contact,
        egress=[
            Flow(
                fides_key=key_of(name),
                type="system",
                data_categories=_means(policy, one.categories),
            )
            for name, one in policy.recipients.items()
        ]
        or None,
        uses_cookies=bool(policy.cookies),
        data_security_practices="; ".join(
            f"{named(name)}: {said}" for name, said in policy.measures.items()
        )
        or None,
        privacy_declarations=[
            declaration
            for name, purpose in policy.purposes.items()
            for declaration in _declarations(policy, name, purpose)
        ],
    )


def _declarations(policy: Policy, name: str, purpose: Purpose) -> Iterator[Declaration]:
    """One for each use, and for each region with a basis of its own; a declaration has one each."""
    categories = meaning.categories_of(policy, name)
    to = [key_of(other) for other, one in policy.recipients.items() if name in one.purposes]
    ends = [
        f"{category}: {kept(policy.retention[category])}"
        for category in categories
        if category in policy.retention
    ]
    for where, basis in _bases(purpose):
        for use in meaning.uses(purpose) or ("",):
            yield Declaration(
                name=name if where == EVERYWHERE else f"{name} ({where})",
                data_categories=_means(policy, categories),
                data_use=use,
                data_subjects=[key_of(one) for one in meaning.subjects_of(policy, name)],
                legal_basis_for_processing=LEGAL_BASES[basis] if basis else None,
                impact_assessment_location=purpose.assessment,
                retention_period="; ".join(ends) or None,
                egress=to or None,
            )


def _bases(purpose: Purpose) -> list[tuple[str, Basis | None]]:
    if isinstance(purpose.basis, dict):
        return [*purpose.basis.items()]
    return [(EVERYWHERE, purpose.basis)]


def _means(policy: Policy, categories: tuple[str, ...]) -> list[str]:
    known = (policy.categories[name].means for name in categories if name in policy.categories)
    return list(dict.fromkeys(key for means in known for key in means))


def _recipient(policy: Policy, name: str, one: Recipient) -> System:
    abroad = one.country is not None and one.country not in EEA
    mechanism = one.transfer.mechanism if one.transfer else None
    tool = "SCCs" if (mechanism or "").startswith("scc") else _TRANSFERS.get(mechanism or "")
    about = AboutRecipient(
        country=one.country,
        role=one.role,
        categories=list(one.categories),
        purposes=list(one.purposes),
        fields=list(one.fields),
        pseudonymous=one.pseudonymous,
        transfer=_said(one.transfer),
        agreement=_said(one.agreement),
        until=one.until,
    )
    return System(
        fides_key=key_of(name),
        name=one.name or named(name),
        system_type=THIRD_PARTY,
        meta=SystemMeta(sojourn=about),
        does_international_transfers=abroad,
        legal_basis_for_transfers=[tool or "Other"] if abroad else [],
        dpa_location=one.agreement.evidence if one.agreement else None,
        privacy_declarations=[
            Declaration(
                name=purpose,
                data_categories=_means(policy, one.categories),
                data_use=use,
                data_subjects=[key_of(subject) for subject in one.subjects],
            )
            for purpose in one.purposes
            if purpose in policy.purposes
            for use in meaning.uses(policy.purposes[purpose])[:1]
        ],
    )


def _said(part: msgspec.Struct | None) -> dict[str, str]:
    """What a part of the policy says, without what it does not."""
    said = msgspec.structs.asdict(part) if part else {}
    return {key: value for key, value in said.items() if value is not None}


def _dataset(policy: Policy, key: str) -> Dataset:
    return Dataset(
        fides_key=f"{key}_data",
        name=f"Data of {policy.organisation.name or 'the organisation'}",
        collections=[
            Collection(
                name=name,
                data_categories=list(category.means),
                fields=[
                    Field(name=field, data_categories=list(category.means))
                    for field, property in policy.properties.items()
                    if property.category == name
                ],
            )
            for name, category in policy.categories.items()
        ],
        meta=DatasetMeta(
            sojourn={
                name: AboutCategory(
                    identifying=category.identifying,
                    purposes=list(category.purposes),
                    retention=_kept(policy, name),
                    subjects=list(category.subjects),
                )
                for name, category in policy.categories.items()
            }
        ),
    )


def _kept(policy: Policy, category: str) -> dict[str, str]:
    retention = _said(policy.retention.get(category))
    return {key: str(value) for key, value in retention.items() if key != "by_purpose"}


DOCUMENT = Document("fides", "Fides manifest", "fides.yaml", {"yaml": yaml})
