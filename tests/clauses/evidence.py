"""Where the code carries out a clause, and which tests prove it: both as they are written there.

A check names its clauses in its codes. Other code names a clause where it carries it out: in a
docstring, in a comment, or in the refusal that it gives. A test that proves one is marked with
`@pytest.mark.clause`. Files are read and not run, so this takes a moment only.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sojourn.policy.compile import CODES
from sojourn.policy.finding import Code

ROOT = Path(__file__).parents[2]
CODE = (("sojourn", "*.py"), ("tracker/src", "*.ts"))
SAYS_ONLY = ("sojourn/policy/checks/", "sojourn/policy/changes/", "sojourn/policy/facts/")
"""Folders that name clauses and do nothing at run time: checks are there by their codes, changes
say what a difference is about, and facts are what others act on."""
NAMED = re.compile(r"(?<!`)\bS[12]-\d\d\b")
"""A clause as code names it; in backquotes it is an example of how one is written."""


class Test(NamedTuple):
    """A test: the file it stands in, from the top of the repository, and its name."""

    file: str
    name: str


def findings() -> dict[str, list[Code]]:
    """The codes that tell a clause, by its id."""
    by_clause = defaultdict(list)
    for code in CODES.values():
        for clause in filter(NAMED.fullmatch, code.clauses):
            by_clause[clause].append(code)
    return by_clause


def places() -> dict[str, list[str]]:
    """The files that carry out a clause while the program runs, by its id."""
    by_clause = defaultdict(list)
    for folder, ending in CODE:
        for path in sorted((ROOT / folder).rglob(ending)):
            file = path.relative_to(ROOT).as_posix()
            if not file.startswith(SAYS_ONLY):
                for clause in sorted(set(NAMED.findall(path.read_text()))):
                    by_clause[clause].append(file)
    return by_clause


def proofs() -> dict[str, list[Test]]:
    """The tests marked with a clause, by its id."""
    by_clause = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        text = path.read_text()
        if "mark.clause" in text:
            file = path.relative_to(ROOT).as_posix()
            for node in ast.parse(text).body:
                if isinstance(node, ast.FunctionDef):
                    for clause in _marked(node):
                        by_clause[clause].append(Test(file, node.name))
    return by_clause


def _marked(function: ast.FunctionDef) -> Iterator[str]:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.clause":
            for argument in decorator.args:
                assert isinstance(argument, ast.Constant), "a clause is written out where it marks"
                yield str(argument.value)
