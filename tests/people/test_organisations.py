"""Organisations: who belongs to which, what is known of them, and that their ids are sealed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import msgspec
import pytest

from sojourn.api.organisations import organisations_of
from sojourn.application import Sojourn
from sojourn.event import Event
from sojourn.ingest import applier
from sojourn.ingest.project import Project
from sojourn.people.organisations import OrganisationSummary
from sojourn.reports.trend import TrendAnswer, TrendDefinition, TrendSeries
from tests.gated import Shop
from tests.opened import event, open_shop, profile, send, timelines


def group(org: str, ts: int = 0, *, user: str = "", anonymous: str = "", **told: object) -> Event:
    """A message that tells of somebody's organisation."""
    plain = profile(user=user, anonymous=anonymous, ts=ts)
    return msgspec.structs.replace(plain, traits={"group": {"id": org, **told}})


def lines(sojourn: Sojourn, project: Project) -> list[OrganisationSummary]:
    known, snapshot = organisations_of(project), project.parts.now()
    with sojourn.engine.begin() as connection:
        return known.named(connection, snapshot, known.recent(snapshot))


def settle(sojourn: Sojourn, project: Project) -> None:
    sojourn.applier.commit(now=True)
    project.parts.settle()


def number_of(sojourn: Sojourn, project: Project, name: str) -> int | None:
    with sojourn.engine.begin() as connection:
        return organisations_of(project).find(connection, name)


def test_people_belong_to_what_was_told_of_them_last_like_the_naive_model(tmp_path: Path) -> None:
    random = Random(5)
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        told: dict[str, dict[int, str]] = {}
        seen: set[str] = set()
        one: dict[str, str] = {}
        for round_ in range(4):
            messages: list[Event] = []
            for ts in random.sample(range(round_ * 1_000, 6_000), 60):
                user = f"u{random.randrange(20)}"
                if random.random() < 0.6:
                    name = f"org {random.randrange(8)}"
                    messages.append(group(name, ts, user=user))
                    told.setdefault(user, {})[ts] = name
                else:
                    messages.append(event("look", ts, user=user))
                    seen.add(user)
            send(sojourn, project, messages)
            if round_ == 1:
                settle(sojourn, project)
        send(sojourn, project, [event("log in", 7_000, anonymous="phone")])
        send(sojourn, project, [group("phone's", 8_000, anonymous="phone")])
        send(sojourn, project, [event("log in", 7_001, user="u1", anonymous="phone")])
        seen.add("u1")
        one["u1"] = "phone's"
        newest = {user: own[max(own)] for user, own in told.items() if user in seen} | one
        expected = Counter(newest.values())
        for _ in range(2):
            found = lines(sojourn, project)
            by_number = {number_of(sojourn, project, name): name for name in expected}
            assert Counter({by_number[line.id]: line.people for line in found}) == expected
            settle(sojourn, project)


def test_split_takes_the_organisation_back_to_the_one_it_was_told_of(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [event("look", 1, anonymous="phone"), event("buy", 2, user="ann")])
        send(sojourn, project, [group("tea", 3, anonymous="phone"), group("sea", 2, user="ann")])
        assert [line.people for line in lines(sojourn, project)] == [1, 1]
        send(sojourn, project, [event("log in", 4, user="ann", anonymous="phone")])
        tea = number_of(sojourn, project, "tea")
        assert [(line.id, line.people) for line in lines(sojourn, project)] == [(tea, 1)]
        sojourn.split(project, 2, actor="test")
        assert len(lines(sojourn, project)) == 2


def test_what_was_told_beside_the_id_is_the_organisations(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [event("look", 1, user="ann"), event("look", 1, user="bob")])
        send(sojourn, project, [group("tea", 2, user="ann", name="Tea Ltd", seats=5, trial=True)])
        send(sojourn, project, [group("tea", 9, user="bob", seats=7)])
        send(sojourn, project, [group("tea", 5, user="ann", seats=6, email="x@tea.test")])
        (line,) = lines(sojourn, project)
        assert (line.masked, line.name, line.people) == ("•••", "Tea Ltd", 2)
        known = organisations_of(project).properties(project.parts.now(), line.id)
        assert {one.name: one.value for one in known} == {
            "group.name": "Tea Ltd",
            "group.seats": 7.0,
            "group.trial": True,
        }


def test_id_stands_nowhere_in_the_clear(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [event("look", 1, user="ann"), group("Needle-Works", 2, user="ann")])
        settle(sojourn, project)
        assert number_of(sojourn, project, "Needle-Works") == 1
        assert number_of(sojourn, project, "needle") is None
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if b"Needle-Works" in path.read_bytes()]


def test_organisations_are_replayed_after_a_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sojourn, project = open_shop(tmp_path)
    with monkeypatch.context() as broken, sojourn:
        broken.setattr(applier.Applier, "commit", lambda *_, **__: None)
        send(sojourn, project, [event("look", 1, user="ann"), group("tea", 2, user="ann")])
        send(sojourn, project, [event("look", 1, user="bob"), group("sea", 2, user="bob")])
        before, shown = lines(sojourn, project), timelines(project)
    assert project.store.committed() == 0
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        assert (lines(sojourn, project), timelines(project)) == (before, shown)
        send(sojourn, project, [group("tea", 3, user="bob")])
        (line,) = lines(sojourn, project)
        assert (line.id, line.people) == (1, 2)


def test_trend_counts_organisations_people_belonged_to_then(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [event("buy", ts, user="ann") for ts in (1, 3, 5)])
        send(sojourn, project, [event("buy", ts, user="bob") for ts in (1, 5)])
        send(sojourn, project, [group("tea", 3, user="ann"), group("tea", 2, user="bob")])
        send(sojourn, project, [group("sea", 9, user="bob")])
        series = TrendSeries(event="buy", measure="organisations")
        answer = sojourn.ask(project, TrendDefinition((series,)))
        assert isinstance(answer, TrendAnswer)
        assert answer.series[0].total == 1


def test_people_who_stopped_a_purpose_are_in_no_organisation_for_it(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    with shop.sojourn:
        at = [group("tea", 3, user=user) for user in ("u2", "u3", "u4")]
        shop.tell(*at)
        known, seen = organisations_of(shop.project), shop.governance.seen
        assert [line.people for line in known.recent(seen("service"))] == [2]
        assert [line.people for line in known.recent(seen("analytics"))] == [1]
