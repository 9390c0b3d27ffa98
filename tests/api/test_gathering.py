"""Gathering: requests of one turn go in together, and each is answered as if it had come alone."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest

from sojourn.api import gathering
from sojourn.api.gathering import Came, Gathering
from sojourn.application import Sojourn
from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import Unavailable
from sojourn.event import Event
from sojourn.ingest.pipeline import Outcome
from sojourn.ingest.project import Project
from sojourn.wire import Receipt
from tests.conftest import SOON_S_MAX
from tests.opened import event, open_shop, timelines

T = TypeVar("T")
NO_EVENT = Dropped(DropReason.NOT_AN_EVENT, "It is none.")


@dataclass
class Shop:
    """An open project, and how many events went in at a time."""

    sojourn: Sojourn
    project: Project
    sizes: list[int] = field(default_factory=list)

    def accept(
        self, project: Project, events: Sequence[Came], wire: str
    ) -> tuple[Outcome, Future[int] | None]:
        self.sizes.append(len(events))
        return self.sojourn.accept(project, events, wire)

    def send(self, *requests: list[Came]) -> list[Receipt | BaseException]:
        """What is answered to requests that are read in one turn."""

        async def sent() -> list[Any]:
            way = Gathering(self.accept)
            asked = [way.take(self.project, events, "segment") for events in requests]
            return await asyncio.gather(*asked, return_exceptions=True)

        return in_a_loop(sent())


def in_a_loop(coroutine: Coroutine[Any, Any, T]) -> T:
    """What a coroutine gives in a loop of its own; browsers' tests may have one in this thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, asyncio.wait_for(coroutine, SOON_S_MAX)).result()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        yield Shop(sojourn, project)


def one(name: str = "viewed", **given: Any) -> list[Came]:
    """The events of a request that has one."""
    return [event(name, user="ann", **given)]


def test_requests_of_one_turn_share_a_row_and_each_has_its_own_answer(shop: Shop) -> None:
    nameless: Event = event("", user="ann")
    answers = shop.send(one("a"), [NO_EVENT, *one("b"), nameless], [], one("c"), [NO_EVENT])
    assert shop.sizes == [6]
    assert [(one.accepted, [*one.refused]) for one in answers if isinstance(one, Receipt)] == [
        (1, []),
        (1, [0, 2]),
        (0, []),
        (1, []),
        (0, [0]),
    ]
    assert [row.id for row in shop.sojourn.inbox.after(0, 100)] == [1]
    shop.sojourn.apply_all()
    assert [name for _, name in timelines(shop.project)[1]] == ["a", "b", "c"]


def test_what_comes_while_a_group_is_on_its_way_to_the_disk_goes_in_together_after_it(
    shop: Shop,
) -> None:
    on_disk: list[Future[int]] = []

    def slow(
        project: Project, events: Sequence[Came], wire: str
    ) -> tuple[Outcome, Future[int] | None]:
        outcome, _ = shop.accept(project, events, wire)
        on_disk.append(Future())
        return outcome, on_disk[-1]

    async def sent() -> list[Receipt | BaseException]:
        way, answers = Gathering(slow), []

        async def take(*names: str) -> None:
            for name in names:
                answers.append(asyncio.ensure_future(way.take(shop.project, one(name), "segment")))
                for _ in range(3):
                    await asyncio.sleep(0)

        await take("a", "b", "c")
        assert shop.sizes == [1], "the others wait for the disk that writes the first"
        on_disk[0].set_result(1)
        await answers[0]
        assert shop.sizes == [1, 2]
        assert not answers[1].done(), "its own commit is still to come"
        await take("d")
        on_disk[1].set_exception(Unavailable("The disk is full"))
        with pytest.raises(Unavailable):
            await answers[1]
        assert shop.sizes == [1, 2, 1], "a commit that fails keeps nobody waiting"
        on_disk[2].set_result(3)
        await answers[3]
        await take("e")
        assert shop.sizes == [1, 2, 1, 1], "nothing is on its way, so nobody waits"
        await take("f")
        larger = [event("g", user="ann", message_id=f"{at}") for at in range(gathering.FEW + 1)]
        answers.append(asyncio.ensure_future(way.take(shop.project, larger, "segment")))
        await asyncio.sleep(0)
        assert shop.sizes[4:] == [1, len(larger)], "what came before goes before"
        for number, done in enumerate(on_disk[3:]):
            done.set_result(4 + number)
        return await asyncio.gather(*answers, return_exceptions=True)

    kept = Receipt(1, {})
    assert [
        type(answer) if isinstance(answer, Exception) else answer for answer in in_a_loop(sent())
    ] == [kept, Unavailable, Unavailable, *[kept] * 3, Receipt(gathering.FEW + 1, {})]


def test_what_comes_without_an_id_is_known_as_if_it_had_come_alone(shop: Shop) -> None:
    shop.send(one("a"), one("a"), [*one("b"), *one("b")])
    shop.send(one("a"))
    shop.send([*one("b"), *one("b")])
    shop.sojourn.apply_all()
    shown = [name for _, name in timelines(shop.project)[1]]
    assert shown == ["a", "b", "b"], "the same request again is the same, two in one are two"


def test_larger_requests_go_by_themselves_and_a_full_group_goes_at_once(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "GROUP_MAX", 5)
    large = [event("a", user="ann", message_id=f"{at}") for at in range(gathering.FEW + 1)]
    requests = [one(message_id=f"m{at}") for at in range(7)]
    answers = shop.send(*requests, list(large))
    assert shop.sizes == [5, 2, gathering.FEW + 1], "what came before goes before"
    accepted = [one.accepted for one in answers if isinstance(one, Receipt)]
    assert accepted == [*([1] * 7), gathering.FEW + 1]


def test_what_fails_is_told_to_every_sender_and_the_next_go_in(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> Any:
        raise Unavailable("The disk is gone")

    for name, place in (("accept", shop.sojourn), ("_insert", shop.sojourn.inbox)):
        with monkeypatch.context() as broken:
            broken.setattr(place, name, fails)
            answers = shop.send(one("a"), one("b"))
        assert [type(answer) for answer in answers] == [Unavailable, Unavailable], name
    assert [answer for answer in shop.send(one("c")) if isinstance(answer, Receipt)] == [
        Receipt(1, {})
    ]
    shop.sojourn.apply_all()
    assert [name for _, name in timelines(shop.project)[1]] == ["c"]


@pytest.mark.parametrize("events", [1, gathering.FEW + 1])
def test_a_sender_who_goes_takes_nobody_along(shop: Shop, events: int) -> None:
    gone = [event("a", user="ann", message_id=f"{at}") for at in range(events)]

    async def sent() -> Receipt:
        way = Gathering(shop.accept)
        going = asyncio.ensure_future(way.take(shop.project, gone, "segment"))
        staying = asyncio.ensure_future(way.take(shop.project, one("b"), "segment"))
        await asyncio.sleep(0)
        going.cancel()
        with pytest.raises(asyncio.CancelledError):
            await going
        return await staying

    assert in_a_loop(sent()) == Receipt(1, {})
    shop.sojourn.apply_all()
    assert len(timelines(shop.project)[1]) == events + 1, "what had been read is kept"
