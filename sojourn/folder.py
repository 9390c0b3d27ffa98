"""The data folder: one process at a time may write to it, others may read beside it."""

from __future__ import annotations

import fcntl
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


def migrate(engine: sa.Engine) -> None:
    """Bring the control database to today's tables."""
    config = alembic.config.Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with control.writing(engine).begin() as connection:
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "head")
