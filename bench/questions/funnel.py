"""Funnel: of those who viewed a product, how many added one and then ordered, within three days."""

from __future__ import annotations

from bench.funnels import COMMON, COMMON_DAYS, question

QUESTION = question("funnel", "3 common steps within 3 days", COMMON, COMMON_DAYS, headline=True)
