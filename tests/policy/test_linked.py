"""The record of processing as linked data, read by an RDF library: it says in triples what the
policy says, in terms of the Data Privacy Vocabulary, and needs nothing from the network for it."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest
from rdflib import RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS

from sojourn.policy import show
from tests.policy.checking import GOOD, TODAY, changed

DPV = Namespace("https://w3id.org/dpv#")
GDPR = Namespace("https://w3id.org/dpv/legal/eu/gdpr#")
DATE = URIRef("http://www.w3.org/2001/XMLSchema#date")
LOC = Namespace("https://w3id.org/dpv/loc#")
HERE = "https://shop.example/p/shop/record.jsonld"


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever would call out fails."""

    def refuse(*_: object) -> None:
        raise AssertionError("it calls out")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def graph(text: str = GOOD) -> Graph:
    """The record of a policy, as triples."""
    linked = show.shown(text, "record", "jsonld", TODAY)
    return Graph().parse(data=linked, format="json-ld", publicID=HERE)


def here(name: str) -> URIRef:
    """Something that the record itself describes."""
    return URIRef(f"{HERE}#{name}")


def test_the_record_names_who_answers_and_every_purpose() -> None:
    found = graph()
    record, organisation = here("record"), here("organisation")
    assert (record, RDF.type, DPV.RecordsOfActivities) in found
    assert (record, DCTERMS.date, Literal("2026-11-22", datatype=DATE)) in found
    assert (record, DPV.hasDataController, organisation) in found
    assert (organisation, RDF.type, DPV.DataController) in found
    assert (organisation, DPV.hasName, Literal("Example SAS")) in found
    assert (organisation, DPV.hasLocation, LOC.FR) in found
    officer = found.value(organisation, DPV.hasDataProtectionOfficer)
    assert (officer, DPV.hasContact, Literal("dpo@example.com")) in found
    policy = show.read(GOOD, TODAY).policy
    processes = set(found.objects(record, DPV.hasProcess))
    assert processes == {here(f"purpose-{name}") for name in policy.purposes}
    assert all((one, RDF.type, DPV.Process) in found for one in processes)
    assert all((one, DPV.hasDataController, organisation) in found for one in processes)


def test_each_purpose_has_its_uses_its_bases_and_its_data() -> None:
    found = graph()
    analytics = here("purpose-analytics")
    assert set(found.objects(analytics, DPV.hasLegalBasis)) == {GDPR["A6-1-a"], GDPR["A6-1-f"]}
    assert set(found.objects(here("purpose-service"), DPV.hasLegalBasis)) == {GDPR["A6-1-b"]}
    uses = found.objects(found.value(analytics, DPV.hasPurpose), SKOS.notation)
    assert set(uses) == {Literal("analytics.reporting")}
    kinds = {
        str(found.value(one, RDFS.label)): one
        for one in found.objects(analytics, DPV.hasPersonalData)
    }
    assert set(kinds) == {"Network", "Logs"}
    means = set(found.objects(kinds["Logs"], SKOS.notation))
    assert means == {Literal("user.behavior"), Literal("user.telemetry")}
    condition = found.value(kinds["Logs"], DPV.hasStorageCondition)
    duration = found.value(condition, DPV.hasDuration)
    assert "25 months" in str(found.value(duration, RDFS.label))
    subjects = found.objects(analytics, DPV.hasDataSubject)
    assert {str(found.value(one, RDFS.label)) for one in subjects} == {"Visitor", "Person"}


def test_each_recipient_has_its_role_its_place_and_what_lets_data_go_there() -> None:
    found = graph()
    (abroad,) = found.objects(here("purpose-service"), DPV.hasRecipient)
    assert set(found.objects(abroad, RDF.type)) == {DPV.Recipient, DPV.DataProcessor}
    assert (abroad, DPV.hasName, Literal("Twilio SendGrid")) in found
    assert (abroad, DPV.hasLocation, LOC.US) in found
    assert (abroad, DPV.hasLegalBasis, GDPR["A46-2-c"]) in found
    (near,) = found.objects(here("purpose-analytics"), DPV.hasRecipient)
    assert (near, DPV.hasLocation, LOC.FR) in found
    assert found.value(near, DPV.hasLegalBasis) is None


def test_what_the_policy_says_otherwise_the_triples_say_otherwise() -> None:
    moved = graph(changed("  country: FR\n  privacy_contact", "  country: DE\n  privacy_contact"))
    assert (here("organisation"), DPV.hasLocation, LOC.DE) in moved
    assert (here("organisation"), DPV.hasLocation, LOC.FR) not in moved


def test_every_key_and_every_name_is_a_term_of_a_vocabulary() -> None:
    """A key that the context does not know would be dropped without a word."""
    vocabularies = {
        "dpv": DPV, "eu-gdpr": GDPR, "loc": LOC, "rdfs": RDFS, "skos": SKOS, "dct": DCTERMS
    }  # fmt: skip
    linked = json.loads(show.shown(GOOD, "record", "jsonld", TODAY))
    terms = {
        URIRef(f"{vocabularies[prefix]}{name}")
        for prefix, _, name in (key.partition(":") for key in keys(linked))
    }
    triples = list(graph())
    assert {term for _, term, _ in triples} == terms | {RDF.type}
    known = (HERE, *map(str, vocabularies.values()))
    for subject, _, value in triples:
        for one in (subject, value):
            assert not isinstance(one, URIRef) or str(one).startswith(known), one


def keys(node: Any) -> set[str]:
    """Every key that stands in linked data, but for those of JSON-LD itself."""
    if isinstance(node, list):
        return {key for one in node for key in keys(one)}
    if not isinstance(node, dict):
        return set()
    own = {name: inner for name, inner in node.items() if not name.startswith("@")}
    return set(own) | {key for inner in own.values() for key in keys(inner)}
