"""What is due is gone from everywhere, and nothing else is."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn import audit, control, tables
from sojourn.api.organisations import organisations_of
from sojourn.application import Sojourn
from sojourn.asking import decode_definition
from sojourn.errors import Unavailable
from sojourn.event import Event
from sojourn.ingest.project import Project
from sojourn.people import profiles
from sojourn.people.directory import SEALED_EVENT
from sojourn.policy import holds
from sojourn.retaining import run
from sojourn.retaining.run import Kept, Retained
from sojourn.settings import Settings
from tests.opened import NOON_MS, Clock, names, profile, send, timelines
from tests.retaining.kept import (
    DAY_MS,
    ago,
    chosen,
    files,
    holding,
    open_kept,
    policy,
    settle,
    stored,
)


def retain(sojourn: Sojourn, project: Project, *, dry: bool = False) -> Retained:
    return sojourn.retain(project, actor="test", dry=dry)


def of(done: Retained, category: str) -> Kept:
    return next(one for one in done.categories if one.category == category)


def happened(project: Project) -> list[str]:
    return names(timelines(project).values())


def count_of(sojourn: Sojourn, project: Project, purpose: str) -> Any:
    series = [{"event": "Order", "measure": "events"}]
    definition = {"kind": "trend", "series": series, "purpose": purpose, "every": "year"}
    return asked(sojourn, project, definition)


def asked(sojourn: Sojourn, project: Project, definition: dict[str, Any]) -> Any:
    """An answer as JSON, without what tells how it came about."""
    question = decode_definition(msgspec.json.encode(definition))
    answer = msgspec.to_builtins(sojourn.ask(project, question))
    answer.pop("about", None)
    return answer


@pytest.mark.clause("S1-27", "S1-40")
def test_what_is_due_is_gone_from_table_parts_and_disk(tmp_path: Path) -> None:
    sojourn, project = open_kept(tmp_path)
    with sojourn:
        old = [ago("Seen", days, note=f"oldword-{days}") for days in (95, 100, 130)]
        new = [ago("Seen", days, user=f"u{days}", note=f"newword-{days}") for days in (1, 60, 91)]
        settle(sojourn, project, [*old, *new])
        # What is not in the table yet goes, too; and columns that questions have asked for.
        send(sojourn, project, [ago("Late", 120, user="u9", note="oldword-tail")])
        for part in project.parts.now().parts:
            part.columns("note")
        committed = project.store.committed()
        assert holding(tmp_path, "oldword")
        done = retain(sojourn, project)
        assert of(done, "activity").events == 4
        assert of(done, "activity").people == 2
        assert happened(project) == ["Seen"] * 3
        assert len(stored(project)) == 3
        assert project.store.committed() >= committed
        assert holding(tmp_path, "oldword") == []
        assert holding(tmp_path, "newword")
    sojourn, project = open_kept(tmp_path)
    with sojourn:
        assert happened(project) == ["Seen"] * 3
        assert holding(tmp_path, "oldword") == []
        settle(sojourn, project, [ago("Seen", 2, user="u2")])
        assert happened(project) == ["Seen"] * 4


def test_a_month_that_is_wholly_due_is_dropped_and_others_stay_as_they_are(tmp_path: Path) -> None:
    sojourn, project = open_kept(tmp_path)
    with sojourn:
        # 2025-08, 2025-09 (both dropped), 2025-10 on both sides of the first (rewritten), 2025-12.
        settle(sojourn, project, [ago("Seen", days) for days in (140, 120, 91.9, 92.1, 20)])
        before = files(tmp_path)
        done = retain(sojourn, project)
        assert (done.dropped, done.rewritten) == (2, 1)
        left = files(tmp_path)
        assert {name for name in before if "2025-12" in name} <= left
        assert not {name for name in left if "2025-08" in name or "2025-09" in name}
        assert not {name for name in before if "2025-10" in name} & left
        log = sorted(path.name for path in tmp_path.glob("events/*/_delta_log/*.json"))
        assert len(log) == 1
        again = retain(sojourn, project)
        assert (again.dropped, again.rewritten, again.events) == (0, 0, 0)
        assert files(tmp_path) == left


def test_a_dry_run_tells_and_changes_nothing(tmp_path: Path) -> None:
    sojourn, project = open_kept(tmp_path)
    with sojourn:
        settle(sojourn, project, [ago("Seen", days) for days in (10, 100)])
        before = files(tmp_path)
        told = retain(sojourn, project, dry=True)
        assert (told.dry, told.events, told.dropped) == (True, 1, 1)
        assert files(tmp_path) == before
        assert happened(project) == ["Seen"] * 2
        with sojourn.engine.begin() as connection:
            assert run.is_due(connection, project.id, NOON_MS)
        done = retain(sojourn, project)
        assert done.categories == told.categories
        assert of(done, "activity").before == date(2025, 10, 1)
        assert of(done, "activity").rule == "3 months"


def test_a_purpose_ends_before_the_event_does(tmp_path: Path) -> None:
    sojourn, project = open_kept(tmp_path)
    with sojourn:
        settle(sojourn, project, [ago("Order", days, total=5) for days in (30, 80, 400)])
        before = count_of(sojourn, project, "analytics")
        done = retain(sojourn, project)
        assert (of(done, "orders").events, of(done, "orders").narrowed) == (1, 1)
        assert stored(project)["purposes"].to_pylist() == [3, 1]
        assert count_of(sojourn, project, "analytics") != before
        assert len(happened(project)) == 2
        assert retain(sojourn, project).rewritten == 0


def test_a_value_goes_before_its_event_and_a_fact_with_its_last_value(tmp_path: Path) -> None:
    sojourn, project = open_kept(tmp_path)
    with sojourn:
        told = profile(user="u1", ts=-40 * DAY_MS, page="pageword-told", plan="planword")
        only = profile(user="u2", ts=-41 * DAY_MS, page="pageword-only")
        order = ago("Order", 40, total=5, page="pageword-order")
        settle(sojourn, project, [order, ago("Order", 10, page="freshword")])
        for one in (told, only):
            send(sojourn, project, [msgspec.structs.replace(one, message_id=str(one.ts))])
        done = retain(sojourn, project)
        assert of(done, "pages").events == 0
        # Three in rows, and two of them in profiles.
        assert of(done, "pages").values == 5
        assert holding(tmp_path, "pageword") == []
        assert holding(tmp_path, "freshword")
        assert holding(tmp_path, "planword")
        rows = stored(project).to_pylist()
        assert sorted(row["event"] for row in rows) == ["", "Order", "Order"]
        assert {row["p_total"] for row in rows} == {5.0, None}


@pytest.mark.clause("S1-27")
def test_who_closed_the_account_is_forgotten_after_the_term(tmp_path: Path) -> None:
    sojourn, project = open_kept(tmp_path)
    with sojourn:
        for user, days in (("closed", 40), ("fresh", 5), ("open", None)):
            known = profile(user=user, email=f"{user}@x.test", ts=-50 * DAY_MS, name="Ann")
            send(sojourn, project, [msgspec.structs.replace(known, message_id=user)])
            events = [ago("Seen", 50, user=user, phone="+33 1 23 45 67 89")]
            events += [ago("account_closed", days, user=user)] if days else []
            settle(sojourn, project, events)
        last = max(timelines(project))
        done = retain(sojourn, project)
        assert of(done, "identification").people == 1
        assert people_known(sojourn, project) == {"fresh": ["Ann"], "open": ["Ann"], "": []}
        sealed = [bool(row["sealed"]) for row in stored(project).to_pylist()]
        assert sorted(sealed) == [False, False, False, True, True]
        assert len(timelines(project)) == 3
        # Whoever comes back is somebody new, and nobody is given a number that was taken.
        send(sojourn, project, [ago("Seen", 0, user="closed")])
        assert max(timelines(project)) == last + 1
    sojourn, project = open_kept(tmp_path)
    with sojourn:
        send(sojourn, project, [ago("Seen", 0, user="another")])
        assert max(timelines(project)) == last + 2


def test_room_for_what_will_come_is_no_event(tmp_path: Path) -> None:
    """Timelines leave room behind each person's rows, which looks like the event of code 0."""
    sojourn, project = open_kept(tmp_path)
    with sojourn:
        known = profile(user="open", ts=-50 * DAY_MS, name="Ann")
        events = [ago("account_closed", 20, user="closed"), ago("Seen", 50, user="open"), known]
        send(sojourn, project, events)
        sojourn.applier.commit(now=True)
        assert project.vocabulary.codes["account_closed"] == 0
        retain(sojourn, project)
        assert people_known(sojourn, project)["open"] == ["Ann"]


