"""Publishing: from when on a version holds, who is told before, whose consent is asked again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from sojourn import audit, tables
from sojourn.application import Sojourn
from sojourn.errors import BadQuestion, SojournError
from sojourn.ingest.project import Project
from sojourn.policy import versions
from tests.opened import Clock, open_shop
from tests.policy.checking import GOOD, TODAY, changed

DAY_MS = 86_400_000
NOON_MS = 1_795_348_800_000
NARROW = changed("keep: 13 months", "keep: 12 months")
WIDE = changed("EEA: consent, GB", "GB")


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON_MS)


@pytest.fixture
def shop(tmp_path: Path, clock: Clock) -> Iterator[tuple[Sojourn, Project]]:
    """A project that has left its preset for a policy of its own."""
    sojourn, project = open_shop(tmp_path, clock)
    with sojourn:
        sojourn.governance(project).publish(GOOD, actor="test")
        yield sojourn, project


Shop = tuple[Sojourn, Project]


def test_what_replaces_a_draft_preset_holds_at_once_however_wide(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path, Clock(NOON_MS))
    with sojourn:
        published = sojourn.governance(project).publish(GOOD, actor="test")
        assert any(change.widens for change in published.changes)
        assert project.rules.number == published.version.number == 2


def test_what_narrows_holds_at_once(shop: Shop) -> None:
    sojourn, project = shop
    published = sojourn.governance(project).publish(NARROW, actor="test")
    assert [change.path for change in published.changes] == ["cookies.0.keep"]
    assert project.rules.number == published.version.number
    assert sojourn.governance(project).in_force().text == NARROW


@pytest.mark.clause("S1-41")
def test_what_widens_waits_until_people_have_been_told(shop: Shop, clock: Clock) -> None:
    sojourn, project = shop
    earliest = TODAY + timedelta(days=30)
    with pytest.raises(BadQuestion) as refused:
        sojourn.governance(project).publish(WIDE, actor="test")
    assert "purposes.analytics.basis" in refused.value.detail
    assert "30 days" in refused.value.detail
    assert str(earliest) in refused.value.mend
    with pytest.raises(BadQuestion):
        sojourn.governance(project).publish(WIDE, begin=earliest - timedelta(days=1), actor="test")
    before = project.rules.number
    published = sojourn.governance(project).publish(WIDE, begin=earliest, actor="test")
    assert project.rules.number == before
    clock.now_ms = published.version.effective_ms - 1
    assert sojourn.governance(project).in_force().text == GOOD
    clock.now_ms += 1
    assert sojourn.governance(project).in_force().text == WIDE
    sojourn.governance(project).take_up()
    assert project.rules.number == published.version.number


def test_a_day_begins_where_the_project_is(tmp_path: Path) -> None:
    sojourn, _ = open_shop(tmp_path, Clock(NOON_MS))
    with sojourn:
        there = sojourn.create_project("there", timezone="Asia/Tokyo")
        published = sojourn.governance(there).publish(GOOD, begin=date(2026, 11, 26), actor="test")
        begins = published.version.effective_ms
    assert begins == NOON_MS + 4 * DAY_MS - (12 + 9) * 3_600_000


def test_without_a_promise_of_notice_a_day_must_be_named(shop: Shop, clock: Clock) -> None:
    sojourn, project = shop
    silent = changed("changes: {notice: 30 days}", "")
    sojourn.governance(project).publish(silent, begin=TODAY + timedelta(days=30), actor="test")
    # For as long as it promised itself, people may still rely on the version before.
    clock.now_ms += 61 * DAY_MS
    wide = WIDE.replace("changes: {notice: 30 days}", "")
    with pytest.raises(BadQuestion, match="widens"):
        sojourn.governance(project).publish(wide, actor="test")
    today = TODAY + timedelta(days=61)
    published = sojourn.governance(project).publish(wide, begin=today, actor="test")
    assert project.rules.number == published.version.number


PROMISE = "changes: {notice: 30 days}"


@pytest.mark.clause("S1-41")
@pytest.mark.parametrize("less", ["", "changes: {notice: 7 days}"])
def test_promising_less_notice_waits_for_what_was_promised(shop: Shop, less: str) -> None:
    sojourn, project = shop
    with pytest.raises(BadQuestion, match="promises less notice") as refused:
        sojourn.governance(project).publish(changed(PROMISE, less), actor="test")
    assert "30 days before, as version 2 promises" in refused.value.detail
    assert str(TODAY + timedelta(days=30)) in refused.value.mend


@pytest.mark.clause("S1-41")
def test_a_promise_is_kept_for_as_long_as_it_said_after_another_follows(
    shop: Shop, clock: Clock
) -> None:
    sojourn, project = shop
    day = TODAY + timedelta(days=30)
    sojourn.governance(project).publish(changed(PROMISE, ""), begin=day, actor="test")
    wide = WIDE.replace(PROMISE, "")
    for days in (1, 29):
        clock.now_ms = NOON_MS + (30 + days) * DAY_MS - DAY_MS // 2
        with pytest.raises(BadQuestion, match="widens") as refused:
            sojourn.governance(project).publish(
                wide, begin=day + timedelta(days=days), actor="test"
            )
        assert "30 days before, as version 2 promises" in refused.value.detail
    clock.now_ms = NOON_MS + 60 * DAY_MS
    sojourn.governance(project).publish(wide, begin=day + timedelta(days=30), actor="test")


@pytest.mark.clause("S1-41")
def test_what_waits_and_will_hold_is_what_the_next_one_is_compared_with(shop: Shop) -> None:
    sojourn, project = shop
    governance = sojourn.governance(project)
    governance.publish(NARROW, begin=TODAY + timedelta(days=5), actor="test")
    # The same as today, and more than will hold then.
    again = f"{GOOD}# Once more.\n"
    with pytest.raises(BadQuestion, match="widens"):
        governance.publish(again, begin=TODAY + timedelta(days=6), actor="test")
    # Here NARROW never holds.
    assert governance.publish(again, begin=TODAY + timedelta(days=5), actor="test").changes == ()


@pytest.mark.clause("S1-41")
def test_what_waits_and_holds_after_all_counts_as_promised(shop: Shop) -> None:
    sojourn, project = shop
    governance = sojourn.governance(project)
    governance.publish(changed(PROMISE, "changes: {notice: 60 days}"),
                       begin=TODAY + timedelta(days=10), actor="test")  # fmt: skip
    wide = changed(PROMISE, "changes: {notice: 60 days}", WIDE)
    with pytest.raises(BadQuestion, match="widens") as refused:
        governance.publish(wide, begin=TODAY + timedelta(days=40), actor="test")
    assert str(TODAY + timedelta(days=60)) in refused.value.mend
    # Once it is dropped, it promised nothing.
    governance.publish(NARROW, actor="test")
    governance.publish(WIDE, begin=TODAY + timedelta(days=30), actor="test")


@pytest.mark.clause("S1-41")
def test_what_was_withdrawn_before_it_held_asks_for_no_consent_again(shop: Shop) -> None:
    sojourn, project = shop
    longer = changed("logs: {keep: 25 months", "logs: {keep: 26 months")
    begin, governance = TODAY + timedelta(days=30), sojourn.governance(project)
    waiting = governance.publish(longer, begin=begin, actor="test").version
    with sojourn.engine.begin() as connection:
        assert versions.asked_again(connection, project.id)
    replaced = governance.publish(f"{longer}# The same.\n", begin=begin, actor="test").version
    assert replaced.asks_again == waiting.asks_again
    assert versions.withdrawn(governance.history()) == {waiting.number: replaced}
    governance.publish(NARROW, actor="test")
    with sojourn.engine.begin() as connection:
        assert versions.asked_again(connection, project.id) == {}


def test_going_through_a_draft_is_no_way_around_notice(shop: Shop) -> None:
    sojourn, project = shop
    draft = changed("role: controller\n\n", "role: controller\ndraft: true\n\n")
    with pytest.raises(BadQuestion, match="widens"):
        sojourn.governance(project).publish(draft, actor="test")
    begin = TODAY + timedelta(days=30)
    sojourn.governance(project).publish(draft, begin=begin, actor="test")
    with pytest.raises(BadQuestion, match="widens"):
        sojourn.governance(project).publish(WIDE, actor="test")


def test_a_version_does_not_begin_in_the_past(shop: Shop) -> None:
    sojourn, project = shop
    with pytest.raises(BadQuestion, match="in the past"):
        sojourn.governance(project).publish(NARROW, begin=TODAY - timedelta(days=1), actor="test")


def test_the_same_text_is_no_new_version(shop: Shop) -> None:
    sojourn, project = shop
    before = sojourn.governance(project).history()
    again = sojourn.governance(project).publish(GOOD, actor="test")
    assert (again.new, again.version) == (False, before[-1])
    assert sojourn.governance(project).history() == before
    back = sojourn.governance(project).publish(NARROW, actor="test")
    assert back.new


def test_what_was_published_last_holds_and_what_waited_is_dropped(shop: Shop, clock: Clock) -> None:
    sojourn, project = shop
    sojourn.governance(project).publish(WIDE, begin=TODAY + timedelta(days=30), actor="test")
    sojourn.governance(project).publish(NARROW, actor="test")
    clock.now_ms += 40 * DAY_MS
    assert sojourn.governance(project).in_force().text == NARROW


@pytest.mark.clause("S1-41")
def test_consent_to_something_else_is_asked_for_again(shop: Shop) -> None:
    sojourn, project = shop
    longer = changed("logs: {keep: 25 months", "logs: {keep: 26 months")
    begin = TODAY + timedelta(days=30)
    published = sojourn.governance(project).publish(longer, begin=begin, actor="test")
    assert published.version.asks_again == ("analytics", "openings")
    assert sojourn.governance(project).history()[-1] == published.version
    assert sojourn.governance(project).history()[0].asks_again == ()


def test_each_version_is_in_the_audit_log(shop: Shop) -> None:
    sojourn, project = shop
    sojourn.governance(project).publish(NARROW, actor="somebody")
    with sojourn.engine.begin() as connection:
        audit.verify(connection)
        table = tables.audit
        chosen = sa.select(table.c.actor, table.c.action).order_by(table.c.number)
        told = [tuple(row) for row in connection.execute(chosen)]
        newest = sa.select(table.c.subject).order_by(table.c.number.desc()).limit(1)
        subject = connection.execute(newest).scalar_one()
    version = sojourn.governance(project).history()[-1]
    assert f"version {version.number} (2026-11-01)" in subject
    assert version.digest.hex() in subject
    assert told == [
        ("preset customer-journey", "publish policy"),
        ("test", "publish policy"),
        ("somebody", "publish policy"),
    ]


def test_a_project_begins_with_any_preset_and_with_no_other(tmp_path: Path) -> None:
    sojourn, _ = open_shop(tmp_path, Clock(NOON_MS))
    with sojourn:
        for name, text in versions.presets().items():
            project = sojourn.create_project(f"on-{name}", preset=name)
            assert sojourn.governance(project).in_force().text == text
            # What the reports ask for unless they are told otherwise.
            assert "analytics" in project.rules.sees
        with pytest.raises(SojournError, match="no preset"):
            sojourn.create_project("other", preset="unknown")
        assert GOOD not in versions.presets().values()
