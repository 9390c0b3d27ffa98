"""What is shown of a person follows from their history: come late, merged or told apart again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from sojourn.application import Sojourn
from sojourn.event import Event
from sojourn.ingest.project import Project
from sojourn.people.details import PersonDetail, detail
from tests.opened import NOON_MS, Clock, event, open_shop, profile, send

MINUTE, DAY = 60_000, 86_400_000


def shown(sojourn: Sojourn, project: Project, person: int) -> PersonDetail:
    with sojourn.engine.begin() as connection:
        found = detail(
            connection,
            sojourn.directory(project),
            project.parts.now(),
            project.parts.today(person),
            sojourn.days(project),
        )
    assert found is not None
    return found


def at(ms: int) -> datetime:
    return datetime.fromtimestamp((NOON_MS + ms) / 1000, UTC)


def test_totals_count_visits_days_and_time(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path, Clock(NOON_MS + 5 * DAY))
    with sojourn:
        for ts in (0, 10 * MINUTE, 50 * MINUTE, 2 * DAY):
            send(sojourn, project, [event("look", ts, user="ann")])
        send(sojourn, project, [profile(user="ann", ts=3 * DAY, plan="pro")])
        totals = shown(sojourn, project, 1).totals
        assert (totals.events, totals.visits, totals.days, totals.seconds) == (4, 3, 2, 600)
        assert (totals.first, totals.last) == (at(0), at(2 * DAY))


def test_touches_are_exact_under_late_events_merges_and_splits(tmp_path: Path) -> None:
    def visit(ts: int, campaign: str, page: str, **who: str) -> Event:
        named = {"campaign.name": campaign} if campaign else {}
        return event("Page Viewed", ts, path=page, **named, **who)

    sojourn, project = open_shop(tmp_path, Clock(NOON_MS + 5 * DAY))
    with sojourn:
        send(sojourn, project, [visit(10, "spring", "/spring", user="ann")])
        send(sojourn, project, [visit(20, "", "/team", user="ann")])
        send(sojourn, project, [visit(-DAY, "winter", "/winter", user="ann")])
        send(sojourn, project, [visit(-2 * DAY, "autumn", "/late", anonymous="phone")])
        touches = {one.name: one for one in shown(sojourn, project, 1).touches}
        assert (touches["campaign_name"].first, touches["campaign_name"].last) == (
            "winter",
            "spring",
        )
        assert touches["campaign_name"].last_at == at(10)
        landing = touches["landing_page"]
        assert (landing.first, landing.last) == ("/winter", "/spring"), "/team is no landing"
        send(sojourn, project, [event("log in", 30, user="ann", anonymous="phone")])
        merged = {one.name: one.first for one in shown(sojourn, project, 1).touches}
        assert merged == {"campaign_name": "autumn", "landing_page": "/late"}
        sojourn.split(project, 1, actor="test")
        split = {one.name: one.first for one in shown(sojourn, project, 1).touches}
        assert split == {"campaign_name": "winter", "landing_page": "/winter"}


def test_properties_tell_their_source_and_sealed_ones_no_value(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path, Clock(NOON_MS + 5 * DAY))
    with sojourn:
        send(sojourn, project, [profile(user="ann", ts=1, plan="free", name="Ann", seats=3)])
        crm = msgspec.structs.replace(profile(user="ann", ts=2, plan="pro"), source="crm")
        send(sojourn, project, [crm, event("look", 3, user="ann")])
        known = {one.name: one for one in shown(sojourn, project, 1).properties}
        assert [(one.value, one.source, one.at) for one in (known["plan"], known["seats"])] == [
            ("pro", "crm", at(2)),
            (3.0, "", at(1)),
        ]
        assert (known["name"].value, known["name"].sealed, known["name"].at) == (None, True, at(1))


def test_devices_are_seen_alone_and_with_their_person(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path, Clock(NOON_MS + 5 * DAY))
    with sojourn:
        send(sojourn, project, [event("look", 0, anonymous="laptop", browser="Firefox", os="BeOS")])
        send(sojourn, project, [event("look", 5, anonymous="laptop", browser="Falkon")])
        for ts in (DAY, 2 * DAY, 2 * DAY + MINUTE):
            send(sojourn, project, [event("log in", ts, user="ann", anonymous="laptop")])
        send(sojourn, project, [event("log in", 3 * DAY, user="ann", anonymous="smartphone")])
        phone, laptop = shown(sojourn, project, 1).devices
        assert (phone.masked, phone.first, phone.last) == ("sm•••", at(3 * DAY), at(3 * DAY))
        assert (laptop.first, laptop.events) == (at(0), 2)
        assert laptop.last == at(2 * DAY), "what comes with a person is noted once an hour"
        assert laptop.properties == {"browser": "Falkon", "os": "BeOS"}
