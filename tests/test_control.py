"""The control database: migrations make the tables the code expects, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path

import pgserver
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from sojourn import audit, control, tables
from sojourn.application import Sojourn
from sojourn.asking import decode_definition
from sojourn.demo import simulate
from sojourn.errors import Damaged
from sojourn.settings import Settings
from tests.opened import Clock

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
