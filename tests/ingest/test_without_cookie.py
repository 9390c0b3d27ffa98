"""Who is counted without a cookie, under which policy, and what may stand beside a daily id."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from sojourn.consent.consents import Decision
from sojourn.consent.cookieless import DailyIds
from sojourn.drop_reason import Dropped, DropReason
from sojourn.event import DAILY_ID, Event, Identifier, Kind, Signals
from sojourn.ingest import pipeline
from sojourn.ingest.arrival import Arrival
from sojourn.policy import versions
from sojourn.policy.gate import Will, nothing_said
from tests.opened import NOON_MS, Clock, event, open_shop, profile, send, timelines
from tests.ruled import country_of, rules

PRODUCT = versions.preset("product-analytics")
"""Counts without a cookie whom it may not follow; following rests on consent in the EEA."""
HERE = Signals(country="FR", ip="1.2.3.4", agent="Quokka/7")
AGREED = msgspec.structs.replace(HERE, consent={"analytics": True})
ASKS = msgspec.structs.replace(HERE, cookieless=True)


def run(
    given: Event, text: str = PRODUCT, will: Will = nothing_said, daily: DailyIds | None = None
) -> tuple[Event | Dropped, Counter[str]]:
    """What becomes of one event, and what is withheld of it."""
    arrival = Arrival(
        NOON_MS,
        rules(text),
        country_of=country_of,
        will=will,
        daily_ids=daily or DailyIds(ZoneInfo("UTC")),
    )
    outcome = pipeline.run([given], arrival)
    return (*outcome.kept, *outcome.dropped.values())[0], outcome.withheld


def types(given: Event, **how: Any) -> list[str]:
    """The types of the identifiers under which an event is kept."""
    kept, _ = run(given, **how)
    assert isinstance(kept, Event), kept
    assert kept.signals == Signals()
    return [one.type for one in kept.identifiers]


def look(signals: Signals = HERE, **more: Any) -> Event:
    return msgspec.structs.replace(event("look", **more), signals=signals)


@pytest.mark.clause("S1-21")
@pytest.mark.parametrize(
    ("when", "signals", "more", "kept"),
    [
        # An anonymous id stays where its cookie is lawful.
        ("no_consent", AGREED, {"anonymous": "c"}, ["anonymous_id"]),
        ("no_consent", HERE, {"anonymous": "c"}, [DAILY_ID]),
        ("no_consent", Signals(country="US"), {"anonymous": "c"}, ["anonymous_id"]),
        ("no_consent", Signals(country="US", ip="9.9.9.9", consent={"analytics": False}),
         {"anonymous": "c"}, [DAILY_ID]),
        ("always", AGREED, {"anonymous": "c"}, [DAILY_ID]),
        ("never", HERE, {"anonymous": "c"}, ["anonymous_id"]),
        # Who asks is counted, whatever else is lawful.
        ("no_consent", ASKS, {}, [DAILY_ID]),
        ("no_consent", ASKS, {"anonymous": "c"}, [DAILY_ID]),
        ("no_consent", HERE, {}, [DAILY_ID]),
        ("always", HERE, {}, [DAILY_ID]),
        # What a person told stays, alone.
        ("no_consent", HERE, {"user": "u", "anonymous": "c"}, ["user_id"]),
        ("no_consent", ASKS, {"user": "u"}, ["user_id"]),
        ("always", AGREED, {"user": "u", "anonymous": "c"}, ["user_id"]),
        ("always", HERE, {"email": "a@b.test"}, ["email"]),
        # A server's library says neither address nor agent: the id that goes stands for them.
        ("no_consent", Signals(country="FR"), {"anonymous": "c"}, [DAILY_ID]),
    ],
)  # fmt: skip
def test_under_what_an_event_is_kept(
    when: str, signals: Signals, more: dict[str, str], kept: list[str]
) -> None:
    text = PRODUCT.replace("when: no_consent", f"when: {when}")
    assert types(look(signals, **more), text=text) == kept


@pytest.mark.clause("S1-21", "S1-24")
@pytest.mark.parametrize(("dnt", "kept"), [(False, ["anonymous_id"]), (True, [DAILY_ID])])
def test_a_browsers_no_to_the_cookie_leaves_a_visit(dnt: bool, kept: list[str]) -> None:
    signals = Signals(ip="1.2.3.4", agent="Quokka/7", dnt=dnt)
    assert types(look(signals, anonymous="c"), text=versions.preset(versions.PRESET)) == kept


@pytest.mark.parametrize(
    ("when", "given"),
    [
        ("never", look(ASKS)),
        ("never", look(ASKS, anonymous="c")),
        ("no_consent", look(Signals(cookieless=True))),
        ("no_consent", msgspec.structs.replace(profile(plan="pro"), signals=ASKS)),
        ("no_consent", msgspec.structs.replace(profile(anonymous="c", a="b"), signals=HERE)),
        ("always", msgspec.structs.replace(
            event("", anonymous="c"), kind=Kind.ALIAS, previous=Identifier("user_id", "u"))),
    ],
)  # fmt: skip
def test_what_nobody_can_be_counted_by_is_refused(when: str, given: Event) -> None:
    dropped, _ = run(given, PRODUCT.replace("when: no_consent", f"when: {when}"))
    assert isinstance(dropped, Dropped)
    assert dropped.reason is DropReason.NO_IDENTIFIER


def test_ids_that_a_server_hands_on_are_told_apart() -> None:
    daily = DailyIds(ZoneInfo("UTC"))
    kept = [run(look(Signals(), anonymous=own), daily=daily)[0] for own in ("c", "d", "c")]
    values = [one.identifiers[0].value for one in kept if isinstance(one, Event)]
    assert values[0] == values[2] != values[1]


@pytest.mark.clause("S1-21")
def test_a_stop_that_was_recorded_under_the_id_that_goes_still_holds() -> None:
    def objected(given: Event) -> dict[str, bool]:
        known = Identifier("anonymous_id", "c") in given.identifiers
        return {"counting": False, "analytics": False} if known else {}

    bits = rules(PRODUCT).bits
    for who, left in (({}, DAILY_ID), ({"user": "u"}, "user_id")):
        kept, _ = run(look(HERE, anonymous="c", **who), will=objected)
        assert isinstance(kept, Event)
        assert [one.type for one in kept.identifiers] == [left]
        assert kept.purposes == bits["service"]
    free, _ = run(look(HERE, user="u"), will=objected)
    assert isinstance(free, Event)
    assert free.purposes & bits["counting"], "without that device nothing was said"


def test_nobody_can_send_a_daily_id() -> None:
    forged = msgspec.structs.replace(
        event("look", user="u"), identifiers=(Identifier(DAILY_ID, "a" * 32),)
    )
    dropped, _ = run(forged)
    assert isinstance(dropped, Dropped)
    assert dropped.reason is DropReason.NO_IDENTIFIER


@pytest.mark.clause("S1-21")
def test_nothing_that_tells_who_somebody_is_stands_beside_a_daily_id() -> None:
    given = look(ASKS, mail="ann@x.test", note="to ann@x.test", plan="pro")
    given = msgspec.structs.replace(given, traits={"name": "Ann"})
    kept, withheld = run(given)
    assert isinstance(kept, Event)
    assert (kept.properties, kept.sealed, kept.traits, kept.told) == ({
        "plan": "pro", "country": "FR"}, {}, {}, {},
    )  # fmt: skip
    assert withheld == Counter(cookieless=2)
    known, _ = run(look(AGREED, user="u", mail="ann@x.test"))
    assert isinstance(known, Event)
    assert known.sealed == {"mail": "ann@x.test"}


# Joined to nothing, unless consent says so


@pytest.mark.clause("S1-09", "S1-21")
@pytest.mark.parametrize(
    ("signals", "more", "kept"),
    [
        (HERE, {"user": "u"}, ["user_id"]),
        (AGREED, {"user": "u"}, ["user_id", DAILY_ID]),
        (AGREED, {"anonymous": "c"}, ["anonymous_id", DAILY_ID]),
        (msgspec.structs.replace(AGREED, cookieless=True), {"user": "u", "anonymous": "c"},
         ["user_id", DAILY_ID]),
        (msgspec.structs.replace(AGREED, dnt=True), {"user": "u"}, ["user_id"]),
        # Lawful without being asked is not consent.
        (Signals(country="US", ip=HERE.ip, agent=HERE.agent), {"user": "u"}, ["user_id"]),
    ],
)  # fmt: skip
def test_a_visit_is_joined_where_its_person_consents_to_be_recognised(
    signals: Signals, more: dict[str, str], kept: list[str]
) -> None:
    daily = DailyIds(ZoneInfo("UTC"))
    assert types(look(ASKS), daily=daily) == [DAILY_ID]
    assert types(look(signals, **more), daily=daily) == kept


def test_consent_on_record_joins_as_consent_in_the_event_does() -> None:
    daily = DailyIds(ZoneInfo("UTC"))
    types(look(ASKS), daily=daily)
    agreed = types(look(HERE, user="u"), daily=daily, will=lambda _: {"analytics": True})
    assert agreed == ["user_id", DAILY_ID]


# With everything: consents on record, people, timelines


def open_product(data: Path) -> Any:
    clock = Clock()
    sojourn, _ = open_shop(data, clock)
    project = sojourn.create_project("web", preset="product-analytics")
    return sojourn, project, clock


@pytest.mark.clause("S1-09", "S1-21")
def test_histories_join_with_consent_alone(tmp_path: Path) -> None:
    sojourn, project, _ = open_product(tmp_path)
    with sojourn:
        send(sojourn, project, [look(ASKS, ts=1)])
        send(sojourn, project, [look(HERE, ts=2, user="u", anonymous="c")])
        assert sorted(map(len, timelines(project).values())) == [1, 1]
        decision = Decision(identifiers={"user_id": "u"}, purposes={"analytics": "given"}, how="x")
        sojourn.governance(project).record(decision)
        send(sojourn, project, [look(HERE, ts=3, user="u", anonymous="c")])
        (run_,) = timelines(project).values()
        assert [ts for ts, _ in run_] == [1, 2, 3]
        # The next one from there is somebody else again.
        send(sojourn, project, [look(ASKS, ts=4)])
        assert sorted(map(len, timelines(project).values())) == [1, 3]


def test_people_known_by_a_daily_id_alone_are_not_known_and_not_found(tmp_path: Path) -> None:
    sojourn, project, _ = open_product(tmp_path)
    with sojourn:
        send(sojourn, project, [look(ASKS)])
        directory, snapshot = sojourn.directory(project), project.parts.now()
        with sojourn.engine.begin() as connection:
            (person,) = directory.summaries(connection, snapshot, list(timelines(project)))
            (own,) = directory.reveal(connection, person.id).identifiers
            assert (person.known, own.type) == (False, DAILY_ID)
            assert directory.search(connection, own.value) == []
