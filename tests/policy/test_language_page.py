"""The page of the language: every key of the tree has its row, with the default it has there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec
import pytest

from sojourn.policy.model import Policy

PAGE = (Path(__file__).parents[2] / "docs/reference/policy.md").read_text()
SECTIONS = {
    part.partition("\n")[0]: dict(re.findall(r"^\| `(\w+)` \| .* \| (.*) \| .* \|$", part, re.M))
    for part in PAGE.split("\n## ")[1:]
}
"""Of each section, the keys with their defaults."""


def parts(wanted: Any = Policy, key: str = "The file") -> Iterator[tuple[str, type]]:
    """Each part of the tree, with the key that leads to it."""
    if isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
        yield key, wanted
        hints = get_type_hints(wanted)
        for field in msgspec.structs.fields(wanted):
            yield from parts(hints[field.name], field.encode_name)
    else:
        for inner in get_args(wanted):
            yield from parts(inner, key)


PARTS = sorted(set(parts()), key=lambda part: part[0])


@pytest.mark.parametrize(("section", "part"), PARTS, ids=lambda value: str(value))
def test_every_key_has_its_row_with_its_default(section: str, part: type[msgspec.Struct]) -> None:
    told = {field.encode_name: _default(field.default) for field in msgspec.structs.fields(part)}
    assert SECTIONS[section] == told


def test_no_section_is_about_nothing() -> None:
    assert set(SECTIONS) == {section for section, _ in PARTS}


def _default(value: Any) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, str):
        return f"`{value}`"
    if isinstance(value, tuple) and value:
        return " ".join(f"`{one}`" for one in value)
    return "—"
