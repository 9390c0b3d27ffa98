"""Twelve: a funnel of twelve steps, the most frequent events, within 30 days."""

from __future__ import annotations

from bench.funnels import TWELVE, TWELVE_DAYS, question

QUESTION = question("twelve", "a funnel of 12 common steps within 30 days", TWELVE, TWELVE_DAYS)