def sealed_in(sojourn: Sojourn, project: Project) -> list[dict[str, Any]]:
    """What is sealed in each row of the table, opened."""
    rows = stored(project).to_pylist()
    with sojourn.engine.begin() as connection:
        return [
            project.vault.open(connection, (row["person"], SEALED_EVENT), row["sealed"])
            for row in rows
            if row["sealed"]
        ]


@pytest.mark.clause("S1-27")
def test_each_sealed_value_goes_by_the_category_of_its_own_property(tmp_path: Path) -> None:
    own = "purposes: [service]}\n"
    billing = (
        ("categories:\n", "  billing: {means: [user.payment], identifying: true, " + own),
        ("properties:\n", "  iban: {category: billing, " + own),
        ("properties:\n", "  mail: {category: identification, " + own),
        ("retention:\n", "  billing: {keep: 10 years}\n"),
    )
    text = policy()
    for section, entry in billing:
        assert text.count(f"\n{section}") == 1
        text = text.replace(f"\n{section}", f"\n{section}{entry}")
    sojourn, project = open_kept(tmp_path)
    with sojourn:
        sojourn.governance(project).publish(text, actor="test")
        known = {"mail": "ann@x.test", "iban": "DE12"}
        events = [
            ago("Seen", 50, user="closed", **known),
            ago("account_closed", 40, user="closed"),
            ago("Seen", 50, user="open", **known),
            ago("Seen", 45, user="closed", mail="ann@x.test"),
        ]
        settle(sojourn, project, events)
        assert of(retain(sojourn, project, dry=True), "identification").values == 2
        assert sealed_in(sojourn, project) == [known, known, {"mail": "ann@x.test"}]
        done = retain(sojourn, project)
        assert (of(done, "identification").values, of(done, "billing").values) == (2, 0)
        assert sealed_in(sojourn, project) == [{"iban": "DE12"}, known]
        assert retain(sojourn, project).rewritten == 0


