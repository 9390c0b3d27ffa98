"""Writes `results.md` and `changes.md`: figures, with the machine and commit they belong to."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
PACKAGES = ("chdb", "chdb-core", "duckdb", "numba", "numpy", "pyarrow", "deltalake")


def write(file: Path, command: str, texts: Sequence[str], rounds: int) -> None:
    """Replace a page by what the command came to: each text a section, its heading first."""
    page = [
        f"# {file.stem.capitalize()}",
        f"Written by `{command} --write`; [README.md](README.md) says what is measured.",
        _circumstances(rounds),
        *texts,
    ]
    file.write_text("\n\n".join(page) + "\n")


def _circumstances(rounds: int) -> str:
    facts = {
        "machine": f"{os.cpu_count()} cores of {_processor()}, {_memory()} of memory",
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        "versions": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
        "commit": _commit(),
        "date": datetime.now(UTC).date().isoformat(),
        "rounds": f"{rounds} after one that does not count, in turns",
        "load": f"{os.getloadavg()[2]:.1f} processes on average in the last quarter of an hour",
    }
    return "\n".join(f"- {name}: {fact}" for name, fact in facts.items())


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.*)", described.read_text()) if described.exists() else None
    return found[1] if found else platform.processor()


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"


def _commit() -> str:
    """The commit of the checkout, and whether the engine has been changed since."""
    here = HERE.parent

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", *words], cwd=here, capture_output=True, text=True, check=True
        ).stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "sojourn")
    return git("rev-parse", "--short", "HEAD") + (" with changes in sojourn/" if changed else "")
