"""A record of processing as linked data: JSON-LD in the terms of the W3C Data Privacy Vocabulary.

Only terms of DPV 2 are used (https://w3id.org/dpv), with its extension for the GDPR; the keys of
the fideslang taxonomy are given beside them, and a category's own name is its label.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from sojourn.policy.facts.plain import ARTICLE_OF_BASIS
from sojourn.policy.record import Activity, Given, Party, Record
from sojourn.policy.wording import named

CONTEXT = {
    "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "loc": "https://w3id.org/dpv/loc#",
    "dct": "http://purl.org/dc/terms/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

_TOOLS = {
    "adequacy": "eu-gdpr:A45-3",
    "dpf": "eu-gdpr:A45-3",
    "scc_2010_87": "eu-gdpr:A46-2-c",
    "scc_2021_914": "eu-gdpr:A46-2-c",
    "bcr": "eu-gdpr:A46-2-b",
}
"""The term for each mechanism that the GDPR itself knows."""


def linked(record: Record) -> dict[str, Any]:
    """The record as one node with a process for each activity."""
    works_for_others = record.article == "30(2)"
    whose = "dpv:hasDataProcessor" if works_for_others else "dpv:hasDataController"
    node: dict[str, Any] = {
        "@context": CONTEXT,
        "@id": "#record",
        "@type": "dpv:RecordsOfActivities",
        "dct:title": f"Record of processing activities (GDPR {record.article})",
        "dct:date": {"@type": "xsd:date", "@value": record.at.isoformat()},
        "dct:hasVersion": record.version,
        whose: _party(record.organisation, "#organisation", whose.replace("has", "", 1)),
        "dpv:hasProcess": [_process(one, whose) for one in record.activities],
    }
    if works_for_others:
        node["dpv:hasDataController"] = [
            _party(one, f"#controller-{number}", "dpv:DataController")
            for number, one in enumerate(record.controllers, 1)
        ]
    return node


def _party(party: Party, id: str, type: str) -> dict[str, Any]:
    said = {
        "dpv:hasName": party.name,
        "dpv:hasAddress": party.address,
        "dpv:hasContact": party.contact,
        "dpv:hasLocation": _place(party.country),
        "dpv:hasDataProtectionOfficer": _agent(
            "dpv:DataProtectionOfficer", party.data_protection_officer
        ),
        "dpv:hasRepresentative": _agent("dpv:Representative", party.representative),
    }
    return {"@id": id, "@type": type, **{term: value for term, value in said.items() if value}}


def _agent(type: str, contact: str | None) -> dict[str, str] | None:
    return {"@type": type, "dpv:hasContact": contact} if contact else None


def _place(country: str | None) -> dict[str, str] | None:
    return {"@id": f"loc:{country}"} if country else None


def _process(one: Activity, whose: str) -> dict[str, Any]:
    return {
        "@id": f"#purpose-{quote(one.purpose)}",
        "@type": "dpv:Process",
        "rdfs:label": named(one.purpose),
        whose: {"@id": "#organisation"},
        "dpv:hasPurpose": {
            "@type": "dpv:Purpose",
            "rdfs:label": one.does,
            "skos:notation": list(one.uses),
        },
        "dpv:hasLegalBasis": [
            {"@id": f"eu-gdpr:A{_article(basis)}"}
            for basis in dict.fromkeys((*one.legal_basis.values(), *one.by_category.values()))
        ],
        "dpv:hasDataSubject": [
            {"@type": "dpv:DataSubject", "rdfs:label": named(subject)} for subject in one.subjects
        ],
        "dpv:hasPersonalData": [
            _kind(name, means, one.erasure.get(name)) for name, means in one.categories.items()
        ],
        "dpv:hasRecipient": [_recipient(given) for given in one.recipients],
        "dpv:hasTechnicalOrganisationalMeasure": [
            {"@type": "dpv:TechnicalOrganisationalMeasure", "rdfs:label": f"{named(name)}: {said}"}
            for name, said in one.measures.items()
        ],
    }


def _article(basis: str) -> str:
    """The article as the vocabulary writes it: 6(1)(a) is 6-1-a."""
    return ARTICLE_OF_BASIS[basis].replace("(", "-").replace(")", "")


def _kind(name: str, means: tuple[str, ...], erasure: str | None) -> dict[str, Any]:
    node: dict[str, Any] = {
        "@type": "dpv:PersonalData",
        "rdfs:label": named(name),
        "skos:notation": list(means),
    }
    if erasure:
        node["dpv:hasStorageCondition"] = {
            "@type": "dpv:StorageDuration",
            "dpv:hasDuration": {"@type": "dpv:Duration", "rdfs:label": erasure},
        }
    return node


def _recipient(given: Given) -> dict[str, Any]:
    role = "dpv:DataProcessor" if given.role == "processor" else "dpv:ThirdParty"
    node: dict[str, Any] = {"@type": ["dpv:Recipient", role], "dpv:hasName": given.name}
    if given.country:
        node["dpv:hasLocation"] = _place(given.country)
    if given.third_country:
        tool = _TOOLS.get(given.mechanism or "")
        node["dpv:hasLegalBasis"] = (
            {"@id": tool} if tool else {"@type": "dpv:LegalBasis", "rdfs:label": given.safeguard}
        )
    return node
