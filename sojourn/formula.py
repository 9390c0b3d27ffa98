"""Formulas between the lines of a report: read once, then worked out for all points at a time.

    formula  :=  number | name | "any name" | (formula) | formula + - * / formula
              |  -formula | +formula | min(…) | max(…) | abs(formula) | sqrt(formula)

The grammar is a corner of Python's, so Python's own parser reads it, and whatever lies outside the
corner is refused. What has no value (NaN) or cannot be worked out, such as a division by zero, has
no value.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sojourn.errors import BadQuestion

CHARS_MAX = 300
"""Longer ones nobody understands; and a short one cannot be nested too deeply."""

Numbers = NDArray[np.float64]

OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.USub: np.negative,
    ast.UAdd: np.positive,
}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": lambda *parts: reduce(np.minimum, parts),
    "max": lambda *parts: reduce(np.maximum, parts),
    "abs": np.abs,
    "sqrt": np.sqrt,
}
OF_ONE = ("abs", "sqrt")


def letter(number: int) -> str:
    """How formulas call the line of a number: A to Z, then AA, AB and so on, as in a spreadsheet.

    >>> letter(0), letter(25), letter(26)
    ('A', 'Z', 'AA')
    """
    rest, own = divmod(number, 26)
    return (letter(rest - 1) if rest else "") + chr(ord("A") + own)


def check(formula: str, names: Collection[str], where: str) -> None:
    """Refuse a formula that cannot be read, or that names a line there is not."""
    if len(formula) > CHARS_MAX:
        raise _unreadable(f"It is longer than {CHARS_MAX} characters", where)
    try:
        tree = ast.parse(formula.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _unreadable(f"“{formula[:60]}” is none", where) from None
    _check(tree.body, names, where)


def evaluate(formula: str, lines: Mapping[str, Numbers]) -> Numbers:
    """The formula's value at every point of the lines, all of one shape; NaN where it has none."""
    tree = ast.parse(formula.strip(), mode="eval")
    shape = next(iter(lines.values())).shape
    with np.errstate(all="ignore"):
        value = np.broadcast_to(_value(tree.body, lines), shape)
        return np.where(np.isfinite(value), value, np.nan)


def _check(node: ast.expr, names: Collection[str], where: str) -> None:
    inner: list[ast.expr] = []
    name = _name(node)
    if name is not None:
        if name not in names:
            raise _unreadable(f"No series is called “{name[:60]}”", where)
    elif isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        inner = [node.left, node.right]
    elif isinstance(node, ast.UnaryOp) and type(node.op) in OPERATORS:
        inner = [node.operand]
    elif isinstance(node, ast.Call) and not node.keywords:
        called = node.func.id if isinstance(node.func, ast.Name) else ""
        counted = len(node.args) == 1 if called in OF_ONE else len(node.args) > 0
        if called not in FUNCTIONS or not counted:
            raise _unreadable(f"“{ast.unparse(node)[:60]}” is none", where)
        inner = node.args
    elif not isinstance(node, ast.Constant) or type(node.value) not in (int, float):
        raise _unreadable(f"“{ast.unparse(node)[:60]}” has no place in one", where)
    for one in inner:
        _check(one, names, where)


def _value(node: ast.expr, lines: Mapping[str, Numbers]) -> Any:
    name = _name(node)
    if name is not None:
        return lines[name]
    if isinstance(node, ast.BinOp):
        operands = _value(node.left, lines), _value(node.right, lines)
        value = OPERATORS[type(node.op)](*operands)
        # A division by zero stays without value, even where more is done with it.
        return np.where(np.isfinite(value), value, np.nan)
    if isinstance(node, ast.UnaryOp):
        return OPERATORS[type(node.op)](_value(node.operand, lines))
    if isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Name)
        return FUNCTIONS[node.func.id](*(_value(one, lines) for one in node.args))
    assert isinstance(node, ast.Constant)
    return _number(node.value)


def _name(node: ast.expr) -> str | None:
    """The line that a node means, if it means one: bare, or in quotes when it has blanks."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


def _number(value: Any) -> np.float64:
    try:
        return np.float64(value)
    except OverflowError:
        return np.float64(np.nan)


def _unreadable(detail: str, where: str) -> BadQuestion:
    return BadQuestion(
        "This is not a formula",
        detail=f"{detail}.",
        where=where,
        mend="Write + - * / ( ) and min max abs sqrt of numbers and of series: A for the first, B "
        "for the second, or their names (in quotes if they have blanks).",
    )
