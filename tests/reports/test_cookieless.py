"""What reports say of people who are counted without a cookie: visits, funnels within one,
attribution; and that people of several days are counted once a day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from sojourn.application import Sojourn
from sojourn.asking import decode_definition
from sojourn.event import Event, Signals
from sojourn.ingest.project import Project
from tests.opened import NOON_MS, Clock, event, open_shop, send

MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS
ANN = Signals(country="FR", ip="203.0.113.7", agent="Quokka/7", cookieless=True)
BEN = Signals(country="FR", ip="203.0.113.8", agent="Quokka/7", cookieless=True)
MAIL = "https://shop.example/?utm_source=june&utm_medium=email"


def happened(who: Signals, name: str, at_ms: int, **properties: object) -> tuple[int, Event]:
    return at_ms, msgspec.structs.replace(event(name, at_ms, **properties), signals=who)


VISITS = [
    # Ann looks, comes back the same day and orders; a day later she orders at once.
    happened(ANN, "Page Viewed", 0, url=MAIL),
    happened(ANN, "Page Viewed", MINUTE_MS, url="https://shop.example/cart"),
    happened(ANN, "Page Viewed", 120 * MINUTE_MS, url="https://shop.example/"),
    happened(ANN, "Ordered", 125 * MINUTE_MS),
    happened(ANN, "Ordered", DAY_MS),
    # Ben, with the same browser elsewhere, only looks.
    happened(BEN, "Page Viewed", 2 * MINUTE_MS, url="https://shop.example/"),
]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sojourn, Project]]:
    clock = Clock()
    sojourn, _ = open_shop(tmp_path_factory.mktemp("cookieless"), clock)
    project = sojourn.create_project("site", preset="audience-measurement")
    with sojourn:
        for at_ms, one in sorted(VISITS, key=lambda visit: visit[0]):
            clock.now_ms = NOON_MS + at_ms
            send(sojourn, project, [one])
        yield sojourn, project


def ask(asked: tuple[Sojourn, Project], **definition: Any) -> dict[str, Any]:
    sojourn, project = asked
    answer = sojourn.ask(project, decode_definition(msgspec.json.encode(definition)))
    return dict(msgspec.to_builtins(answer))


@pytest.mark.clause("S1-21")
def test_visits_are_counted(asked: tuple[Sojourn, Project]) -> None:
    total = ask(asked, kind="visits")["total"]
    assert (total["visits"], total["people"]) == (4, 3)


@pytest.mark.clause("S1-21")
def test_people_are_counted_once_a_day(asked: tuple[Sojourn, Project]) -> None:
    assert ask(asked, kind="people")["about"]["people"] == 3


@pytest.mark.clause("S1-21")
def test_a_funnel_within_a_day_is_found_and_none_leads_from_day_to_day(
    asked: tuple[Sojourn, Project],
) -> None:
    steps = [{"event": "Page Viewed"}, {"event": "Ordered"}]
    funnel = ask(asked, kind="funnel", steps=steps, within="14 days")
    assert [step["people"] for step in funnel["steps"]] == [2, 1]
    twice = ask(asked, kind="funnel", steps=[{"event": "Ordered"}] * 2, within="14 days")
    assert [step["people"] for step in twice["steps"]] == [2, 0]


@pytest.mark.clause("S1-21")
def test_an_order_is_attributed_to_what_brought_the_visit(asked: tuple[Sojourn, Project]) -> None:
    answer = ask(
        asked,
        kind="attribution",
        conversion={"event": "Ordered"},
        touches=[{"event": "Page Viewed"}],
        models=[{"model": "first"}],
        breakdown={"by": [{"property": "campaign.source"}]},
    )
    credits = {row["value"]: row["credits"][0]["credit"] for row in answer["rows"]}
    assert credits["june",] == 1
    assert sum(credits.values()) == 1, "the other order came on a day without a page"
