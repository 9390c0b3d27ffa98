"""The counterfactual: what another policy would have done with the events that are stored."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from sojourn.application import Sojourn
from sojourn.counterfactual import Consequence, Judge, Outcome
from sojourn.event import Event, Signals
from sojourn.ingest.project import Project
from sojourn.policy.compile import compile as compile_policy
from tests.opened import NOON_MS, Clock, event, open_shop, profile, send
from tests.policy.checking import GOOD, TODAY, changed

DAY_MS = 86_400_000
AGREED = Signals(country="FR", consent={"analytics": True})
Shop = tuple[Sojourn, Project]


def of(signals: Signals, told: Event) -> Event:
    return msgspec.structs.replace(told, signals=signals)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Two people in France agreed, one in the United States was not asked, one did not agree."""
    clock = Clock(1_795_348_800_000)
    now = clock.now_ms - NOON_MS
    sojourn, project = open_shop(tmp_path_factory.mktemp("shop"), clock)
    with sojourn:
        sojourn.governance(project).publish(GOOD, actor="test")
        send(
            sojourn,
            project,
            [
                of(AGREED, event("Page Viewed", now - 1, user="a")),
                of(AGREED, event("Page Viewed", now - 2, user="a")),
                of(AGREED, event("Page Viewed", now - 3, user="b")),
                of(Signals(country="US"), event("Page Viewed", now - 4, user="c")),
                of(Signals(country="FR"), event("Order Completed", now - 5, user="d")),
                of(AGREED, event("Order Completed", now - 6, user="a")),
                of(AGREED, event("Browsed", now - 7, user="a")),
                of(AGREED, event("Page Viewed", now - 31 * DAY_MS, user="e")),
                profile(user="f", ts=now - 8, email="f@x.test"),
            ],
        )
        yield sojourn, project


def after(shop: Shop, *changes: tuple[str, str], days: int = 30) -> list[tuple[str, str, int, int]]:
    """(kind, of, events, people) of what a changed policy would have done."""
    sojourn, project = shop
    text = GOOD
    for old, new in changes:
        text = changed(old, new, text)
    before, now = (compile_policy(one, TODAY).policy for one in (GOOD, text))
    found = sojourn.governance(project).consequences(before, now, days)
    assert all(isinstance(one, Consequence) for one in found)
    return [(one.kind, one.of, one.events, one.people) for one in found]


def test_the_same_policy_would_have_done_the_same(shop: Shop) -> None:
    assert after(shop) == []


def test_what_is_undeclared_would_have_been_refused(shop: Shop) -> None:
    found = after(shop, ("  events: accept\n", "  events: refuse\n"))
    assert found == [("refused", "", 1, 1), ("refused", "Browsed", 1, 1)]


def test_people_are_counted_once_over_several_names(shop: Shop) -> None:
    found = after(
        shop,
        ("  events: accept\n", "  events: quarantine\n"),
        ("  Page Viewed: {category: logs, purposes: [analytics], properties: [url, ip]}\n", ""),
    )
    assert found == [
        ("refused", "", 5, 3),
        ("refused", "Browsed", 1, 1),
        ("refused", "Page Viewed", 4, 3),
    ]


def test_days_say_how_far_back(shop: Shop) -> None:
    change = ("Page Viewed: {category: logs", "Page Seen: {category: logs")
    refuse = ("  events: accept\n", "  events: refuse\n")
    assert ("refused", "Page Viewed", 4, 3) in after(shop, change, refuse)
    assert ("refused", "Page Viewed", 5, 4) in after(shop, change, refuse, days=40)


def test_a_purpose_that_is_gone_leaves_what_has_another(shop: Shop) -> None:
    found = after(shop, ("purposes: [service, analytics], prop", "purposes: [analytics], prop"))
    # Who did not agree to analytics had this event for the service alone.
    assert found == [
        ("needs consent", "", 1, 1),
        ("needs consent", "Order Completed", 1, 1),
    ]


