"""The house rules, executed: layers, sizes, names, documentation, and what is not committed."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sojourn.api.application import schema
from sojourn.asking import REPORTS
from sojourn.cli import app
from sojourn.drop_reason import DropReason
from sojourn.settings import Settings

ROOT = Path(__file__).parents[1]
FILE_LINES_MAX = 600
FILE_LINES_GOAL = 400
FUNCTION_LINES_MAX = 70
BANNED = re.compile(r"(^|[/_])(utils?|helpers?|common|base|misc|managers?|services?)($|[_./])")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b")


def tracked(*endings: str) -> list[Path]:
    """The project's own files: those that git knows or would take."""
    told = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (ROOT / line for line in told.stdout.splitlines())
    return [path for path in paths if path.suffix in endings and path.exists()]


SOURCES = tracked(".py", ".ts", ".tsx", ".js")
PAGES = tracked(".md")


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_imports_run_down_only() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_is_small_well_named_and_finished(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= FILE_LINES_MAX, "it is two nouns: find them"
    assert not BANNED.search(str(path.relative_to(ROOT))), "the name says nothing"
    if path != Path(__file__):
        assert not UNFINISHED.search(text), "finish it, or leave it out"


def test_most_files_stay_within_the_goal() -> None:
    long = [path for path in SOURCES if len(path.read_text().splitlines()) > FILE_LINES_GOAL]
    assert len(long) <= len(SOURCES) // 50, long


@pytest.mark.parametrize(
    "path",
    [path for path in SOURCES if path.suffix == ".py"],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_python_file_opens_with_its_idea_and_its_functions_fit_a_screen(path: Path) -> None:
    tree = ast.parse(path.read_text())
    if tree.body:
        assert ast.get_docstring(tree), "the file does not say what it is for"
    # A migration is a generated list of tables, in one function as its tool wants it.
    for function in functions(tree) if "versions" not in path.parts else ():
        length = (function.end_lineno or 0) - function.lineno + 1
        assert length <= FUNCTION_LINES_MAX, f"{function.name} has {length} lines"


@pytest.mark.parametrize(
    "path",
    [path for path in SOURCES if path.suffix == ".py" and "sojourn" in path.parts],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_public_functions_and_classes_say_what_they_do(path: Path) -> None:
    if not path.is_relative_to(ROOT / "sojourn") or "versions" in path.parts:
        return
    routes = path.is_relative_to(ROOT / "sojourn" / "api")
    for node in ast.parse(path.read_text()).body:
        public = isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name[0] != "_"
        # A route says what it does in its summary, where the schema shows it.
        if public and not (routes and node.decorator_list):
            assert ast.get_docstring(node), f"{node.name} has no docstring"


def test_every_command_is_documented() -> None:
    page = (ROOT / "docs/reference/commands.md").read_text()
    for name in commands():
        assert f"`sojourn {name}" in page, name


def commands() -> Iterator[str]:
    """Every command, with its subcommands."""
    for name in app:
        if not name.startswith("-"):
            inner = [one for one in app[name] if not one.startswith("-")]
            yield from (f"{name} {one}" for one in inner) if inner else [name]


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs/reference/settings.md").read_text()
    for field in Settings.__struct_fields__:
        assert f"`SOJOURN_{field.upper()}`" in page, field


def test_every_route_is_documented() -> None:
    page = (ROOT / "docs/reference/http.md").read_text()
    for path in schema()["paths"]:
        known = re.sub(r"/reports/[a-z_]+", "/reports/{kind}", path)
        assert known in page, path


def test_every_report_is_documented() -> None:
    page = (ROOT / "docs/reference/reports.md").read_text()
    for kind in REPORTS:
        assert f"\n## {kind}\n" in page, kind


def test_every_refusal_is_documented() -> None:
    page = (ROOT / "docs/reference/refusals.md").read_text()
    for reason in DropReason:
        assert f"| `{reason.value}` |" in page, reason


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_of_a_page_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text()):
        if "://" not in target:
            assert (path.parent / target).exists(), target


def test_locks_hold_versions_and_hashes_and_no_address() -> None:
    for name in ("requirements.lock", "node.lock"):
        text = (ROOT / name).read_text()
        entries = re.findall(r"^[a-zA-Z0-9].*", text, re.MULTILINE)
        assert entries, name
        assert all("==" in entry for entry in entries), name
        assert text.count("--hash=sha256:") >= len(entries), name
        assert "://" not in text, name
    for path in tracked(".json"):
        if path.name == "package-lock.json":
            assert '"resolved": "http' not in path.read_text(), path
            assert '"integrity"' in path.read_text(), path
