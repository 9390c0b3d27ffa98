"""Filtered: the common funnel, each of its steps with a condition on a property.

ClickHouse was also tried with the conditions inside `windowFunnel` and without PREWHERE: a quarter
slower.
"""

from __future__ import annotations

from bench.funnels import COMMON_DAYS, Step, question
from sojourn.filter import Condition

COUNTRIES = ("de", "fr", "us")

STEPS = (
    Step("product viewed", (Condition("device", is_="mobile"),), "device = 'mobile'"),
    Step("product added", (Condition("price", at_least=20),), "price >= 20"),
    Step("order completed", (Condition("country", is_=COUNTRIES),), f"country IN {COUNTRIES}"),
)

QUESTION = question("filtered", "the funnel, a condition on each step", STEPS, COMMON_DAYS)
