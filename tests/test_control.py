"""The control database: migrations make the tables the code expects, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import pgserver
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from sojourn import audit, control, folder, tables
from sojourn.application import Sojourn
from sojourn.asking import decode_definition
from sojourn.demo import simulate
from sojourn.errors import Damaged
from sojourn.event import Kind
from sojourn.folder import Folder
from sojourn.ingest import message_days, rows
from sojourn.ingest.quarantine import Chosen
from sojourn.settings import Settings
from tests.opened import Clock, event, send, timelines

FUNNEL = b'{"kind": "funnel", "steps": [{"event": "Pricing Viewed"}, {"event": "Signed Up"}]}'


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real PostgreSQL."""
    server = pgserver.get_server(tmp_path_factory.mktemp("postgres"))
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


def test_migrations_add_up_to_the_tables(tmp_path: Path) -> None:
    with Sojourn(Settings(data=tmp_path)) as sojourn, sojourn.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), tables.metadata)
    assert differences == []


def test_database_of_an_earlier_release_is_brought_to_todays_tables(tmp_path: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(folder.MIGRATIONS))
    engine = control.connect(control.sqlite_url(tmp_path / "control.db"))
    with control.writing(engine).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
    engine.dispose()
    for _ in range(2):
        with Folder(Settings(data=tmp_path)) as opened, opened.engine.connect() as connection:
            context = MigrationContext.configure(connection)
            assert compare_metadata(context, tables.metadata) == []


def test_postgresql_answers_as_sqlite_does(tmp_path: Path, postgres: str) -> None:
    events = list(islice(simulate(seed=1, until=date(2026, 6, 30), people=300), 6_000))
    answers = []
    for name, url in (("sqlite", ""), ("postgres", postgres)):
        settings = Settings(data=tmp_path / name, database_url=url)
        for again in (False, True):
            with Sojourn(settings, clock_ms=Clock(1_790_000_000_000)) as sojourn:
                project = sojourn.project("shop") if again else sojourn.create_project("shop")
                for begin in range(0, len(events), 1_000):
                    _, done = sojourn.accept(project, events[begin : begin + 1_000])
                    assert done is not None
                    done.result(timeout=30)
                sojourn.apply_all()
                answers.append(sojourn.ask(project, decode_definition(FUNNEL)).steps)
    assert answers[0][0].people > 0
    assert answers == [answers[0]] * 4


def database_of_its_own(postgres: str, name: str) -> str:
    """A new database: projects of the tests before are sealed under other master keys."""
    url = sa.make_url(postgres)
    with sa.create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    return url.set(database=name).render_as_string(hide_password=False)


def test_events_open_change_and_close_on_postgresql(tmp_path: Path, postgres: str) -> None:
    own = database_of_its_own(postgres, "opened")
    settings, clock = Settings(data=tmp_path, database_url=own), Clock()
    for again in (False, True):
        with Sojourn(settings, clock_ms=clock) as sojourn:
            project = sojourn.project("open") if again else sojourn.create_project("open")
            opened = event("read", user="ann", message_id="m1")
            opened = msgspec.structs.replace(opened, open_ms=60_000)
            change = event("", 1 + again, user="ann", message_id="m1", n=1 + again)
            change = msgspec.structs.replace(change, kind=Kind.CHANGE, closes=again)
            send(sojourn, project, [opened, change])
            assert list(timelines(project).values()) == [[(0, "read")]]
            sojourn.applier.commit(now=True)
            table = project.store.read(["event", *project.vocabulary.every_column()])
            assert table.to_pylist() == ([{"event": "read", "p_n": 2.0}] if again else [])


def test_changed_audit_entry_is_noticed(tmp_path: Path) -> None:
    with (
        Sojourn(Settings(data=tmp_path)) as sojourn,
        control.writing(sojourn.engine).begin() as connection,
    ):
        for number in range(3):
            audit.write(connection, number, "owner", "reveal", f"person {number}")
        assert audit.verify(connection) == 3
        second = tables.audit.c.number == 2
        connection.execute(sa.update(tables.audit).where(second).values(subject="no one"))
        with pytest.raises(Damaged, match="entry 2"):
            audit.verify(connection)


def test_poison_is_set_aside_and_old_message_ids_go_on_postgresql(
    tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = rows.table_of

    def table_of(connection: Any, project: Any, placed: Any, owners: Any, lots: Any = ()) -> Any:
        named = {one.name for _, one in placed}.union(*(owned.lot.event for owned in lots))
        assert "poison" not in named
        return real(connection, project, placed, owners, lots)

    own = database_of_its_own(postgres, "poisoned")
    clock = Clock()
    with Sojourn(Settings(data=tmp_path, database_url=own), clock_ms=clock) as sojourn:
        project = sojourn.create_project("poisoned")
        sojourn.apply_all()
        names = ("a", "poison", "b")
        batch = [event(name, 1, user="ann", message_id=name) for name in names]
        with monkeypatch.context() as broken:
            broken.setattr(rows, "table_of", table_of)
            sojourn.accept(project, batch)[1].result()  # type: ignore[union-attr]
            assert sojourn.inbox.backlog(sojourn.applier.applied).events == len(batch)
            sojourn.apply_all()
        assert [[name for _, name in run] for run in timelines(project).values()] == [["a", "b"]]
        assert sojourn.replay(project, Chosen(reason="poison")).kept == 1
        sojourn.apply_all()
        ids = sa.select(sa.func.count()).where(tables.messages.c.project == project.id)
        for known in (len(batch), 0):
            with sojourn.engine.begin() as connection:
                assert connection.execute(ids).scalar() == known
            for _ in range(32):
                clock.now_ms += message_days.DAY_MS
                message_days.mark_day(sojourn.engine, clock(), sojourn.applier.applied)
            message_days.forget(sojourn.engine, [project.message_ids], 30)
