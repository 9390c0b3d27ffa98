"""The data folder: one process at a time may write to it, others may read beside it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO

import alembic.command
import alembic.config
import sqlalchemy as sa

from sojourn import control
from sojourn.errors import SojournError, Unavailable


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
    config = alembic.config.Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with control.writing(engine).begin() as connection:
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "head")
