"""The data folder: one process at a time may write to it, others may read beside it.

A `Folder` is what keys and login links need: the lock, the master key and the control database. It
loads nothing that holds events or answers questions, and so opens in a moment.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Protocol, Self

import sqlalchemy as sa

from sojourn import control, tables
from sojourn.accounts import keys, sessions
from sojourn.accounts.keys import KeyKind
from sojourn.errors import NotFound, SojournError, Unavailable
from sojourn.settings import Settings
from sojourn.vault import Random, Sealer, drawn, master_key

MIGRATIONS = Path(__file__).parent / "migrations"


def system_clock_ms() -> int:
    """Now, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class Numbered(Protocol):
    """A project, by the number that everything of it carries."""

    @property
    def id(self) -> int: ...


class Folder:
    """A data folder, opened without its events. Close it, or use it as a context."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock_ms: Callable[[], int] = system_clock_ms,
        random: Random = drawn,
    ) -> None:
        self.settings = settings
        self.clock_ms = clock_ms
        self._lock_file, self.writes = lock(settings.data)
        self._master_key = master_key(settings.data / "master.key", settings.master_key)
        self._master = Sealer(self._master_key, random)
        url = settings.database_url or control.sqlite_url(settings.data / "control.db")
        self.engine = control.connect(url)
        if self.writes:
            migrate(self.engine)

    def require_writing(self) -> None:
        """Refuse to go on where another process holds the folder."""
        if not self.writes:
            raise Unavailable(
                "Another process holds the data folder",
                where=str(self.settings.data),
                mend="Stop it, or choose another folder with --data.",
            )

    def project(self, name: str) -> Numbered:
        """A project, by name."""
        table = tables.projects
        with self.engine.begin() as connection:
            known = connection.execute(sa.select(table.c.id).where(table.c.name == name)).first()
        if known is None:
            raise no_project(name)
        return known

    def create_key(
        self, project: Numbered, kind: KeyKind, *, wire: str, name: str = "", secret: str = ""
    ) -> str:
        """Make a key of a project: random, or a `name`; with a `secret` that its senders must
        show."""
        sealed = keys.seal_secret(self._master, secret) if secret else None
        with control.writing(self.engine).begin() as connection:
            return keys.create(
                connection,
                project.id,
                kind,
                self.clock_ms(),
                wire=wire,
                name=name,
                sealed_secret=sealed,
            )

    def login_link(self) -> str:
        """A new one-time login link for a server with these settings."""
        with control.writing(self.engine).begin() as connection:
            token = sessions.create_link(connection, self.clock_ms())
        return f"http://{self.settings.host}:{self.settings.port}/login/{token}"

    def close(self) -> None:
        """Let go of the folder."""
        self.engine.dispose()
        self._lock_file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def no_project(name: str) -> NotFound:
    """There is no project of this name."""
    return NotFound(
        f"There is no project “{name[:60]}”",
        mend="`sojourn project list` shows those there are.",
    )


def lock(data: Path) -> tuple[IO[str], bool]:
    """The lock file, and whether this process got it and so may write; made if missing."""
    if "%" in str(data.absolute()):
        raise SojournError(
            "The data folder's path may not contain “%”",
            where=str(data),
            mend="The tables' library takes it for an escape: choose another folder.",
        )
    try:
        data.mkdir(parents=True, exist_ok=True)
        file = (data / "lock").open("w")
    except OSError as failure:
        raise Unavailable(
            "The data folder cannot be used",
            detail=failure.strerror or str(failure),
            where=str(data),
            mend="Name a folder that this user may write to, with --data or SOJOURN_DATA.",
        ) from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return file, False
    return file, True


def is_locked(file: IO[str]) -> bool:
    """Whether the lock file that this process holds is still the one that others would find."""
    try:
        found = Path(file.name).stat()
    except OSError:
        return False
    return os.path.samestat(found, os.fstat(file.fileno()))


def require_lock(file: IO[str]) -> None:
    """Raise `Unavailable` when another process might have taken the folder meanwhile."""
    if not is_locked(file):
        raise Unavailable(
            "The data folder's lock is gone",
            where=file.name,
            mend="Make sure that no other process writes here, and start this one anew.",
        )


def migrate(engine: sa.Engine) -> None:
    """Bring the control database to today's tables."""
    with control.writing(engine).begin() as connection:
        if _version(connection) != _newest_version():
            _upgrade(connection)


def _version(connection: sa.Connection) -> str:
    """The number of the last migration that a database has seen, "" of a new one."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar())


def _newest_version() -> str:
    """The number of the last migration, by which its file begins."""
    return max(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("*.py"))


def _upgrade(connection: sa.Connection) -> None:
    # Imported here because that takes longer than opening a folder does, which needs it once a
    # release.
    import alembic.command
    import alembic.config

    config = alembic.config.Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    alembic.command.upgrade(config, "head")
