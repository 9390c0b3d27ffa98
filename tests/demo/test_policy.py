"""The company's policy against what it collects: all of it is declared, and nothing is withheld."""

from __future__ import annotations

from datetime import date

from sojourn.demo import policy
from sojourn.demo.catalogue import EVENTS
from sojourn.event import Event
from sojourn.ingest import pipeline
from sojourn.ingest.arrival import Arrival
from sojourn.policy.compile import compile
from tests.ruled import rules

DAY = date(2026, 11, 22)


def test_policy_compiles_with_nothing_to_mend() -> None:
    assert compile(policy(), DAY).findings == ()


def test_policy_declares_the_catalogue() -> None:
    declared = compile(policy(), DAY).policy.events
    assert {name: set(own.properties) for name, own in declared.items()} == {
        name: set(own.properties) for name, own in EVENTS.items()
    }


def test_every_simulated_event_is_kept_whole(events: list[Event]) -> None:
    outcome = pipeline.run(events, Arrival(max(event.ts for event in events), rules(policy())))
    assert (outcome.dropped, dict(outcome.withheld)) == ({}, {})
    purposes = {event.purposes for event in outcome.kept}
    assert all(purposes)
