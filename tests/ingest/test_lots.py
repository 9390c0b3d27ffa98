"""Lots: what is applied by column comes to what it comes to one by one."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn import tables
from sojourn.application import Sojourn
from sojourn.event import Event
from sojourn.ingest.project import Project
from sojourn.kept import Kept
from tests.opened import Clock, event, open_shop, profile

HOUR_MS = 3_600_000
WHO = st.sampled_from(("ann", "ben"))
DEVICE = st.sampled_from(("", "phone", "laptop"))
HAPPENED = st.builds(
    lambda name, hours, user, device, message, given: event(
        name, hours * HOUR_MS, user=user, anonymous=device, message_id=message, **given
    ),
    st.sampled_from(("viewed", "ordered")),
    st.integers(-3, 0),
    st.one_of(st.just(""), WHO),
    st.sampled_from(("phone", "laptop")),
    st.sampled_from("abcdefghijklmnop"),
    st.dictionaries(
        st.sampled_from(("plan", "total", "note")), st.sampled_from(("x", 0.5, "ann@x.example"))
    ),
)
TOLD = st.builds(lambda user, device: profile(user, device, plan="team"), WHO, DEVICE)
BATCHES = st.lists(
    st.lists(st.one_of(HAPPENED, HAPPENED, HAPPENED, TOLD), min_size=1, max_size=8),
    min_size=1,
    max_size=4,
)


def taken(data: Path, batches: list[list[Event]], *, by_column: bool) -> dict[str, Any]:
    """What a folder holds after some batches, in lots as they come or one by one."""
    sojourn, project = open_shop(data, Clock())
    with sojourn, pytest.MonkeyPatch.context() as monkeypatch:
        if not by_column:
            submit = sojourn.inbox.submit
            monkeypatch.setattr(
                sojourn.inbox,
                "submit",
                lambda number, now_ms, kept: submit(number, now_ms, Kept([], kept.placed())),
            )
        for batch in batches:
            done = sojourn.accept(project, batch)[1]
            if done is not None:
                done.result(timeout=10)
        sojourn.apply_all()
        return held(sojourn, project)


def held(sojourn: Sojourn, project: Project) -> dict[str, Any]:
    """All that the applier has made, without what is random: keys and keyed hashes."""
    rows = pa.concat_tables(project.uncommitted, promote_options="default")
    sealed = [whole is not None for whole in rows["sealed"].to_pylist()]
    rows = rows.drop_columns(["alias", "sealed"]).to_pylist()
    order = "order"
    with sojourn.engine.begin() as connection:
        every = {
            "identifiers": ("type", "person", "first_ms", "last_ms"),
            "merges": ("person", "into", order, "shared", "at_ms"),
            "blocked_merges": ("person", "other", "shared", "barrier", "times", "last_ms"),
            "messages": (order,),
            "tallies": ("what", "events"),
            "outcomes": ("inbox_id", "stored", "duplicates"),
        }
        found = {
            name: sorted(
                tuple(row)
                for row in connection.execute(
                    sa.select(*(getattr(tables, name).c[column] for column in columns))
                )
            )
            for name, columns in every.items()
        }
    return {"rows": rows, "sealed": sealed, **found}


@settings(max_examples=30, deadline=None)
@given(BATCHES)
def test_lots_are_applied_as_their_events_one_by_one(batches: list[list[Event]]) -> None:
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        by_column = taken(Path(one), batches, by_column=True)
        one_by_one = taken(Path(other), batches, by_column=False)
    assert by_column == one_by_one


def test_a_batch_of_one_kind_comes_in_lots(tmp_path: Path) -> None:
    batch = [event("viewed", user=f"u{number % 5}", plan="x") for number in range(20)]
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        outcome, done = sojourn.accept(project, batch)
        assert done is not None
        (lot,) = outcome.kept.lots
        assert (len(lot), outcome.kept.others) == (20, [])
        (row,) = sojourn.inbox.after(done.result(timeout=10) - 1, 100)
        assert row.events == outcome.kept