def people_known(sojourn: Sojourn, project: Project) -> dict[str, list[Any]]:
    """By user id, which is empty where it is forgotten, what is known of each person's name."""
    directory, known = sojourn.directory(project), {}
    with sojourn.engine.begin() as connection:
        for person in timelines(project):
            told = directory.reveal(connection, person)
            users = [one.value for one in told.identifiers if one.type == "user_id"]
            known["".join(users)] = [value for name, value in told.traits.items() if name == "name"]
    return known


def test_a_number_is_not_given_again_when_its_identifiers_are_gone(tmp_path: Path) -> None:
    sojourn, project = open_kept(tmp_path)
    with sojourn:
        settle(sojourn, project, [ago("Seen", 40), ago("account_closed", 39)])
        retain(sojourn, project)
        with sojourn.engine.begin() as connection:
            table = tables.identifiers
            assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() == 0
    sojourn, project = open_kept(tmp_path)
    with sojourn:
        send(sojourn, project, [ago("Seen", 1, user="somebody")])
        assert len(timelines(project)) == 2


@pytest.mark.clause("S1-17")
def test_a_hold_blocks_its_categories_for_its_time(tmp_path: Path) -> None:
    clock = Clock()
    sojourn, project = open_kept(tmp_path, clock)

    def hold(reference: str, categories: tuple[str, ...], until_ms: int | None) -> None:
        with control.writing(sojourn.engine).begin() as connection:
            holds.place(
                connection,
                project.id,
                reference=reference,
                categories=categories,
                placed_ms=clock.now_ms,
                until_ms=until_ms,
                actor="test",
            )

    with sojourn:
        settle(sojourn, project, [ago("Seen", 100), ago("Order", 400)])
        hold("case 7", ("activity",), NOON_MS + DAY_MS)
        done = retain(sojourn, project)
        assert (of(done, "activity").held, of(done, "activity").events) == ("case 7", 0)
        assert of(done, "activity").before is None
        assert happened(project) == ["Seen"]
        hold("case 8", (), None)
        clock.now_ms += 2 * DAY_MS
        assert retain(sojourn, project).events == 0
        with control.writing(sojourn.engine).begin() as connection:
            assert holds.lift(connection, project.id, "case 8", clock.now_ms) == 1
            assert holds.lift(connection, project.id, "case 8", clock.now_ms) == 0
        assert retain(sojourn, project).events == 1
        assert happened(project) == []


def test_a_question_in_flight_keeps_its_rows(tmp_path: Path) -> None:
    sojourn, project = open_kept(tmp_path)
    with sojourn:
        settle(sojourn, project, [ago("Seen", 100, note="old"), ago("Seen", 10, note="new")])
        (part,) = [part for part in project.parts.now().parts if len(part.ts)]
        retain(sojourn, project)
        assert len(part.ts) == 2
        assert part.ends.tolist() == [2]
        (column,) = part.columns("note")
        words = [column.words[code] if code >= 0 else None for code in column.values]
        assert words == [None, "new"]
        (now,) = [part for part in project.parts.now().parts if len(part.ts)]
        (column,) = now.columns("note")
        assert [column.words[code] for code in column.values] == ["new"]