def test_who_consented_has_consented_and_of_others_nobody_knows(shop: Shop) -> None:
    service = "service: {use: essential.service, basis: contract,"
    asked = "service: {use: essential.service, basis: consent,"
    found = after(shop, (service, asked))
    assert found == [
        ("needs consent", "", 1, 1),
        ("needs consent", "Order Completed", 1, 1),
    ]
    everywhere = ("{EEA: consent, GB: consent, default: legitimate_interests}", "consent")
    assert after(shop, everywhere) == []


def test_what_is_kept_longer_is_counted_by_category_and_purpose(shop: Shop) -> None:
    longer = ("logs: {keep: 25 months,", "logs: {keep: 26 months,")
    assert after(shop, longer) == [("kept longer", "logs", 7, 4)]
    assert after(shop, ("logs: {keep: 25 months,", "logs: {keep: 24 months,")) == []
    assert after(shop, ("{openings: 6 months}", "{openings: 7 months}")) == []
    one = ("{openings: 6 months}", "{openings: 6 months, service: 5 years}")
    assert after(shop, one) == [("kept longer", "logs", 3, 2)]


def test_to_whom_it_would_have_been_sent(shop: Shop) -> None:
    mirror = "  mirror: {name: Mirror, country: FR, categories: [logs], purposes: [service]}\n"
    found = after(shop, ("  warehouse:\n", f"{mirror}  warehouse:\n"))
    sent = [one for one in found if one[0] == "sent"]
    assert sent == [("sent", "Mirror", 3, 2)]
    # Two fields of theirs go with it; a recipient of before gets nothing new.
    assert {one[1] for one in found} == {"Mirror"}
    more = after(shop, ("    fields: [email, name]\n", "    fields: [email, name, company]\n"))
    assert [(kind, who) for kind, who, *_ in more] == [("told", "Twilio SendGrid")]


def test_more_outcomes_than_bits_are_counted_in_several_passes(shop: Shop) -> None:
    mirrors = "".join(
        f"  m{n}: {{name: M{n:03}, country: FR, categories: [logs], purposes: [service]}}\n"
        for n in range(70)
    )
    found = after(shop, ("  warehouse:\n", f"{mirrors}  warehouse:\n"))
    sent = [one for one in found if one[0] == "sent"]
    assert sent == [("sent", f"M{n:03}", 3, 2) for n in range(70)]


def test_a_project_without_events_has_nothing_to_judge(shop: Shop) -> None:
    sojourn, _ = shop
    empty = sojourn.create_project("empty")
    policy = compile_policy(GOOD, TODAY).policy
    assert sojourn.governance(empty).consequences(policy, policy, 30) == []
    # What is told of a person is no event.
    send(sojourn, empty, [profile(user="f", ts=sojourn.clock_ms() - NOON_MS, plan="pro")])
    assert sojourn.governance(empty).consequences(policy, policy, 30) == []


def test_what_a_person_stopped_stays_stopped() -> None:
    both = "events:\n  Signed In: {category: logs, purposes: [service, security]}\n"
    one = "events:\n  Signed In: {category: logs, purposes: [security]}\n"
    old, new = (compile_policy(changed("events:\n", text), TODAY).policy for text in (both, one))
    judge = Judge(old, new, {"service": 1, "security": 2})
    assert list(judge.of("Signed In", 3)) == []
    # Security was lawful for everybody: whose event was not for it had objected.
    assert list(judge.of("Signed In", 1)) == [
        Outcome("refused", ""),
        Outcome("refused", "Signed In"),
    ]


def test_a_purpose_that_the_project_never_had_may_be_lawful() -> None:
    research = (
        "  research: {use: analytics.reporting, basis: legitimate_interests}\n  openings: {use"
    )
    text = changed("  openings: {use", research)
    text = changed("logs, purposes: [analytics], prop", "logs, purposes: [research], prop", text)
    old, new = (compile_policy(one, TODAY).policy for one in (GOOD, text))
    judge = Judge(old, new, {f"p{bit}": 1 << bit for bit in range(16)})
    assert list(judge.of("Page Viewed", 1)) == []
