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


def test_without_a_promise_of_notice_a_day_must_be_named(shop: Shop) -> None:
    sojourn, project = shop
    silent = changed("changes: {notice: 30 days}", "")
    # Promising less is told, and widens nothing.
    sojourn.governance(project).publish(silent, actor="test")
    wide = WIDE.replace("changes: {notice: 30 days}", "")
    with pytest.raises(BadQuestion, match="widens"):
        sojourn.governance(project).publish(wide, actor="test")
    published = sojourn.governance(project).publish(wide, begin=TODAY, actor="test")
    assert project.rules.number == published.version.number


def test_going_through_a_draft_is_no_way_around_notice(shop: Shop) -> None:
    sojourn, project = shop
    draft = changed("role: controller\n\n", "role: controller\ndraft: true\n\n")
    sojourn.governance(project).publish(draft, actor="test")
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
