"""A draft of a policy from a Fides manifest: what a register already knows need not be typed again.

The draft says what the manifest says, and nothing else; `sojourn policy check` tells what it lacks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import yaml

from sojourn.errors import SojournError
from sojourn.policy import source
from sojourn.policy.facts.fideslang import IDENTIFYING, meets, within
from sojourn.policy.manifest import (
    LEGAL_BASES,
    THIRD_PARTY,
    AboutCategory,
    Contact,
    Declaration,
    Field,
    Manifest,
    System,
)

HEAD = """\
# A draft made from a Fides manifest. It says what the manifest says, and nothing else:
# `sojourn policy check` tells what is missing. When it is whole, take `draft` out.
"""
_BASIS_OF = {told: basis for basis, told in LEGAL_BASES.items()}
_REGION = re.compile(r"(.*\S) \(([A-Z]{2}|EEA)\)")


def draft(text: str) -> str:
    """The draft, as the text of a policy."""
    manifest = read(text)
    categories = _categories(manifest)
    own, others = _systems(manifest)
    purposes = _purposes(own)
    _tell_purposes(categories, own)
    recipients = {one.fides_key: _recipient(one, categories, own) for one in others}
    policy = {
        "sojourn": 1,
        "draft": True,
        "organisation": _organisation(manifest),
        "subjects": _subjects(own, categories),
        "categories": {name: _said(known) for name, known in categories.items()},
        "purposes": purposes,
        "properties": dict(_properties(manifest)),
        "retention": _retention(manifest),
        "recipients": recipients,
    }
    return HEAD + yaml.safe_dump(_said(policy), sort_keys=False, allow_unicode=True, width=100)


def read(text: str) -> Manifest:
    """The manifest; refuses what is none."""
    parsed = source.parse(text)
    mend = "Give a manifest as Fides exports it: `system:`, `dataset:`, `organization:`."
    if parsed.flaws:
        first = parsed.flaws[0]
        where = f"line {first.place.line}, column {first.place.column}"
        raise SojournError(
            "The manifest cannot be read", detail=first.what, where=where, mend=first.mend
        )
    try:
        manifest = msgspec.convert(parsed.data or {}, Manifest)
    except msgspec.ValidationError as failure:
        raise SojournError("This is no Fides manifest", detail=f"{failure}.", mend=mend) from None
    if not manifest.system and not manifest.dataset:
        raise SojournError("This is no Fides manifest", detail="It has no system.", mend=mend)
    return manifest


def _said(entries: dict[str, Any]) -> dict[str, Any]:
    """Without what says nothing."""
    return {key: value for key, value in entries.items() if value not in (None, "", [], {})}


def _organisation(manifest: Manifest) -> dict[str, Any]:
    for one in manifest.organization[:1]:
        contact, officer = one.controller, one.data_protection_officer
        representative = one.representative
        return _said(
            {
                "name": (contact and contact.name) or one.name,
                "address": contact and contact.address,
                "privacy_contact": contact and contact.email,
                "data_protection_officer": _reached(officer),
                "representative": _reached(representative),
            }
        )
    return {}


def _reached(contact: Contact | None) -> str:
    """How somebody is reached: by e-mail, otherwise by name and address."""
    if contact is None:
        return ""
    return contact.email or ", ".join(filter(None, (contact.name, contact.address)))


def _systems(manifest: Manifest) -> tuple[list[System], list[System]]:
    """Our own systems, and those of others: by their type, or because data go there."""
    reached = {flow.fides_key for one in manifest.system for flow in one.egress or ()}
    others = [
        one
        for one in manifest.system
        if one.fides_key in reached or _plain(one.system_type) == _plain(THIRD_PARTY)
    ]
    return [one for one in manifest.system if one not in others], others


def _plain(type: str) -> str:
    return re.sub(r"[^a-z]", "", type.lower())


def _categories(manifest: Manifest) -> dict[str, dict[str, Any]]:
    """A category for each collection, and one for each kind of data that stands in none."""
    found: dict[str, dict[str, Any]] = {}
    for dataset in manifest.dataset:
        about = (dataset.meta and dataset.meta.sojourn) or {}
        for one in dataset.collections:
            means = list(dict.fromkeys((*(one.data_categories or ()), *_below(one.fields))))
            found[one.name] = _category(means, about.get(one.name))
    collected = {key for known in found.values() for key in known["means"]}
    for system in manifest.system:
        for declaration in system.privacy_declarations:
            for key in declaration.data_categories:
                if key not in collected:
                    collected.add(key)
                    name = "_".join(key.split(".")[1:3]) or key
                    above = found[name]["means"] if name in found else []
                    found[name] = _category([*above, key], None)
    return found


def _category(means: list[str], about: AboutCategory | None) -> dict[str, Any]:
    entries: dict[str, Any] = {"means": means, "purposes": list(about.purposes) if about else []}
    if about.identifying if about else any(meets(key, IDENTIFYING) for key in means):
        entries["identifying"] = True
    if means and not any(within(key, ("user",)) for key in means):
        entries["contains_personal_data"] = False
    return entries | ({"subjects": list(about.subjects)} if about else {})


def _below(fields: list[Field]) -> Iterator[str]:
    for one in fields:
        yield from one.data_categories or ()
        yield from _below(one.fields or [])


def _names(declaration: Declaration) -> tuple[str, str]:
    """The purpose that a declaration is of, and its region."""
    name = declaration.name or declaration.data_use.split(".")[-1]
    if match := _REGION.fullmatch(name):
        return match[1], match[2]
    return name, "default"


def _declared(systems: list[System]) -> Iterator[Declaration]:
    for one in systems:
        yield from one.privacy_declarations


def _purposes(own: list[System]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for one in _declared(own):
        name, region = _names(one)
        purpose = found.setdefault(name, {"use": [], "basis": {}})
        if one.data_use and one.data_use not in purpose["use"]:
            purpose["use"].append(one.data_use)
        if one.legal_basis_for_processing in _BASIS_OF:
            purpose["basis"][region] = _BASIS_OF[one.legal_basis_for_processing]
        purpose["assessment"] = purpose.get("assessment") or one.impact_assessment_location
        known = purpose.setdefault("subjects", [])
        known += [subject for subject in one.data_subjects if subject not in known]
    return {name: _said(_single(purpose)) for name, purpose in found.items()}


def _single(purpose: dict[str, Any]) -> dict[str, Any]:
    """One use and one basis everywhere are said as one word."""
    use, basis = purpose["use"], purpose["basis"]
    return purpose | {
        "use": use[0] if len(use) == 1 else use,
        "basis": basis["default"] if set(basis) == {"default"} else basis,
    }


def _tell_purposes(categories: dict[str, dict[str, Any]], own: list[System]) -> None:
    """What a category is used for that does not say it: every declaration that has all of it."""
    for known in categories.values():
        means = set(known["means"])
        if means and not known["purposes"]:
            using = [_names(one)[0] for one in _declared(own) if means <= set(one.data_categories)]
            known["purposes"] = list(dict.fromkeys(using))


def _recipient(
    one: System, categories: dict[str, dict[str, Any]], own: list[System]
) -> dict[str, Any]:
    told: dict[str, Any] = {"name": one.legal_name or one.name or one.fides_key}
    about = one.meta.sojourn if one.meta else None
    if about:
        return _said(told | msgspec.to_builtins(about))
    keys = {key for each in one.privacy_declarations for key in each.data_categories}
    uses = {each.data_use for each in one.privacy_declarations}
    sent = [each for each in _declared(own) if one.fides_key in (each.egress or ())]
    keys |= {key for each in sent for key in each.data_categories}
    of_use = [_names(each)[0] for each in _declared(own) if each in sent or each.data_use in uses]
    told["categories"] = [
        name for name, known in categories.items() if known["means"] and set(known["means"]) <= keys
    ]
    told["purposes"] = list(dict.fromkeys(of_use))
    if "SCCs" in one.legal_basis_for_transfers:
        told["transfer"] = {"mechanism": "scc_2021_914"}
    elif one.legal_basis_for_transfers == ["BCRs"]:
        told["transfer"] = {"mechanism": "bcr"}
    if one.dpa_location:
        told["agreement"] = {"evidence": one.dpa_location}
    return _said(told)


def _subjects(own: list[System], categories: dict[str, dict[str, Any]]) -> list[str]:
    declared = [subject for one in _declared(own) for subject in one.data_subjects]
    beside = [one for known in categories.values() for one in known.get("subjects", ())]
    return list(dict.fromkeys((*declared, *beside)))


def _properties(manifest: Manifest) -> Iterator[tuple[str, dict[str, str]]]:
    for dataset in manifest.dataset:
        for collection in dataset.collections:
            for field in collection.fields:
                yield field.name, {"category": collection.name}


def _retention(manifest: Manifest) -> dict[str, dict[str, str]]:
    return {
        name: about.retention
        for dataset in manifest.dataset
        for name, about in ((dataset.meta and dataset.meta.sojourn) or {}).items()
        if about.retention
    }
