"""The questions, in the order in which they are asked and shown."""

from __future__ import annotations

from bench import funnel, paths, retention, trend
from bench.question import Question

QUESTIONS: dict[str, Question] = {
    module.QUESTION.name: module.QUESTION for module in (funnel, retention, trend, paths)
}
