"""What a question may not use: also properties that no policy named, and those that came later."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sojourn.asking import decode_definition
from sojourn.errors import BadQuestion
from tests.gated import POLICY
from tests.opened import Clock, event, open_shop, send

CAUGHT = POLICY.replace("as: activity", "as: talk").replace(
    "events:\n", "events:\n  cart: {category: activity, purposes: [service, analytics]}\n"
)
"""What is not declared is only for service."""


@pytest.mark.clause("S1-13")
def test_undeclared_property_is_asked_for_only_for_the_purposes_of_its_category(
    tmp_path: Path,
) -> None:
    sojourn, project = open_shop(tmp_path, Clock())
    with sojourn:
        sojourn.governance(project).publish(CAUGHT, actor="test")
        send(sojourn, project, [event("cart", 1, user="u", size="L", words="help")])

        def ask(purpose: str, name: str) -> Any:
            question = {
                "kind": "trend",
                "series": [{"event": "cart"}],
                "every": "day",
                "breakdown": {"by": [{"property": name}]},
                "purpose": purpose,
            }
            return sojourn.ask(project, decode_definition(json.dumps(question).encode()))

        for name in ("size", "words"):
            assert len(ask("service", name).series) == 1
            with pytest.raises(BadQuestion, match=f"“{name}” is not collected for analytics"):
                ask("analytics", name)
        statement = "SELECT size FROM events"
        refused = pytest.raises(BadQuestion, match="“size” is not collected for analytics")
        with refused, sojourn.questions.select(project, statement, purpose="analytics"):
            pass
