"""The quarantine: what may wait in it, what never does, how it is replayed, and how it ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from sojourn import control, tables
from sojourn.application import Sojourn
from sojourn.collection import Collection
from sojourn.consent.consents import Decision
from sojourn.drop_reason import DropReason
from sojourn.errors import NotFound
from sojourn.event import Event, Identifier, Signals
from sojourn.ingest import pipeline, quarantine, waiting
from sojourn.ingest.collecting import Collecting
from sojourn.ingest.entries import Entry, Held
from sojourn.ingest.project import Project
from sojourn.ingest.quarantine import Chosen
from sojourn.ingest.replay import Replayed
from sojourn.settings import Settings
from tests.gated import POLICY
from tests.opened import NOON_MS, Clock, event, names, open_shop, profile, send, timelines

DAY_MS = 86_400_000
CARD = "4111 1111 1111 1111"
LONG: dict[str, Any] = {"n" * 201: 1}
MANY: dict[str, Any] = {f"p{number}": number for number in range(257)}
WAITING = POLICY.replace(
    "undeclared: {events: accept, properties: accept, as: activity}",
    "undeclared: {events: quarantine, properties: quarantine}",
)
ASKED = "asked: {category: talk, purposes: [service]}"
MENDED = WAITING.replace(ASKED, f"{ASKED}\n  paid: {{category: activity, purposes: [analytics]}}")
DECLARED = MENDED.replace("properties:\n", "properties:\n  price: {category: activity}\n", 1)
STRICTER = WAITING.replace(
    "analytics: {use: analytics.reporting, basis: legitimate_interests, assessment: LIA-2}",
    "analytics: {use: analytics.reporting, basis: consent}",
).replace(ASKED, f"{ASKED}\n  paid: {{category: activity, purposes: [analytics]}}")


class Shop:
    """An open folder whose policy lets wait what it does not name."""

    def __init__(self, data: Path, policy: str = WAITING, **settings: Any) -> None:
        self.clock = Clock()
        self.sojourn, self.project = open_shop(data, self.clock)
        if settings:
            self.sojourn.close()
            self.sojourn = Sojourn(Settings(data=data, **settings), clock_ms=self.clock)
            self.project = self.sojourn.project("shop")
        self.publish(policy)

    def publish(self, policy: str) -> None:
        self.clock.now_ms += 1
        self.sojourn.governance(self.project).publish(policy, actor="test")

    def refuse(self, *events: Event) -> list[DropReason]:
        """Send events; why they were refused."""
        outcome, done = self.sojourn.accept(self.project, events, "segment")
        if done is not None:
            done.result(timeout=10)
        self.sojourn.quarantine.flush()
        return [dropped.reason for dropped in outcome.dropped.values()]

    def entries(self, **chosen: Any) -> list[Entry]:
        return self.sojourn.quarantine.newest(self.project, Chosen(**chosen), limit=100_000)

    def held(self) -> list[Held]:
        every = self.sojourn.quarantine.held(self.project, Chosen(), limit=100_000)
        return [held for _, held in every]

    def replay(self, **chosen: Any) -> Replayed:
        replayed = self.sojourn.replay(self.project, Chosen(**chosen))
        self.sojourn.apply_all()
        return replayed

    def stored(self) -> list[str]:
        return names(timelines(self.project).values())

    def tally(self, what: str) -> int:
        table = tables.tallies
        with self.sojourn.engine.begin() as connection:
            found = connection.execute(sa.select(table.c.events).where(table.c.what == what))
            return int(found.scalar() or 0)


@pytest.fixture
def shop(tmp_path: Path) -> Any:
    made = Shop(tmp_path)
    with made.sojourn:
        yield made


def told(given: Event, **signals: Any) -> Event:
    return msgspec.structs.replace(given, signals=Signals(**signals))


def nested(depth: int) -> dict[str, Any]:
    return {"in": nested(depth - 1)} if depth else {"at": 1}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (event("", user="a"), DropReason.NO_EVENT_NAME),
        (event("n" * 201, user="a"), DropReason.TOO_LONG),
        (event("asked"), DropReason.NO_IDENTIFIER),
        (event("asked", user="a\0b"), DropReason.BAD_TEXT),
        (event("asked", 3 * DAY_MS, user="a"), DropReason.TIMESTAMP_OUT_OF_RANGE),
        (
            msgspec.structs.replace(event("asked", user="a"), ts=0, stamp="yesterday"),
            DropReason.BAD_TIMESTAMP,
        ),
        (event("asked", user="a", deep=nested(7)), DropReason.TOO_DEEP),
        (
            event("asked", user="a", **MANY),
            DropReason.TOO_MANY_PROPERTIES,
        ),
        (event("asked", user="a", words="x" * 33_000), DropReason.TOO_LARGE),
        (event("paid", user="a"), DropReason.UNDECLARED_EVENT),
    ],
)
def test_what_was_refused_for_its_form_waits_with_its_reason(
    shop: Shop, given: Event, reason: DropReason
) -> None:
    assert shop.refuse(given) == [reason]
    (entry,) = shop.entries()
    assert (entry.reason, entry.wire, entry.received_ms) == (reason, "segment", shop.clock())
    assert 0 < entry.until_ms - entry.received_ms <= 14 * DAY_MS
    (held,) = shop.held()
    assert held.detail
    assert held.event.name == given.name
    assert held.event.identifiers == given.identifiers
    assert held.event.properties == given.properties
    assert shop.replay() == Replayed(0, {reason: 1}, {})
    assert shop.held() == [held], "what is refused again stays as it is"


def test_what_cannot_be_written_faithfully_or_is_too_much_leaves_its_count(shop: Shop) -> None:
    shop.refuse(
        event("asked", user="a", words="\ud800", message_id="half"),
        event("asked", user="a", words="x" * quarantine.ENTRY_BYTES_MAX),
        event("n" * 201, user="a", number=2**70),
    )
    assert shop.entries() == []
    shop.refuse(event("", user="a"))
    assert shop.tally(quarantine.OVERFLOWED) == 3


def test_what_no_purpose_makes_lawful_never_waits(tmp_path: Path) -> None:
    shop = Shop(tmp_path, STRICTER)
    with shop.sojourn:
        assert shop.refuse(event("paid", user="zz-ann", **LONG)) == [DropReason.TOO_LONG]
        assert shop.refuse(event("paid", user="zz-ann")) == [DropReason.NO_LAWFUL_PURPOSE]
        assert shop.entries() == [], "the order of the checks does not matter"
        agrees = told(event("paid", user="bea", **LONG), consent={"analytics": True})
        assert shop.refuse(agrees) == [DropReason.TOO_LONG]
        assert len(shop.entries()) == 1


def test_what_a_person_stopped_does_not_wait(shop: Shop) -> None:
    shop.publish(DECLARED)
    send(shop.sojourn, shop.project, [event("paid", user="ann", message_id="known")])
    shop.sojourn.governance(shop.project).record(
        Decision(identifiers={"user_id": "ann"}, purposes={"analytics": "objected"}, how="test")
    )
    shop.clock.now_ms += 1000
    future = 2 * DAY_MS
    for user in ("ann", "bea"):
        never = msgspec.structs.replace(event("paid", user=user), ts=0, stamp="never")
        shop.refuse(event("paid", future, user=user), event("paid", -NOON_MS, user=user), never)
    assert [held.event.identifiers[0].value for held in shop.held()] == ["bea"] * 3


def test_secrets_bots_and_exclusions_never_wait(shop: Shop) -> None:
    left_out = Collection(excluded_people=("gone",), excluded_properties=("hidden", "in.hidden"))
    Collecting(shop.project, shop.sojourn.engine, shop.clock).change(left_out, actor="test")
    bot = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
    token = "ghp_" + "a1B2" * 10
    shop.refuse(
        event("asked", user=token),
        event(f"card {CARD}" + "n" * 200, user="a"),
        event("n" * 201, user="gone"),
        told(event("n" * 201, user="a"), agent=bot),
    )
    assert shop.entries() == []
    inner = {"hidden": "zz", "password": "hunter2", "list": [CARD], "note": f"is {CARD}", "ok": "y"}
    spoilt: dict[str, Any] = {
        "in": inner,
        "hidden": 1,
        "cvv": "123",
        "number": 4111111111111111,
        "fine": [1, 2],
    }
    shop.refuse(event("n" * 201, user="a", **spoilt))
    shop.refuse(msgspec.structs.replace(profile("b" * 501, token=token, team="red")))
    traits = {"team": "red"}
    assert [held.event.properties for held in shop.held() if held.event.name] == [
        {"in": {"ok": "y"}, "fine": [1, 2]}
    ]
    assert [held.event.traits for held in shop.held() if not held.event.name] == [traits]


def test_neither_address_nor_agent_waits_nor_what_serves_nothing(tmp_path: Path) -> None:
    policy = WAITING.replace(
        "properties:\n",
        "properties:\n"
        "  city: {category: activity, reduce: {truncate: 2}}\n"
        "  whose: {category: activity, reduce: {keyed_hash: true}}\n"
        "  price: {category: activity}\n",
        1,
    ).replace(
        "undeclared: {events: quarantine, properties: quarantine}",
        "undeclared: {events: quarantine, properties: refuse}",
    )
    shop = Shop(tmp_path, policy)
    with shop.sojourn:
        given = event("paid", user="a", city="Lyon", whose="zz", price=3, other="zz")
        shop.refuse(told(given, ip="203.0.113.9", agent="curl/8", consent={"analytics": True}))
        (held,) = shop.held()
    assert held.event.signals == Signals(consent={"analytics": True})
    assert held.event.properties == {"city": "Ly", "price": 3}


def test_a_visit_without_a_cookie_does_not_wait(tmp_path: Path) -> None:
    always = WAITING + "cookieless: {when: always}\n"
    shop = Shop(tmp_path, always)
    with shop.sojourn:
        shop.refuse(
            told(event("n" * 201, anonymous="zz-device"), ip="203.0.113.9"),
            told(event("n" * 201, anonymous="zz-device", user="ann"), ip="203.0.113.9"),
        )
        assert [held.event.identifiers for held in shop.held()] == [(Identifier("user_id", "ann"),)]


def test_replay_after_mending_stores_exactly_once(shop: Shop) -> None:
    one, two = (event("paid", n, user="ann", message_id=f"m{n}", price=n) for n in (1, 2))
    shop.refuse(one, two, event("", user="ann", message_id="nameless"))
    shop.refuse(one)
    assert [reason.events for reason in shop.sojourn.quarantine.reasons(shop.project)] == [2, 1]
    before = [entry.until_ms for entry in shop.entries()]
    shop.publish(DECLARED)
    shop.clock.now_ms += 3 * DAY_MS
    assert shop.replay(reason="no_event_name") == Replayed(0, {"no_event_name": 1}, {})
    assert shop.replay() == Replayed(2, {"no_event_name": 1}, {})
    assert shop.stored() == ["paid", "paid"]
    assert [entry.until_ms for entry in shop.entries()] == before[:1], "nothing stays for longer"
    send(shop.sojourn, shop.project, [one])
    assert shop.replay() == Replayed(0, {"no_event_name": 1}, {})
    assert shop.stored() == ["paid", "paid"], "a late retry of the sender is known"
    assert shop.tally("refused undeclared_event") == 3
    assert shop.tally("refused no_event_name") == 1, "a replay refuses nothing anew"


def test_an_event_that_comes_again_mended_is_stored_once_with_its_replay(shop: Shop) -> None:
    given = event("paid", 1, user="ann", message_id="m1")
    shop.refuse(given)
    shop.publish(MENDED)
    send(shop.sojourn, shop.project, [given])
    assert shop.replay() == Replayed(1, {}, {})
    assert shop.stored() == ["paid"]
    assert shop.entries() == []


def test_what_is_refused_again_stays_under_its_new_reason_or_goes(shop: Shop) -> None:
    shop.refuse(event("paid", 1, user="ann", **LONG), event("paid", 2, user="bea"))
    assert {entry.reason for entry in shop.entries()} == {"too_long", "undeclared_event"}
    shop.publish(WAITING.replace("events: quarantine", "events: refuse"))
    assert shop.replay() == Replayed(0, {}, {"too_long": 1, "undeclared_event": 1})
    assert shop.entries() == []


def test_replay_stays_lawful_when_the_policy_got_stricter(shop: Shop) -> None:
    shop.refuse(event("paid", 1, user="ann"), event("paid", user="bea", **LONG))
    shop.publish(STRICTER)
    assert shop.replay() == Replayed(0, {}, {"no_lawful_purpose": 1, "too_long": 1})
    assert (shop.entries(), shop.stored()) == ([], [])


def test_the_oldest_go_when_there_are_too_many(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "ENTRIES_MAX", 20)
    for number in range(25):
        shop.clock.now_ms += 1
        shop.refuse(event("paid", user="ann", message_id=f"m{number}"))
    left = sorted(int(held.event.message_id[1:]) for held in shop.held())
    assert left == list(range(25 - len(left), 25))
    assert 19 <= len(left) <= 20
    assert shop.sojourn.quarantine.overflowed(shop.project) == 25 - len(left)
    monkeypatch.setattr(quarantine, "BYTES_MAX", 30_000)
    for number in range(3):
        shop.clock.now_ms += 1
        shop.refuse(event("paid", user="ann", message_id=f"big{number}", text="x" * 14_000))
    assert sorted(held.event.message_id for held in shop.held()) == ["big1", "big2"]


def test_too_much_at_once_leaves_its_count(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "WAITING_BYTES_MAX", 100)
    shop.refuse(*(event("paid", n, user="ann", text="x" * 50) for n in range(3)))
    monkeypatch.undo()
    shop.refuse(event("paid", 9, user="ann"))
    assert len(shop.entries()) == 1
    assert shop.sojourn.quarantine.overflowed(shop.project) == 3


def test_a_failure_to_write_fails_no_request(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.publish(MENDED)

    def full(*_: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as broken:
        broken.setattr(control, "upsert", full)
        outcome, done = shop.sojourn.accept(
            shop.project, [event("paid", 1, user="a"), event("look", 2, user="a")]
        )
        assert done is not None
        assert done.result(timeout=10)
        shop.sojourn.quarantine.flush()
    assert len(outcome.kept) == 1
    assert "no space left" in shop.sojourn.quarantine.trouble
    shop.refuse(event("look", 3, user="a"))
    assert shop.sojourn.quarantine.trouble == ""
    assert len(shop.entries()) == 1
    assert shop.sojourn.quarantine.overflowed(shop.project) == 1


def test_an_entry_ends_with_the_key_of_its_day(tmp_path: Path) -> None:
    shop = Shop(tmp_path, quarantine_days=2)
    with shop.sojourn:
        shop.refuse(event("paid", 1, user="zz-first"))
        shop.clock.now_ms += DAY_MS
        shop.refuse(event("paid", DAY_MS, user="zz-second"))
        with shop.sojourn.engine.begin() as connection:
            sealed = connection.execute(sa.select(tables.quarantine.c.sealed)).scalars().all()
        first, second = (bytes(one) for one in sealed)
        shop.clock.now_ms += DAY_MS
        assert [held.event.identifiers[0].value for held in shop.held()] == ["zz-second"]
        shop.sojourn.quarantine.expire()
        with shop.sojourn.engine.begin() as connection:
            days = connection.execute(sa.select(tables.quarantine_keys.c.day)).scalars().all()
            assert len(days) == 1
            assert len(connection.execute(sa.select(tables.quarantine)).all()) == 1
        written = b"".join(path.read_bytes() for path in tmp_path.rglob("*.db*"))
        assert (first in written, second in written) != (True, True)
        assert b"zz-first" not in written
        assert b"zz-second" not in written


def test_without_days_nothing_waits(tmp_path: Path) -> None:
    shop = Shop(tmp_path, quarantine_days=0)
    with shop.sojourn:
        shop.refuse(event("paid", user="a"))
        assert shop.entries() == []


def test_entries_are_dropped_by_reason_by_id_and_by_whose_they_are(shop: Shop) -> None:
    shop.refuse(
        event("paid", 1, user="ann"), event("paid", 2, user="bea"), event("", 3, user="ann")
    )
    own = shop.sojourn.quarantine
    assert own.drop_of(shop.project, Identifier("user_id", "ann")) == 2
    assert own.drop(shop.project, Chosen(reason="no_event_name")) == 0
    (left,) = shop.entries()
    entry, held = own.look(shop.project, left.id)
    assert (entry, held.event.identifiers[0].value) == (left, "bea")
    assert own.drop(shop.project, Chosen(ids=("no id", left.id))) == 1
    with pytest.raises(NotFound):
        own.look(shop.project, left.id)


def test_projects_see_their_own_only(shop: Shop) -> None:
    other: Project = shop.sojourn.create_project("other")
    shop.refuse(event("paid", 1, user="ann"))
    (mine,) = shop.entries()
    own = shop.sojourn.quarantine
    assert own.newest(other, Chosen(), limit=9) == []
    assert own.drop(other, Chosen(ids=(mine.id,))) == 0
    assert own.reasons(other) == []


def test_what_was_set_aside_meanwhile_is_not_taken_out(shop: Shop) -> None:
    shop.refuse(event("paid", 1, user="ann"))
    own = shop.sojourn.quarantine
    replayed = own.held(shop.project, Chosen(), limit=9)
    shop.clock.now_ms += 1
    shop.refuse(event("paid", 1, user="ann"))
    own.settle(shop.project, replayed)
    assert len(shop.entries()) == 1
    own.settle(shop.project, own.held(shop.project, Chosen(), limit=9))
    assert shop.entries() == []


def test_what_our_own_code_fails_on_waits_if_it_can_be_judged(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(pipeline, "STEPS", (fails,))
        broken.setattr(pipeline.run, "__defaults__", ((fails,),))
        assert shop.refuse(event("asked", 1, user="ann")) == [DropReason.POISON]
        assert shop.replay() == Replayed(0, {"poison": 1}, {})
    with monkeypatch.context() as broken:
        broken.setattr(waiting, "exclude", fails)
        shop.refuse(event("", 2, user="bea"), event("paid", 3, user="bea"))
    assert [entry.reason for entry in shop.entries()] == ["poison"]
    assert shop.replay() == Replayed(1, {}, {})
    assert shop.stored() == ["asked"]
