"""Room behind each person's rows: what comes last is put there and moves nobody, a question that is
under way does not see it, and whatever cannot be put there finds its place all the same."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event as Signal

import numpy as np
import pytest

from sojourn.event import Event
from sojourn.ingest.project import Project
from sojourn.timeline import Column, Timeline
from sojourn.timelines.joining import ROOM_MIN
from sojourn.timelines.ordering import gather
from sojourn.timelines.snapshot import Snapshot
from tests.opened import NOON_MS, event, open_shop, profile, send

PEOPLE = [f"u{number}" for number in range(5)]
TURNS = 30


def look(at: int, user: str = "u1", **told: object) -> Event:
    return event("look", at, user=user, message_id=f"{user} {at}", at=at, page=f"/{at}", **told)


Run = list[tuple[int, str, float, str | None]]
"""When, what, and what the properties `at` and `page` say, of each event of a person."""


def shown(snapshot: Snapshot) -> dict[int, Run]:
    """Everybody with events, each in one part, with the values of two properties."""
    found: dict[int, Run] = {}
    for part in snapshot.parts:
        (at,), (page,) = part.columns("at"), part.columns("page")
        for person, start, end in zip(part.people, part.starts, part.ends, strict=True):
            if end > start:
                assert int(person) not in found
                found[int(person)] = [
                    (
                        int(part.ts[row]) - NOON_MS,
                        part.names[part.event[row]],
                        float(at.values[row]),
                        word(page, row),
                    )
                    for row in range(start, end)
                ]
    return found


def word(column: Column, row: int) -> str | None:
    code = int(column.values[row])
    return column.words[code] if code >= 0 else None


def layer(project: Project) -> Timeline:
    """The one part in which anybody is."""
    (part,) = [part for part in project.parts.now().parts if len(part.people)]
    return part


def of(user: str, project: Project) -> Run:
    """The events of whoever has looked first at the place of a user among all."""
    return sorted(shown(project.parts.now()).values())[PEOPLE.index(user)]


def test_what_comes_last_moves_nobody_and_is_not_seen_by_who_asked_before(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [look(place, user) for place, user in enumerate(PEOPLE)])
        before = project.parts.now()
        seen = shown(before)
        send(sojourn, project, [look(10, "u1"), look(11, "u3"), look(12, "u3")])
        after = project.parts.now()
        assert after.sources == before.sources
        assert (before.events, after.events) == (5, 8)
        assert shown(before) == seen
        assert of("u3", project) == [(at, "look", at, f"/{at}") for at in (3, 11, 12)]
        assert of("u2", project) == [(2, "look", 2, "/2")]


@pytest.mark.parametrize(
    ("comes", "expected"),
    [
        (lambda: [look(0)], [0, 1]),
        (lambda: [look(at) for at in range(2, ROOM_MIN + 4)], [1, *range(2, ROOM_MIN + 4)]),
        (lambda: [event("buy", 2, user="u1", at=2)], [1, 2]),
        (lambda: [profile(user="u1", ts=2, plan="pro"), look(3)], [1, 3]),
        (lambda: [event("look", 2, user="u1", anonymous="a9", at=2)], [1, 2, 6]),
        (lambda: [event("look", 7, anonymous="a8", at=7)], [1, 5, 7]),
    ],
    ids=["late", "no room", "new name", "a fact", "a merge", "given to another id"],
)
def test_what_cannot_be_put_behind_finds_its_place(
    tmp_path: Path, comes: Callable[[], list[Event]], expected: list[int]
) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        some = [look(place, user) for place, user in enumerate(PEOPLE)]
        others = [event("look", 5, anonymous="a8", at=5), event("look", 6, anonymous="a9", at=6)]
        send(sojourn, project, [*some, *others])
        if expected[1] == 5:
            send(sojourn, project, [profile(user="u1", anonymous="a8", ts=5)])
        before = project.parts.now()
        seen = shown(before)
        send(sojourn, project, comes())
        after = project.parts.now()
        assert after.sources != before.sources
        assert shown(before) == seen
        (run,) = [run for run in shown(after).values() if (1, "look", 1.0, "/1") in run]
        assert [at for at, *_ in run] == expected
        assert [told for _, _, told, _ in run] == expected


def test_column_of_who_asked_before_has_no_word_that_it_does_not_know(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [look(place, user) for place, user in enumerate(PEOPLE)])
        part = layer(project)
        (before,) = part.columns("page")
        send(sojourn, project, [look(10, "u1"), event("look", 11, user="u2", page="/1")])
        part = layer(project)
        (after,) = part.columns("page")
        assert before.words == ("/0", "/1", "/2", "/3", "/4")
        assert after.words == (*before.words, "/10")
        assert before.values.max() < len(before.words)
        rows = gather(part.starts, part.ends)
        told = [word(after, row) for row in rows.tolist()]
        assert sorted(map(str, told)) == ["/0", "/1", "/1", "/10", "/2", "/3", "/4"]


def test_column_that_was_dropped_is_read_with_what_was_put_behind_since(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [look(place, user) for place, user in enumerate(PEOPLE)])
        snapshot = project.parts.now()
        shown(snapshot)
        send(sojourn, project, [look(10, "u1")])
        now = project.parts.now()
        for source in now.sources:
            for _, name in source.columns_in_use():
                source.drop(name)
        assert of("u1", project) == [(at, "look", at, f"/{at}") for at in (1, 10)]


@pytest.mark.parametrize("settles", [False, True])
def test_who_asks_while_rows_are_put_behind_sees_whole_events(
    tmp_path: Path, settles: bool
) -> None:
    """Each event says in two properties when it happened: a row that is half there would not."""
    sojourn, project = open_shop(tmp_path)
    done, wrong = Signal(), list[str]()

    def ask() -> None:
        last = 0
        while not done.is_set():
            snapshot = project.parts.now()
            runs = shown(snapshot)
            if snapshot.events < last:
                wrong.append(f"{last} events became {snapshot.events}")
            last = snapshot.events
            for run in runs.values():
                if run != sorted(run) or any(row != (row[0], "look", *told(row[0])) for row in run):
                    wrong.append(str(run))

    def settle() -> None:
        while not done.is_set():
            project.parts.settle()

    def told(at: int) -> tuple[float, str]:
        return float(at), f"/{at}"

    with sojourn, ThreadPoolExecutor() as threads:
        send(sojourn, project, [look(place, user) for place, user in enumerate(PEOPLE)])
        others = [threads.submit(one) for one in (ask, settle if settles else ask)]
        try:
            for turn in range(1, TURNS):
                send(sojourn, project, [look(10 * turn + n, user) for n, user in enumerate(PEOPLE)])
                if settles and turn % 5 == 0:
                    sojourn.applier.commit(now=True)
        finally:
            done.set()
        for other in others:
            other.result()
        assert not wrong
        runs = shown(project.parts.now()).values()
        assert sorted(run[0][0] for run in runs) == list(range(5))
        assert all(
            len(run) == TURNS and np.all(np.diff([at for at, *_ in run]) > 0) for run in runs
        )
