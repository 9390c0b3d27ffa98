"""The questions: one in each file, with one value `QUESTION`. The headline's come first."""

from __future__ import annotations

from bench.question import Question
from sojourn.found import found_in

QUESTIONS: dict[str, Question] = {
    question.name: question
    for question in sorted(
        found_in(__name__, "QUESTION").values(),
        key=lambda question: (not question.headline, question.name),
    )
}
