"""A Fides manifest: what of it is written and read here (ethyca/fideslang, models of 3.1).

A policy says more than a manifest can: that stands under `meta: {sojourn: …}`, which Fides leaves
alone. What a manifest says beyond this is not read.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from sojourn.policy.model import Basis

LEGAL_BASES: dict[Basis, str] = {
    "consent": "Consent",
    "contract": "Contract",
    "legal_obligation": "Legal obligations",
    "vital_interests": "Vital interests",
    "public_task": "Public interest",
    "legitimate_interests": "Legitimate interests",
}
"""What Fides calls each basis."""

THIRD_PARTY = "Third Party"
"""The type of a system that is somebody else's."""

_NO_KEY = re.compile(r"[^A-Za-z0-9_.<>-]+")


class Part(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What every part of a manifest is: plain, and silent on what it does not say."""


class Contact(Part):
    """Somebody who can be reached."""

    name: str = ""
    address: str = ""
    email: str = ""


class Organization(Part):
    """Who answers for the data."""

    fides_key: str
    name: str | None = None
    controller: Contact | None = None
    data_protection_officer: Contact | None = None
    representative: Contact | None = None


class Subject(Part):
    """A kind of person that the taxonomy does not have."""

    fides_key: str
    name: str | None = None


class Declaration(Part):
    """What a system uses data for. One for each legal basis: its name ends in the region."""

    name: str | None = None
    data_categories: list[str] = []
    data_use: str = ""
    data_subjects: list[str] = []
    legal_basis_for_processing: str | None = None
    impact_assessment_location: str | None = None
    retention_period: str | None = None
    egress: list[str] | None = None


class Flow(Part):
    """That data go from one system to another."""

    fides_key: str
    type: str
    data_categories: list[str] | None = None


class AboutRecipient(Part):
    """What Sojourn knows of a recipient beside."""

    country: str | None = None
    role: str = "processor"
    categories: list[str] = []
    purposes: list[str] = []
    fields: list[str] = []
    pseudonymous: bool = False
    transfer: dict[str, Any] = {}
    agreement: dict[str, str] = {}
    until: str | None = None


class SystemMeta(Part):
    """The place for what Fides leaves alone, of a system."""

    sojourn: AboutRecipient | None = None


class System(Part):
    """A service, ours or somebody else's."""

    fides_key: str
    # Both ask for a value in Fides, so they are always written.
    system_type: str
    privacy_declarations: list[Declaration]
    name: str | None = None
    meta: SystemMeta | None = None
    egress: list[Flow] | None = None
    legal_name: str | None = None
    legal_address: str | None = None
    dpo: str | None = None
    does_international_transfers: bool = False
    legal_basis_for_transfers: list[str] = []
    dpa_location: str | None = None
    data_security_practices: str | None = None
    uses_cookies: bool = False


class Field(Part):
    """A property."""

    name: str
    data_categories: list[str] | None = None
    fields: list[Field] | None = None


class Collection(Part):
    """A category, with its properties."""

    name: str
    fields: list[Field]
    data_categories: list[str] | None = None


class AboutCategory(Part):
    """What Sojourn knows of a category beside."""

    identifying: bool = False
    purposes: list[str] = []
    retention: dict[str, str] = {}
    subjects: list[str] = []


class DatasetMeta(Part):
    """The place for what Fides leaves alone, of a dataset: by collection."""

    sojourn: dict[str, AboutCategory] | None = None


class Dataset(Part):
    """All data of an organisation."""

    fides_key: str
    collections: list[Collection]
    name: str | None = None
    meta: DatasetMeta | None = None


class Manifest(Part):
    """The whole file."""

    organization: list[Organization] = []
    data_subject: list[Subject] = []
    system: list[System] = []
    dataset: list[Dataset] = []


def key_of(name: str) -> str:
    """A name as Fides takes it for a key."""
    return _NO_KEY.sub("_", name).strip("_") or "unnamed"