def test_it_is_told_in_the_audit_log_and_done_once_a_day(tmp_path: Path) -> None:
    clock = Clock()
    sojourn, project = open_kept(tmp_path, clock)
    with sojourn:
        settle(sojourn, project, [ago("Seen", 100)])
        (job,) = [job for job in sojourn._jobs() if job.what == "take out what is due"]
        # By itself nothing goes by a draft, whose terms nobody has chosen.
        job.function()
        assert project.parts.now().events == 1
        sojourn.governance(project).publish(chosen(), actor="test")
        for _ in range(2):
            job.function()
        clock.now_ms += DAY_MS
        job.function()
        with sojourn.engine.begin() as connection:
            entries = connection.execute(
                sa.select(tables.audit.c.subject).where(tables.audit.c.action == "retain")
            )
            told = list(entries.scalars())
            results = connection.execute(sa.select(tables.retentions.c.result)).scalars()
            read = [msgspec.json.decode(result, type=Retained) for result in results]
            assert audit.verify(connection) > 2
        assert len(told) == 2
        assert "1 events, 0 values, 1 partitions dropped, 0 rewritten" in told[0]
        assert [one.events for one in read] == [1, 0]


def test_only_who_holds_the_folder_takes_anything_out(tmp_path: Path) -> None:
    sojourn, project = open_kept(tmp_path)
    with sojourn:
        settle(sojourn, project, [ago("Seen", 100)])
        with Sojourn(Settings(data=tmp_path), clock_ms=Clock()) as beside:
            with pytest.raises(Unavailable):
                retain(beside, beside.project("shop"))
            assert retain(beside, beside.project("shop"), dry=True).events == 1


def test_traits_of_other_people_are_as_they_were(tmp_path: Path) -> None:
    sojourn, project = open_kept(tmp_path)
    with sojourn:
        old = profile(user="u1", ts=-100 * DAY_MS, plan="free", colour="red")
        new = profile(user="u1", ts=-10 * DAY_MS, plan="pro")
        for number, one in enumerate((old, new)):
            send(sojourn, project, [msgspec.structs.replace(one, message_id=str(number))])
        retain(sojourn, project)
        with sojourn.engine.begin() as connection:
            known = profiles.read(connection, project.id, project.vault, [1])
        assert known == {"plan": "pro"}


def test_organisation_goes_with_the_last_that_told_of_it(tmp_path: Path) -> None:
    sojourn, project = open_kept(tmp_path)
    with sojourn:
        for number, (name, days) in enumerate((("tea", 100), ("sea", 10))):
            told = msgspec.structs.replace(
                profile(user="u1", ts=-days * DAY_MS), traits={"group": {"id": name}}
            )
            send(sojourn, project, [msgspec.structs.replace(told, message_id=str(number))])
        retain(sojourn, project)
        known = organisations_of(project)
        with sojourn.engine.begin() as connection:
            assert [known.find(connection, name) for name in ("tea", "sea")] == [None, 2]
            keys = sa.select(tables.person_keys.c.person)
            people = set(connection.execute(keys.where(tables.person_keys.c.person < 0)).scalars())
            assert people == {-2}


NAMES = ("Seen", "Order")
KEPT_DAYS = {"Seen": 92, "Order": 365}
QUESTIONS: list[dict[str, Any]] = [
    {"kind": "funnel", "steps": [{"event": "Seen"}, {"event": "Order"}], "purpose": "service"},
    {"kind": "trend", "series": [{"event": "Seen"}], "purpose": "service", "every": "month"},
    {"kind": "trend", "series": [{"event": "Order"}], "purpose": "service", "every": "month"},
]
drawn = st.lists(
    st.tuples(st.sampled_from(NAMES), st.integers(1, 500), st.integers(1, 3)),
    min_size=1,
    max_size=12,
    unique=True,
)


@settings(max_examples=4, deadline=None)
@given(drawn, st.integers(0, 12))
def test_answers_are_those_of_the_events_that_are_left(
    tmp_path_factory: pytest.TempPathFactory, some: list[tuple[str, int, int]], committed: int
) -> None:
    # Each name has come once, or it could not be asked for.
    some = [(name, 0, 1) for name in NAMES] + some
    events = [ago(name, days, user=f"u{who}") for name, days, who in some]
    left = [ago(name, days, user=f"u{who}") for name, days, who in some if days <= KEPT_DAYS[name]]
    answers = []
    for sent in (events, left):
        sojourn, project = open_kept(tmp_path_factory.mktemp("kept"))
        with sojourn:
            send_all(sojourn, project, sent[:committed])
            sojourn.applier.commit(now=True)
            project.parts.settle()
            send_all(sojourn, project, sent[committed:])
            if sent is events:
                retain(sojourn, project)
                orders = stored(project)["order"].to_numpy()
                assert len(np.unique(orders)) == len(orders) == len(left)
            # A period that is said, for an open one ends where the events do.
            period = {"from": "2024-06-01", "to": "2026-01-01"}
            told = [asked(sojourn, project, {**one, "period": period}) for one in QUESTIONS]
            answers.append((told, sorted(timelines(project).values())))
    assert answers[0] == answers[1]


def send_all(sojourn: Sojourn, project: Project, events: list[Event]) -> None:
    if events:
        send(sojourn, project, events)
