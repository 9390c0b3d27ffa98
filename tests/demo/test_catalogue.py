"""The catalogue against the simulated events, and against the page that documents it."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from sojourn.demo.catalogue import EVENTS, PROPERTIES
from sojourn.event import Event, Kind

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "demo.md"
TYPES = {str: "text", float: "number", bool: "flag"}


def test_every_event_and_property_happens_and_is_in_the_catalogue(events: list[Event]) -> None:
    happened: dict[str, set[str]] = defaultdict(set)
    for event in events:
        if event.kind == Kind.EVENT:
            happened[event.name].update(event.properties)
    assert happened == {name: set(event.properties) for name, event in EVENTS.items()}
    assert {name for names in happened.values() for name in names} == set(PROPERTIES)


def test_every_property_has_its_one_type(events: list[Event]) -> None:
    found = {
        (name, TYPES[type(value)]) for event in events for name, value in event.properties.items()
    }
    assert found == {(name, known.type) for name, known in PROPERTIES.items()}


def test_every_event_comes_from_the_sources_of_the_catalogue(events: list[Event]) -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for event in events:
        if event.kind == Kind.EVENT:
            found[event.name].add(event.source)
    assert {name: sources - set(EVENTS[name].sources) for name, sources in found.items()} == {
        name: set() for name in EVENTS
    }


def test_page_documents_every_event_with_its_properties() -> None:
    page = PAGE.read_text()
    for name, event in EVENTS.items():
        properties = ", ".join(f"`{word}`" for word in event.properties)
        row = f"| {name} | {event.sentence} | {', '.join(event.sources)} | {properties} |"
        assert row in page


def test_page_documents_every_property_with_its_type() -> None:
    page = PAGE.read_text()
    for name, known in PROPERTIES.items():
        assert f"| `{name}` | {known.type} | {known.sentence} |" in page
