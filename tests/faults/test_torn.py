"""A torn last write: whatever of the newest files is missing, cut or scribbled over, the server
opens, and what was acknowledged is there once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sojourn import control
from sojourn.errors import Damaged
from sojourn.stores import delta
from tests.opened import event, open_shop, send, timelines

NAMES = [f"e{number}" for number in range(6)]


@pytest.fixture
def unsafe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder as a crash left it: the table's last commit is made and not known to be on
    disk, so that the inbox still has it; one before is safe."""
    live, found = tmp_path / "live", tmp_path / "found"
    sojourn, project = open_shop(live)
    with sojourn:
        for name in NAMES[:3]:
            send(sojourn, project, [event(name, len(name), user="ann", message_id=name)])
        sojourn.applier.commit(now=True)
        for name in NAMES[3:]:
            send(sojourn, project, [event(name, len(name), user="ann", message_id=name)])
        with monkeypatch.context() as patched:
            patched.setattr(delta, "sync", _refuse)
            with pytest.raises(OSError, match="no sync"):
                sojourn.applier.commit(now=True)
        shutil.copytree(live, found)
    shutil.rmtree(found / "cache", ignore_errors=True)
    return found


def _refuse(_: Path) -> None:
    raise OSError("no sync")


def _missing(path: Path) -> None:
    path.unlink()


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _zeroed_end(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:-40] + bytes(40))


WOUNDS = (_missing, _empty, _cut, _zeroed_end)


@pytest.mark.parametrize("wound", WOUNDS)
@pytest.mark.parametrize("what", ["*.parquet", "_delta_log/*.json"])
def test_a_torn_commit_is_made_again_from_the_inbox(
    unsafe: Path, what: str, wound: Callable[[Path], None]
) -> None:
    wound(_newest(unsafe / "events", what))
    for _ in range(2):
        assert _names(unsafe) == NAMES


def test_the_end_of_the_log_of_the_inbox_is_scribbled_over(tmp_path: Path) -> None:
    live, found = tmp_path / "live", tmp_path / "found"
    sojourn, project = open_shop(live)
    with sojourn:
        for name in NAMES:
            _, done = sojourn.accept(project, [event(name, user="ann", message_id=name)])
            assert done is not None
            done.result(timeout=10)
        shutil.copytree(live, found)
    log = found / "inbox.db-wal"
    whole = log.read_bytes()
    for torn in (b"\x17" * 700, bytes(5_000), whole[-900:]):
        # What a power cut leaves of a transaction that nobody was told is safe.
        log.write_bytes(whole + torn)
        copy = tmp_path / "copy"
        shutil.copytree(found, copy)
        assert _names(copy) == NAMES
        shutil.rmtree(copy)
    log.write_bytes(whole[:-900])
    left = _names(found)
    assert left == NAMES[: len(left)], "a prefix, of whole transactions"


def test_a_safe_commit_that_is_damaged_is_told_and_not_taken_for_torn(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [event("a", user="ann")])
        sojourn.applier.commit(now=True)
    file = _newest(tmp_path / "events", "*.parquet")
    entries = sorted((tmp_path / "events").rglob("_delta_log/*"))
    _cut(file)
    with pytest.raises(Damaged, match="damaged"):
        open_shop(tmp_path)
    assert sorted((tmp_path / "events").rglob("_delta_log/*")) == entries


def _newest(folder: Path, what: str) -> Path:
    return max(folder.rglob(what), key=lambda path: path.stat().st_mtime_ns)


def _names(data: Path) -> list[str]:
    """The names of the one person's events, in order, after everything is applied and committed."""
    sojourn, project = open_shop(data)
    with sojourn:
        sojourn.apply_all()
        assert sojourn.health.troubles() == []
        (run,) = timelines(project).values()
        sojourn.applier.commit(now=True)
        rows = project.store.read(["order"]).num_rows
        assert rows == len(run)
        control.cut_log(sojourn.engine)
        return [name for _, name in run]
