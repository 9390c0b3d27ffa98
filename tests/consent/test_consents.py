"""Consent from the decision to the mask of each event and the people of each answer."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.asking import decode_definition
from sojourn.consent import records
from sojourn.consent.consents import Decision
from sojourn.consent.records import ConsentRecord, Standing, State
from sojourn.errors import BadQuestion
from sojourn.event import Signals
from sojourn.governance import UNDER_AGE
from tests.opened import NOON_MS, Clock, event, open_shop
from tests.policy.test_gate import ANALYTICS, SERVICE, SHOP

DAY_MS = 86_400_000


class Shop:
    """An open folder whose policy asks for consent to analytics."""

    def __init__(self, data: Path, text: str = SHOP) -> None:
        self.clock = Clock()
        self.sojourn, self.project = open_shop(data, self.clock)
        self.sojourn.governance(self.project).publish(text, actor="test")

    def decides(self, who: dict[str, str], at: int | None = None, **purposes: State) -> None:
        at_ms = None if at is None else NOON_MS + at
        decision = Decision(identifiers=who, purposes=purposes, how="banner", at_ms=at_ms)
        self.sojourn.governance(self.project).record(decision)

    def mask(self, ts: int = 0, name: str = "Ordered", **who: str) -> int:
        """The mask that an event of somebody is given; 0 when it is not kept."""
        outcome, done = self.sojourn.accept(self.project, [event(name, ts, **who)])
        if done is None:
            return 0
        done.result(timeout=10)
        self.sojourn.apply_all()
        return outcome.kept[0].purposes

    def people(self, purpose: str) -> int:
        """How many people ordered, as far as a question for a purpose sees them."""
        definition = {"kind": "trend", "purpose": purpose, "series": [{"event": "Ordered"}]}
        asked = decode_definition(msgspec.json.encode(definition))
        return int(self.sojourn.ask(self.project, asked).about.people)

    def tells_age(self, age: float, **who: str) -> None:
        """Somebody's age comes with a message."""
        told = msgspec.structs.replace(event("Ordered", **who), signals=Signals(age=age))
        _, done = self.sojourn.accept(self.project, [told])
        if done is not None:
            done.result(timeout=10)
        self.sojourn.apply_all()

    def records(self) -> list[ConsentRecord]:
        """What was taken down of everybody."""
        with self.sojourn.engine.begin() as connection:
            return records.of_people(connection, self.project.id, range(1, 10))


@pytest.fixture
def shop(tmp_path: Path):  # type: ignore[no-untyped-def]
    own = Shop(tmp_path)
    with own.sojourn:
        yield own


@pytest.mark.clause("S1-01", "S1-31")
def test_consent_holds_from_the_instant_at_which_it_was_given(shop: Shop) -> None:
    assert shop.mask(user="a") == SERVICE
    shop.decides({"user_id": "a"}, at=-1000, analytics="given")
    assert shop.mask(-1001, user="a") == SERVICE
    assert shop.mask(-1000, user="a") == SERVICE | ANALYTICS
    assert shop.mask(0, user="b") == SERVICE


@pytest.mark.clause("S1-30", "S1-31")
def test_withdrawing_stops_the_future_and_leaves_the_past(shop: Shop) -> None:
    shop.decides({"user_id": "a"}, at=-5000, analytics="given")
    assert shop.mask(-4000, user="a") == SERVICE | ANALYTICS
    assert shop.people("analytics") == 1
    shop.decides({"user_id": "a"}, at=-2000, analytics="withdrawn")
    assert shop.mask(-1000, user="a") == SERVICE
    # An event of before that arrives late is judged by its own time.
    assert shop.mask(-3000, user="a") == SERVICE | ANALYTICS
    # The past is kept, and seen by nobody who asks for this purpose.
    assert shop.people("analytics") == 0
    assert shop.people("service") == 1
    shop.decides({"user_id": "a"}, analytics="given")
    assert shop.people("analytics") == 1


@pytest.mark.clause("S1-30")
def test_an_objection_stops_legitimate_interests(shop: Shop) -> None:
    # In the preset, analytics rests on legitimate interests.
    shop.sojourn.governance(shop.project).publish(
        SHOP.replace("EEA: consent, default", "default"), actor="t"
    )
    shop.decides({"user_id": "a"}, analytics="objected", service="objected")
    assert shop.mask(user="a") == SERVICE  # a contract cannot be objected to
    assert shop.mask(user="b") == SERVICE | ANALYTICS


