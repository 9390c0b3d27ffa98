"""What the two examples must be told as they are written: every finding, kept as JSON.

After a change that is meant, `python -m tests.policy.expected` writes them anew; read the
difference before you keep it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from sojourn.policy.compile import Compiled
from sojourn.policy.compile import compile as compile_policy
from tests.policy.checking import TODAY

EXAMPLES = Path(__file__).parents[3] / "examples"
SEEDS = ("woopra", "popwork")


def compiled(seed: str, version: str) -> Compiled:
    """One of the four example policies, `as-written` or `as-corrected`."""
    return compile_policy((EXAMPLES / seed / f"{version}.yaml").read_text(), TODAY)


def found(seed: str) -> list[dict[str, Any]]:
    """What is found in an example as it is written."""
    return [
        {
            "code": one.code,
            "line": one.line,
            "path": one.path,
            "clause": ", ".join(one.clauses),
            "what": one.what,
        }
        for one in compiled(seed, "as-written").findings
    ]


def kept(seed: str) -> Path:
    """The file of what must be found."""
    return Path(__file__).with_name(f"{seed}.json")


def write(seed: str) -> None:
    """Take what is found today for what must be found."""
    kept(seed).write_bytes(msgspec.json.format(msgspec.json.encode(found(seed)), indent=1) + b"\n")
