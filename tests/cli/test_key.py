"""Keys of webhooks: a mapping that cannot be meant makes no key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Shell

GOOD = {"event": "/type", "user": "/customer"}


@pytest.mark.parametrize(
    ("wire", "mapping", "what"),
    [
        ("webhook", None, "A key for webhooks, and no other, needs a mapping"),
        ("segment", GOOD, "A key for webhooks, and no other, needs a mapping"),
        ("webhook", GOOD | {"who": "/x"}, "The mapping cannot be read"),
        ("webhook", GOOD | {"user": "customer"}, "is no JSON pointer"),
        ("webhook", {"event": "/type"}, "Nothing says whose the events are"),
        ("webhook", GOOD | {"signature": {"header": "X-S"}}, "Nothing can be signed without"),
    ],
)
def test_a_mapping_that_cannot_be_meant_makes_no_key(
    shell: Shell, tmp_path: Path, wire: str, mapping: object, what: str
) -> None:
    assert shell("project", "create", "shop").status == 0
    before = shell("key", "list", "--project", "shop").out
    more: tuple[object, ...] = ()
    if mapping is not None:
        (tmp_path / "mapping.json").write_text(json.dumps(mapping))
        more = ("--mapping", tmp_path / "mapping.json")
    ran = shell("key", "create", "write", "--project", "shop", "--wire", wire, *more)
    assert (ran.status, what in ran.err) == (1, True), ran.err
    assert shell("key", "list", "--project", "shop").out == before