def test_the_stricter_of_two_that_become_one_holds_until_asked_again(shop: Shop) -> None:
    shop.decides({"user_id": "a"}, at=-9000, analytics="given")
    shop.decides({"anonymous_id": "x"}, at=-8000, analytics="refused")
    assert shop.mask(-7000, user="a") == SERVICE | ANALYTICS
    assert shop.mask(-7000, anonymous="x") == SERVICE
    assert shop.mask(-6000, user="a", anonymous="x") == SERVICE
    assert shop.mask(-5000, user="a") == SERVICE  # they are one person now
    shop.decides({"user_id": "a"}, at=-4000, analytics="given")
    assert shop.mask(-3000, anonymous="x") == SERVICE | ANALYTICS


def test_a_stop_said_before_anybody_knew_whose_it_was_hides_them_once_it_is_known(
    shop: Shop,
) -> None:
    shop.decides({"user_id": "a"}, at=-9000, analytics="given")
    shop.decides({"anonymous_id": "x"}, at=-8000, analytics="refused", service="objected")
    assert shop.mask(-7000, user="a") == SERVICE | ANALYTICS
    assert shop.people("analytics") == 1
    assert shop.mask(-6000, user="a", anonymous="x") == SERVICE
    assert shop.people("analytics") == 0
    assert shop.people("service") == 1, "a contract cannot be objected to"
    shop.decides({"user_id": "a"}, at=-4000, analytics="given")
    assert shop.people("analytics") == 1


@pytest.mark.clause("S2-14")
def test_what_was_said_before_anybody_knew_whose_it_was_is_proved_with_theirs(shop: Shop) -> None:
    shop.decides({"anonymous_id": "x"}, at=-9000, analytics="given")
    shop.decides({"anonymous_id": "y"}, at=-8000, analytics="given")
    shop.mask(-7000, anonymous="x")
    shop.decides({"anonymous_id": "x"}, at=-6000, analytics="withdrawn")
    with shop.sojourn.engine.begin() as connection:
        (who,) = shop.sojourn.directory(shop.project).search(connection, "x")
        theirs = records.of_people(connection, shop.project.id, [who])
    assert [one.purposes for one in theirs] == [
        {"analytics": "given"},
        {"analytics": "withdrawn"},
    ]
    assert {one.principal for one in theirs} == {who}


def test_consent_ends_by_itself(shop: Shop) -> None:
    shop.clock.now_ms = NOON_MS + 200 * DAY_MS
    shop.decides({"user_id": "a"}, at=0, analytics="given")  # renewed after six months
    assert shop.mask(180 * DAY_MS, user="a") == SERVICE | ANALYTICS
    assert shop.mask(182 * DAY_MS, user="a") == SERVICE


@pytest.mark.clause("S1-41")
def test_a_change_that_matters_asks_again(shop: Shop) -> None:
    shop.decides({"user_id": "a"}, analytics="given")
    shop.clock.now_ms += 1000
    wider = SHOP.replace("draft: true\n", "draft: true\nregion: FR\n").replace(
        "  cart: {category: activity, purposes: [service]}",
        "  cart: {category: activity, purposes: [service, analytics]}",
    )
    shop.sojourn.governance(shop.project).publish(wider, actor="test")
    assert shop.mask(500, user="a") == SERVICE | ANALYTICS
    assert shop.mask(1500, user="a") == SERVICE
    shop.clock.now_ms += 1000
    shop.decides({"user_id": "a"}, analytics="given")
    assert shop.mask(2500, user="a") == SERVICE | ANALYTICS


@pytest.mark.clause("S2-14")
def test_records_prove_who_agreed_to_what_on_which_text(shop: Shop) -> None:
    shop.mask(user="a")
    shop.decides({"user_id": "a"}, analytics="given", mail="refused")
    person = shop.sojourn.directory(shop.project)
    with shop.sojourn.engine.begin() as connection:
        (who,) = person.search(connection, "a")
        (record,) = records.of_people(connection, shop.project.id, [who])
    version = shop.sojourn.governance(shop.project).in_force()
    assert record.principal == who
    assert record.purposes == {"analytics": "given", "mail": "refused"}
    assert (record.notice.version, record.notice.sha256) == ("2026-01-01", version.digest.hex())
    assert (record.how, record.granted_by, record.at_ms) == ("banner", "person", NOON_MS)
    assert record.until_ms is not None


