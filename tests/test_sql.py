"""SQL: the same numbers as the reports, for each purpose, and nothing beside the two views."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from threading import Timer
from typing import Any

import pyarrow as pa
import pytest

from sojourn.application import Sojourn
from sojourn.asking import decode_definition
from sojourn.cli.sql import sql
from sojourn.errors import BadQuestion, Interrupted
from sojourn.ingest.project import Project
from sojourn.settings import Settings
from tests.gated import Shop

PURPOSES = ("analytics", "service")


class Asked(Shop):
    """The shop, with questions."""

    def sql(self, statement: str, purpose: str = "analytics") -> pa.Table:
        with self.sojourn.questions.select(self.project, statement, purpose=purpose) as rows:
            return rows.read_all()

    def rows(self, statement: str, purpose: str = "analytics") -> list[tuple[Any, ...]]:
        return [tuple(row.values()) for row in self.sql(statement, purpose).to_pylist()]

    def ask(self, purpose: str, **definition: Any) -> Any:
        text = json.dumps({**definition, "purpose": purpose}).encode()
        return self.sojourn.ask(self.project, decode_definition(text))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    opened = Asked(tmp_path_factory.mktemp("sql"))
    with opened.sojourn:
        yield opened


@pytest.mark.clause("S1-13", "S2-03")
@pytest.mark.parametrize("purpose", PURPOSES)
def test_counts_are_those_of_the_reports(shop: Asked, purpose: str) -> None:
    for measure, counted in (("events", "count(*)"), ("people", "count(DISTINCT person)")):
        series = [{"event": "cart", "measure": measure}]
        (line,) = shop.ask(purpose, kind="trend", series=series).series
        found = shop.rows(
            f"SELECT strftime(ts, '%Y-%m-%d'), {counted} FROM events "
            "WHERE event = 'cart' GROUP BY 1",
            purpose,
        )
        assert {at[:10]: count for at, count in line.points if count} == dict(found)
    for name in ("cart", "asked", "paid", "look"):
        funnel = shop.ask(purpose, kind="funnel", steps=[{"event": name}])
        found = shop.rows(
            f"SELECT count(DISTINCT person) FROM events WHERE event = '{name}'", purpose
        )
        assert found == [(funnel.steps[0].people,)]
    assert shop.rows("SELECT count(*) FROM events WHERE event = 'asked'", purpose) == [
        (0 if purpose == "analytics" else 39,)
    ]


@pytest.mark.clause("S1-13", "S1-30")
def test_who_may_not_be_seen_has_no_row(shop: Asked) -> None:
    for view in ("events", "people"):
        for purpose, unseen in (
            ("analytics", {shop.stopped, shop.restricted}),
            ("service", {shop.restricted}),
        ):
            found = {person for (person,) in shop.rows(f"SELECT person FROM {view}", purpose)}
            everyone = {int(one) for part in shop.project.parts.now().parts for one in part.people}
            gone = shop.project.parts.members(shop.person("u1"))[1:]
            assert gone, "two ids became one person"
            assert found == everyone - unseen - set(gone)


@pytest.mark.clause("S1-13", "S2-03")
def test_what_may_not_be_used_for_the_purpose_has_no_column(shop: Asked) -> None:
    for view in ("events", "people"):
        assert "words" in shop.sql(f"SELECT * FROM {view} LIMIT 0", "service").column_names
        assert "words" not in shop.sql(f"SELECT * FROM {view} LIMIT 0").column_names
    with pytest.raises(BadQuestion, match="“words” is not collected for analytics"):
        shop.sql("SELECT words FROM events")
    with pytest.raises(BadQuestion, match="not declared"):
        shop.sql("SELECT 1", "curiosity")
    for purpose in PURPOSES:
        both = shop.sql("SELECT * FROM events", purpose), shop.sql("SELECT * FROM people", purpose)
        assert not {"email", "sealed", "alias", "order", "purposes"} & set(
            both[0].column_names + both[1].column_names
        )
        assert "@b.example" not in str([table.to_pylist() for table in both])


def test_values_keep_their_types_and_all_have_a_column(shop: Asked) -> None:
    chosen = "SELECT ts, price, gift, Plan, plan_2, mixed, person_2, source FROM events"
    whose = f"WHERE person = {shop.person('u5')} ORDER BY ts, event, price"
    table = shop.sql(f"{chosen} {whose}")
    assert [str(field.type) for field in table.schema] == [
        "timestamp[us]",
        "double",
        "bool",
        *["string"] * 5,
    ]
    first, second, third = table.to_pylist()
    assert str(first["ts"]) == "2026-01-02 01:20:00"
    del first["ts"], second["ts"], third["ts"]
    nothing = dict.fromkeys(first, None) | {"source": "test"}
    assert first == nothing | {"price": 5.0, "Plan": "a", "mixed": "2.5"}
    assert second == nothing | {"gift": False, "plan_2": "b"}
    assert third == nothing | {"mixed": "true", "person_2": "x"}


def test_people_have_what_was_last_told_of_them_and_what_may_be_seen(shop: Asked) -> None:
    some = "SELECT events, first, last, team FROM people WHERE person ="
    (seen,) = shop.rows(f"{some} {shop.person('u5')}")
    (more,) = shop.rows(f"{some} {shop.person('u5')}", "service")
    assert (seen[0], more[0]) == (3, 4)
    assert (str(seen[1]), str(seen[2])) == ("2026-01-02 01:20:00", "2026-01-02 12:00:00")
    assert seen[3] == "red"
    counted = "SELECT count(*), sum(events) FROM people"
    again = "SELECT count(DISTINCT person), count(*) FROM events"
    for purpose in PURPOSES:
        assert shop.rows(counted, purpose) == shop.rows(again, purpose)


def test_conditions_hold_wherever_they_are_judged(shop: Asked) -> None:
    everything = "(SELECT * FROM events ORDER BY random())"
    for condition in (
        "event = 'cart' AND price > 20",
        "price BETWEEN 3 AND 9 OR gift",
        "ts >= '2026-01-04' AND ts < TIMESTAMP '2026-01-05 12:00:00'",
        "event IN ('paid', 'look') AND mixed IS NOT NULL",
        "Plan IS NULL AND lower(source) LIKE 'te%'",
        "person IN (SELECT person FROM people WHERE team = 'red')",
    ):
        pushed = shop.rows(f"SELECT count(*), sum(price) FROM events WHERE {condition}")
        plain = shop.rows(f"SELECT count(*), sum(price) FROM {everything} WHERE {condition}")
        assert pushed == plain
        assert pushed[0][0] > 0
    self_join = "SELECT count(*) FROM events a JOIN events b USING (person) WHERE a.event = 'look'"
    assert shop.rows(self_join)[0][0] > 0


REFUSED = {
    "file": "SELECT * FROM '{data}/control.db'",
    "csv": "SELECT * FROM read_csv('{data}/control.db')",
    "text": "SELECT * FROM read_text('{data}/master.key')",
    "blob": "SELECT (SELECT content FROM read_blob('{data}/master.key'))",
    "parquet": "SELECT * FROM read_parquet('{data}/events/**/*.parquet')",
    "parquet file": "SELECT * FROM '{data}/events/1/x.parquet'",
    "glob": "WITH a AS (SELECT * FROM glob('{data}/*')) SELECT * FROM a",
    "written out": "SELECT * FROM query('SELECT * FROM read_text(''{data}/master.key'')')",
    "in a condition": "SELECT 1 WHERE EXISTS (FROM glob('{data}/*'))",
    "attach": "ATTACH '{data}/control.db' AS control",
    "copy out": "COPY (SELECT * FROM events) TO '{data}/out.csv'",
    "copy in": "COPY events FROM '{data}/in.csv'",
    "export": "EXPORT DATABASE '{data}/out'",
    "install": "INSTALL httpfs",
    "load": "LOAD httpfs",
    "pragma": "PRAGMA database_list",
    "set": "SET enable_external_access = true",
    "reset": "RESET memory_limit",
    "create": "CREATE TABLE kept AS SELECT * FROM events",
    "insert": "INSERT INTO events VALUES (1)",
    "two": "SELECT 1; SELECT 2",
    "second": "SELECT 1; ATTACH '{data}/control.db'",
    "nothing": "",
    "comment": "-- SELECT 1",
    "no SQL": "SELEC 1",
    "long": "SELECT 1 --" + "x" * 100_000,
    "deep": "SELECT " + "(" * 20_000 + "1" + ")" * 20_000,
    "settings": "SELECT * FROM duckdb_settings()",
    "logging": "FROM enable_logging(storage = 'file', storage_path = '{data}/log')",
    "variable": "SELECT * FROM REFUSED",
    "network": "SELECT * FROM 'http://127.0.0.1:9/x.parquet'",
}


@pytest.mark.parametrize("kind", REFUSED)
def test_nothing_else_is_read_and_nothing_is_written(shop: Asked, kind: str) -> None:
    data = shop.sojourn.settings.data
    before = sorted(path for path in data.iterdir())
    with pytest.raises(BadQuestion) as refused:
        shop.sql(REFUSED[kind].format(data=data))
    assert refused.value.mend
    assert refused.value.where == "sql"
    assert sorted(path for path in data.iterdir()) == before


@pytest.mark.parametrize(("statement", "count"), [("SELECT 1; SELECT 2", 2), ("-- SELECT 1", 0)])
def test_one_statement_at_a_time_is_run(shop: Asked, statement: str, count: int) -> None:
    with pytest.raises(BadQuestion, match=f"There are {count} statements; one at a time is run"):
        shop.sql(statement)
    assert shop.rows("SELECT 1;") == [(1,)]


def test_functions_that_make_rows_are_allowed(shop: Asked) -> None:
    made = "SELECT sum(a + b) FROM range(3) t(a), unnest([1, 2]) u(b), generate_series(1, 2)"
    assert shop.rows(made) == [(30,)]
    assert len(shop.rows("DESCRIBE people")) > 4


HUGE = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b"


def test_it_may_take_so_long_and_so_much_memory(shop: Asked) -> None:
    data = shop.sojourn.settings.data
    limits = Settings(data=data, question_seconds=0.3, memory_mb=256)
    with Sojourn(limits, clock_ms=shop.sojourn.clock_ms) as narrow:
        project: Project = narrow.project("shop")
        with pytest.raises(Interrupted), narrow.questions.select(project, HUGE) as rows:
            rows.read_all()
    limits = Settings(data=data, memory_mb=256)
    wide = "SELECT range, repeat('x', 100000) AS x FROM range(1000000) ORDER BY x DESC, range"
    with Sojourn(limits, clock_ms=shop.sojourn.clock_ms) as narrow:
        project = narrow.project("shop")
        refused = pytest.raises(BadQuestion, match="MEMORY_MB")
        with refused, narrow.questions.select(project, wide) as rows:
            rows.read_all()


def test_a_statement_can_be_cancelled(shop: Asked) -> None:
    questions = shop.sojourn.questions
    cancelling = Timer(0.3, questions.cancel, args=("mine",))
    cancelling.start()
    refused = pytest.raises(Interrupted, match="cancelled")
    with refused, questions.select(shop.project, HUGE, name="mine") as rows:
        rows.read_all()


def test_the_command_prints_tables_json_csv_and_arrow(
    shop: Asked, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    statement = "SELECT event, count(*) AS n, max(ts) AS at FROM events GROUP BY 1 ORDER BY 2, 1"
    wanted = shop.sql(statement, "service")
    counted = [(row["event"], row["n"]) for row in wanted.to_pylist()]

    def told(format: Any) -> bytes:
        data = shop.sojourn.settings.data
        sql(statement, project="shop", purpose="service", format=format, data=data)
        return capsysbinary.readouterr().out

    lines = [json.loads(line) for line in told("json").splitlines()]
    assert [(line["event"], line["n"]) for line in lines] == counted
    table = csv.DictReader(io.StringIO(told("csv").decode()))
    assert [(line["event"], int(line["n"])) for line in table] == counted
    assert pa.ipc.open_stream(told("arrow")).read_all() == wanted
    printed = told("table").decode()
    assert all(name in printed for name, _ in counted)


def test_only_columns_that_a_statement_names_are_read(tmp_path: Path) -> None:
    shop = Asked(tmp_path)
    with shop.sojourn:
        for statement, read in (
            ("SELECT count(*) FROM events", set()),
            ("SELECT event FROM events LIMIT 3", set()),
            ("SELECT sum(price) FROM events WHERE event = 'cart'", {"p_price"}),
            ("SELECT count(*) FROM people WHERE team = 'red'", {"p_price", "p_team"}),
        ):
            shop.sql(statement)
            parts = shop.project.parts.now().sources
            assert {name for part in parts for _, name in part.columns_in_use()} == read
