"""The suite that every store passes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import polars
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from sojourn.store import BUCKETS, CORE, Rewritten, Store
from sojourn.stores.delta import STATISTICS, DeltaStore
from sojourn.stores.memory import MemoryStore

MONTH_MS = 31 * 86_400_000


@pytest.fixture(params=["memory", "delta"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    folder = tmp_path / "a folder é" / "events"
    return MemoryStore() if request.param == "memory" else DeltaStore(folder)


def rows(*given: tuple[int, int, int, str], **properties: list[object]) -> pa.Table:
    """A table of (person, ts, order, event), with property columns."""
    core = {
        "person": [person for person, _, _, _ in given],
        "ts": [ts for _, ts, _, _ in given],
        "order": [order for _, _, order, _ in given],
        "event": [name for *_, name in given],
        "alias": [b"alias"] * len(given),
        "source": ["test"] * len(given),
        "purposes": [1] * len(given),
        "sealed": [None] * len(given),
    }
    table = pa.table(core, schema=CORE)
    for name, values in properties.items():
        table = table.append_column(name, pa.array(values))
    return table


def orders(table: pa.Table) -> list[int]:
    return sorted(table["order"].to_pylist())


def test_empty_store_holds_nothing(store: Store) -> None:
    assert store.committed() == 0
    assert len(store.read(["person", "event"])) == 0


def test_rows_come_back_as_they_went_in(store: Store) -> None:
    given = rows((7, 5, 1, "a"), (8, 6, 2, "b"))
    store.append(given, through=3)
    assert store.committed() == 3
    back = store.read(CORE.names).sort_by("order")
    back = back.set_column(3, "event", back["event"].cast(pa.string()))
    assert back.to_pylist() == given.to_pylist()


def test_appending_nothing_still_moves_what_is_committed(store: Store) -> None:
    store.append(rows((7, 5, 1, "a")), through=3)
    store.append(CORE.empty_table(), through=5)
    assert store.committed() == 5
    assert orders(store.read(["order"])) == [1]


def test_bucket_people_and_orders_narrow_a_reading(store: Store) -> None:
    given = [(person, person * MONTH_MS, person, "a") for person in range(1, 3 * BUCKETS)]
    store.append(rows(*given), through=1)
    assert orders(store.read(["order"], bucket=2)) == [2, 2 + BUCKETS, 2 + 2 * BUCKETS]
    assert orders(store.read(["order"], people=np.array([4, 5]))) == [4, 5]
    assert orders(store.read(["order"], orders=(10, 12))) == [10, 11, 12]
    assert orders(store.read(["order"], bucket=4, people=np.array([4, 5]))) == [4]


def test_later_rows_may_have_other_properties(store: Store) -> None:
    store.append(rows((1, 1, 1, "a"), p_price=[2.5]), through=1)
    store.append(rows((1, 2, 2, "a"), p_plan=["pro"]), through=2)
    back = store.read(["order", "p_price", "p_plan", "p_unknown"]).sort_by("order")
    assert back.to_pylist() == [
        {"order": 1, "p_price": 2.5, "p_plan": None},
        {"order": 2, "p_price": None, "p_plan": "pro"},
    ]


def test_delta_files_and_log_show_no_values_in_their_statistics(tmp_path: Path) -> None:
    store = DeltaStore(tmp_path)
    store.append(rows((1, 1, 1, "secret event"), p_plan=["secret plan"]), through=1)
    for entry in (tmp_path / "_delta_log").glob("*.json"):
        text = entry.read_text()
        assert "secret" not in text
    for path in DeltaTable(str(tmp_path)).file_uris():
        group = pq.ParquetFile(path).metadata.row_group(0)
        for index in range(group.num_columns):
            column = group.column(index)
            if column.path_in_schema not in STATISTICS:
                assert column.statistics is None or not column.statistics.has_min_max


def test_delta_files_are_sorted_by_person_and_instant(tmp_path: Path) -> None:
    store = DeltaStore(tmp_path)
    first, second = 3, 3 + BUCKETS
    given = [(second, 5, 1, "a"), (first, 9, 2, "a"), (first, 9, 3, "a"), (second, 1, 4, "a")]
    store.append(rows(*given), through=1)
    (path,) = DeltaTable(str(tmp_path)).file_uris()
    table = pq.read_table(path, partitioning=None)
    assert table["order"].to_pylist() == [2, 3, 4, 1]


def test_tidying_makes_few_files_of_many_and_loses_no_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sojourn.stores.delta.FILES_MAX", 3)
    store = DeltaStore(tmp_path)
    for order in range(1, 6):
        store.append(rows((16, order, order, "a")), through=order)
    store.tidy()
    assert len(DeltaTable(str(tmp_path)).file_uris()) == 1
    assert orders(store.read(["order"])) == [1, 2, 3, 4, 5]
    assert store.committed() == 5


def test_other_tools_read_the_delta_table(tmp_path: Path) -> None:
    store = DeltaStore(tmp_path)
    store.append(rows((1, 1, 1, "cart"), (2, 2, 2, "cart"), p_price=[2.5, None]), through=1)
    store.append(rows((1, 3, 3, "paid"), p_plan=["pro"]), through=2)
    with_polars = polars.read_delta(str(tmp_path)).sort("order")
    assert with_polars["event"].to_list() == ["cart", "cart", "paid"]
    assert with_polars["p_price"].to_list() == [2.5, None, None]
    files = f"{tmp_path}/*/*/*.parquet"
    query = f"SELECT event, count(*) FROM read_parquet('{files}', union_by_name = true) GROUP BY 1"
    assert sorted(duckdb.sql(query).fetchall()) == [("cart", 2), ("paid", 1)]


@dataclass
class Without:
    """A change that takes out some orders of arrival, of people it may look at."""

    gone: tuple[int, ...]
    people: tuple[int, ...] = (1, 2, 3)
    columns: tuple[str, ...] = ("person",)

    def concerns(self, rows: pa.Table) -> bool:
        assert rows.column_names == ["person"]
        return bool(np.isin(rows["person"].to_numpy(), self.people).any())

    def weigh(self, rows: pa.Table) -> int | None:
        assert {"month", "bucket"}.isdisjoint(rows.column_names)
        left = len(self.made(rows))
        return None if left == len(rows) else left

    def made(self, rows: pa.Table) -> pa.Table:
        return rows.filter(pa.array(~np.isin(rows["order"].to_numpy(), self.gone)))


SPREAD = ((1, 1, 1, "a"), (1, MONTH_MS, 2, "b"), (1, MONTH_MS + 1, 3, "c"), (2, 1, 4, "d"))


def test_a_change_takes_rows_out_and_is_another_edition(store: Store) -> None:
    store.append(rows(*SPREAD[:2], p_price=[2.5, 3.5]), through=3)
    store.append(rows(*SPREAD[2:], p_plan=["pro", "free"]), through=5)
    assert store.edition() == 0
    assert store.rewrite(Without((1, 2)), dry=True) == Rewritten(1, 1)
    assert orders(store.read(["order"])) == [1, 2, 3, 4]
    assert store.rewrite(Without((1, 2))) == Rewritten(1, 1)
    store.forget()
    assert (store.edition(), store.committed()) == (1, 5)
    back = store.read(["order", "event", "p_price", "p_plan"]).sort_by("order").to_pylist()
    assert back == [
        {"order": 3, "event": "c", "p_price": None, "p_plan": "pro"},
        {"order": 4, "event": "d", "p_price": None, "p_plan": "free"},
    ]
    store.append(rows((3, 1, 6, "e"), p_price=[4.5]), through=7)
    assert (store.edition(), store.committed()) == (1, 7)
    assert orders(store.read(["order"])) == [3, 4, 6]


def test_a_change_that_finds_nothing_changes_nothing(store: Store) -> None:
    assert store.rewrite(Without((1,))) == Rewritten()
    store.forget()
    store.append(rows(*SPREAD), through=3)
    assert store.rewrite(Without((9,))) == store.rewrite(Without((1,), people=())) == Rewritten()
    assert store.edition() == 0
    assert store.rewrite(Without((1, 2, 3, 4))) == Rewritten(3, 0)
    assert store.committed() == 3
    assert orders(store.read(["order"])) == []


def test_a_changed_delta_table_keeps_its_other_files_and_nothing_of_its_past(
    tmp_path: Path,
) -> None:
    store = DeltaStore(tmp_path)
    store.append(rows(*SPREAD), through=3)
    before = set(DeltaTable(str(tmp_path)).file_uris())
    store.rewrite(Without((1, 2)))
    store.forget()
    after = set(DeltaTable(str(tmp_path)).file_uris())
    assert [name for name in before & after if "bucket=2" in name]
    assert len(before & after) == 1
    on_disk = {str(path) for path in tmp_path.glob("month=*/*/*.parquet")}
    assert on_disk == after
    log = tmp_path / "_delta_log"
    (entry,) = log.glob("*.json")
    (checkpoint,) = log.glob("*.checkpoint.parquet")
    assert entry.name.partition(".")[0] == checkpoint.name.partition(".")[0]
    added = [one["stats"] for one in pq.read_table(checkpoint)["add"].to_pylist() if one]
    assert len(added) == 2
    assert all('"order":2' not in told.replace(" ", "") for told in added)
    (rewritten,) = after - before
    group = pq.ParquetFile(rewritten).metadata.row_group(0)
    shown = [group.column(index) for index in range(group.num_columns)]
    assert {
        one.path_in_schema for one in shown if one.statistics and one.statistics.has_min_max
    } == (set(STATISTICS))


def test_reading_goes_on_when_files_go_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = DeltaStore(tmp_path)
    store.append(rows(*SPREAD), through=3)
    real = DeltaStore._rows
    calls = []

    def rewritten_meanwhile(self: DeltaStore, *given: object) -> pa.Table:
        calls.append(given)
        if len(calls) == 1:
            raise FileNotFoundError
        return real(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(DeltaStore, "_rows", rewritten_meanwhile)
    assert orders(store.read(["order"])) == [1, 2, 3, 4]
    assert len(calls) == 2
