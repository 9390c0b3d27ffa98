"""Rare: a funnel of three events that few people ever do; most of the log need not be read.

The table ordered by (day, event, person) is made for this: ClickHouse reads only these events of
each day.
"""

from __future__ import annotations

from bench.funnels import Step, question

STEPS = (Step("subscription started"), Step("payment failed"), Step("subscription cancelled"))

QUESTION = question("rare", "a funnel of 3 rare steps within 30 days", STEPS, 30)