@pytest.mark.clause("S2-14")
@pytest.mark.parametrize(
    ("given", "title"),
    [
        ({"identifiers": {}}, "names who"),
        ({"purposes": {}}, "names who"),
        ({"how": " "}, "names who"),
        ({"purposes": {"curiosity": "given"}}, "no declared purpose"),
        ({"identifiers": {"shoe_size": "42"}}, "no identifier"),
        ({"identifiers": {"user_id": ""}}, "no identifier"),
        ({"granted_by": "manager"}, "Only the person can consent"),
        ({"at_ms": NOON_MS + 1}, "in the future"),
    ],
)
def test_what_is_no_decision_is_refused(shop: Shop, given: dict[str, object], title: str) -> None:
    plain = {"identifiers": {"user_id": "a"}, "purposes": {"analytics": "given"}, "how": "banner"}
    decision = msgspec.convert(plain | given, Decision)
    with pytest.raises(BadQuestion, match=title):
        shop.sojourn.governance(shop.project).record(decision)


@pytest.mark.clause("S1-30")
def test_a_restricted_person_is_in_no_answer_until_it_is_lifted(shop: Shop) -> None:
    assert shop.mask(user="a") == shop.mask(user="b") == SERVICE
    with shop.sojourn.engine.begin() as connection:
        (who,) = shop.sojourn.directory(shop.project).search(connection, "a")
    shop.sojourn.governance(shop.project).restrict(who, actor="test")
    assert shop.people("service") == 1
    assert shop.sojourn.governance(shop.project).unrestricted().people == 1
    shop.sojourn.governance(shop.project).restrict(who, actor="test", lift=True)
    assert shop.people("service") == 2


def test_unseen_people_are_told_in_the_answer(shop: Shop) -> None:
    for who in "abcd":
        shop.decides({"user_id": who}, at=-1000, analytics="given")
        shop.mask(user=who)
    shop.decides({"user_id": "a"}, analytics="withdrawn", service="objected")
    asked = b'{"kind": "trend", "series": [{"event": "Ordered"}]}'
    about = shop.sojourn.ask(shop.project, decode_definition(asked)).about
    assert (about.people, about.unseen) == (3, 0.25)
    # Nobody objects to a contract.
    assert shop.people("service") == 4


def test_decisions_of_another_process_hold_after_it_is_opened(tmp_path: Path) -> None:
    own = Shop(tmp_path)
    with own.sojourn:
        own.decides({"user_id": "a"}, analytics="given")
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        outcome, _ = sojourn.accept(project, [event("Ordered", user="a")])
        assert outcome.kept[0].purposes == SERVICE | ANALYTICS


STATES: st.SearchStrategy[str] = st.sampled_from(["given", "refused", "withdrawn", "objected"])


@given(st.lists(st.lists(st.tuples(st.integers(0, 9), STATES)), max_size=3), st.integers(0, 9))
def test_will_is_the_strictest_of_the_newest(each: list[list[tuple[int, str]]], ts: int) -> None:
    standings = [
        {"p": [Standing(at, None, state) for at, state in sorted(own, key=lambda one: one[0])]}
        for own in each
    ]
    newest = [
        [state for at, state in sorted(own, key=lambda one: one[0]) if at <= ts][-1:]
        for own in each
    ]
    states = [state for own in newest for state in own]
    expected = {} if not states else {"p": all(state == "given" for state in states)}
    assert records.will_at(standings, ts, {}) == expected


@pytest.mark.clause("S1-36")
def test_whoever_turns_out_to_be_under_age_is_unseen_where_consent_is_needed(shop: Shop) -> None:
    shop.decides({"user_id": "a"}, at=-5000, analytics="given")
    assert shop.mask(-4000, user="a", anonymous="x") == SERVICE | ANALYTICS
    assert shop.people("analytics") == 1
    shop.tells_age(17, user="a")
    assert shop.people("analytics") == 1
    shop.tells_age(12, user="a")
    assert shop.people("analytics") == 0
    assert shop.people("service") == 1
    # What they do from now on is not for analytics either, whoever they are said to be.
    assert shop.mask(user="a") == SERVICE
    assert shop.mask(anonymous="x") == SERVICE
    # Once is enough: there is one record of it, however often the age is told.
    shop.tells_age(12, user="a")
    assert [record.how for record in shop.records()] == ["banner", UNDER_AGE]
