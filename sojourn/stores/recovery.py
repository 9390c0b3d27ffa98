"""Recovery: what a table's log names is there, also after the machine lost its power.

The writer of the table does not wait for the disk, so until a commit has been synced
(`DeltaStore._make_safe`) any part of it may be missing or torn afterwards: its files, its entry in
the log, a checkpoint. Such a commit was never relied on: what it holds is still in the inbox, and
what it would have replaced is still there. So its entry is taken out, and all is as before it.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import msgspec

from sojourn.errors import Damaged
from sojourn.stores.delta import WRITER

log = logging.getLogger("sojourn")
UNSURE_MAX = 50
"""Entries looked at, from the newest back: each is synced before the next unless syncing fails."""
MAGIC = b"PAR1"
"""How a Parquet file begins and ends."""

Actions = list[dict[str, Any]]


def drop_unsafe(folder: Path, kept_from: int | None) -> int:
    """Take out the newest commits of a table that are not whole; how many.

    `kept_from` is the first row that the inbox still has, None when it has none. Raises `Damaged`
    where a commit is not whole that the inbox can no longer replace.
    """
    entries_of = folder / "_delta_log"
    entries = sorted(entries_of.glob("*.json"))[-UNSURE_MAX:]
    told = [_actions(entry) for entry in entries]
    # A file that a later entry has removed is not missed.
    removed = {one["remove"]["path"] for some in told for one in some or [] if "remove" in one}
    gone: list[Path] = []
    for number, actions in enumerate(told):
        if actions is None or not all(_is_whole(folder, action, removed) for action in actions):
            gone = entries[number:]
            break
    for entry, actions in zip(gone, told[len(told) - len(gone) :], strict=True):
        _require_replaceable(entry, actions, kept_from, is_last=entry == entries[-1])
    for entry in reversed(gone):
        # The newest first: whatever is left at any moment is a log without a gap.
        entry.rename(entry.with_suffix(".torn"))
        log.warning("%s was not whole and is out of the log; the inbox has it still", entry)
    _drop_checkpoints(entries_of, int(gone[0].stem) if gone else None)
    return len(gone)


def _actions(entry: Path) -> Actions | None:
    """What an entry of the log says; None when it is torn."""
    lines = entry.read_bytes().splitlines()
    try:
        actions = [msgspec.json.decode(line) for line in lines]
    except msgspec.DecodeError:
        return None
    whole = bool(actions) and all(isinstance(action, dict) for action in actions)
    return actions if whole else None


def _is_whole(folder: Path, action: dict[str, Any], removed: set[str]) -> bool:
    """Whether the file that it adds is there, as long as it should be, to its very end."""
    added = action.get("add")
    if added is None:
        return True
    file = folder / unquote(added["path"])
    if not file.exists():
        return added["path"] in removed
    return file.stat().st_size == added["size"] and _has_magic(file)


def _has_magic(file: Path) -> bool:
    with file.open("rb") as opened:
        first = opened.read(len(MAGIC))
        opened.seek(-len(MAGIC), 2)
        return first == opened.read() == MAGIC


def _require_replaceable(
    entry: Path, actions: Actions | None, kept_from: int | None, *, is_last: bool
) -> None:
    """Raise `Damaged` for a commit that was safe: its rows have left the inbox. One without rows
    only put files in the place of others, which are still there."""
    if actions is None:
        safe = kept_from is None and not is_last
    else:
        rows = [
            action["txn"]["version"]
            for action in actions
            if action.get("txn", {}).get("appId") == WRITER
        ]
        safe = any(kept_from is None or row < kept_from for row in rows)
    if safe:
        raise Damaged(
            "The table of a project is damaged",
            detail=f"A commit that was safe names a file that is missing or torn: {entry.name}.",
            where=str(entry.parent.parent),
            mend="Restore the data folder from a backup. Nothing was changed.",
        )


def _drop_checkpoints(entries: Path, before: int | None) -> None:
    """Take out the checkpoints that are torn, or say what was taken out; the log says the same."""
    for checkpoint in entries.glob("*.checkpoint.parquet"):
        version = int(checkpoint.name.partition(".")[0])
        torn = checkpoint.stat().st_size < 2 * len(MAGIC) or not _has_magic(checkpoint)
        if torn or (before is not None and version >= before):
            checkpoint.unlink()
            (entries / "_last_checkpoint").unlink(missing_ok=True)
