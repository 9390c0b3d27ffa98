"""The suite that every store passes."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import polars
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from sojourn.store import BUCKETS, CORE, Store
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
