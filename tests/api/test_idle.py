"""What a server takes that has nothing to do: the design allows 250 MB, and one process."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from tests.conftest import Served, free_port, make_project

IDLE_MB_MAX = 250


def test_an_idle_server_is_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Wherever pandas is installed Arrow imports it, with its 40 MB. Sojourn does not ask for it; it
    # is here for those tests that hand tables to it.
    (tmp_path / "pandas.py").write_text("raise ImportError('not installed')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    served = Served(tmp_path / "data", free_port(), make_project(tmp_path / "data", "shop").write)
    served.start()
    try:
        assert served.process is not None
        process = psutil.Process(served.process.pid)
        assert process.memory_info().rss / 1_048_576 < IDLE_MB_MAX
        assert process.children() == []
    finally:
        served.stop()
