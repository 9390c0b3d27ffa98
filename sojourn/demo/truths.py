"""The truths planted in the simulation, and the questions that must bring them to light.

A truth compares two figures: each is read from the answer to a report, and their ratio is known.
Anyone who can ask a report can check all of them:

    for truth in TRUTHS:
        ratio = observed(truth, ask)             # ask: a definition in, an answer out
        assert abs(ratio / truth.ratio - 1) <= truth.tolerance

The ratios do not depend on the seed; `fate` says how that is done.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Literal

import msgspec

from sojourn.demo.acquisition import SPRING
from sojourn.demo.company import TEAM_PRICE_EUR, TESTED_PRICE_EUR
from sojourn.demo.rhythm import STAYING_WEEKS

Json = dict[str, Any]
Ask = Callable[[Json], Json]

Reading = Literal["conversion", "retained", "mean_weekday", "mean_weekend_day"]
"""How a figure is read from an answer; each is a function below."""


class Question(msgspec.Struct, frozen=True):
    """A report's definition, and how the figure is read from its answer."""

    definition: Json
    reading: Reading


class Truth(msgspec.Struct, frozen=True):
    """One known fact: `numerator` over `denominator` is `ratio`, give or take `tolerance` of it."""

    name: str
    sentence: str
    numerator: Question
    denominator: Question
    ratio: float
    tolerance: float


def observed(truth: Truth, ask: Ask) -> float:
    """The ratio that the reports give.

    Raises `ZeroDivisionError` where the denominator's figure is nothing: no such people were found.
    """
    return figure(truth.numerator, ask) / figure(truth.denominator, ask)


def figure(question: Question, ask: Ask) -> float:
    """The figure of one question."""
    return _READINGS[question.reading](ask(question.definition))


def _conversion(answer: Json) -> float:
    """The share of the first step's people who reach the last."""
    people = [step["people"] for step in answer["steps"]]
    return float(people[-1] / people[0])


def _retained(answer: Json) -> float:
    """The share of people who return in week `STAYING_WEEKS`, over the cohorts that have had it."""
    old_enough = [cohort for cohort in answer["cohorts"] if len(cohort["people"]) > STAYING_WEEKS]
    returned = sum(cohort["people"][STAYING_WEEKS] for cohort in old_enough)
    return float(returned / sum(cohort["size"] for cohort in old_enough))


def _mean_weekday(answer: Json) -> float:
    return _mean_of_days(answer, {0, 1, 2, 3, 4})


def _mean_weekend_day(answer: Json) -> float:
    return _mean_of_days(answer, {5, 6})


def _mean_of_days(answer: Json, weekdays: set[int]) -> float:
    counts = [
        count
        for day, count in answer["series"][0]["points"]
        if date.fromisoformat(day).weekday() in weekdays
    ]
    return float(sum(counts) / len(counts))


_READINGS: dict[Reading, Callable[[Json], float]] = {
    "conversion": _conversion,
    "retained": _retained,
    "mean_weekday": _mean_weekday,
    "mean_weekend_day": _mean_weekend_day,
}


def _sign_ups(condition: Json) -> Question:
    steps = [{"event": "Pricing Viewed", "where": [condition]}, {"event": "Signed Up"}]
    return Question({"kind": "funnel", "steps": steps, "within": "14 days"}, "conversion")


def _first_steps(device: str, *events: str) -> Question:
    where = [{"property": "device", "is": device}]
    steps = [{"event": event, "where": where} for event in events]
    return Question({"kind": "funnel", "steps": steps, "within": "1 day"}, "conversion")


def _staying(condition: Json) -> Question:
    definition = {
        "kind": "retention",
        "start": {"event": "Onboarding Ended", "where": [condition]},
        "return": {"event": "Check-in Completed"},
        "every": "week",
        "periods": STAYING_WEEKS + 4,
    }
    return Question(definition, "retained")


def _subscriptions(price_eur: float) -> Question:
    steps = [
        {"event": "Plans Compared", "where": [{"property": "price", "is": price_eur}]},
        {"event": "Subscription Started"},
    ]
    return Question({"kind": "funnel", "steps": steps, "within": "1 day"}, "conversion")


_RHYTHM: Json = {
    "kind": "trend",
    "series": [{"event": "Check-in Completed", "measure": "events"}],
    "every": "day",
}

TRUTHS: tuple[Truth, ...] = (
    Truth(
        name="campaign",
        sentence=(
            "People who came by the campaign “spring-rituals” and saw the prices sign up twice "
            "as often as all others who saw them."
        ),
        numerator=_sign_ups({"property": "campaign", "is": SPRING}),
        denominator=_sign_ups({"property": "campaign", "is_not": SPRING}),
        ratio=2.0,
        tolerance=0.10,
    ),
    Truth(
        name="mobile-calendar",
        sentence="On a phone a third as many people connect their calendar as on a laptop.",
        numerator=_first_steps("mobile", "Profile Completed", "Calendar Connected"),
        denominator=_first_steps("desktop", "Profile Completed", "Calendar Connected"),
        ratio=1 / 3,
        tolerance=0.10,
    ),
    Truth(
        name="mobile-profile",
        sentence="The step before it, completing the profile, goes as well on a phone.",
        numerator=_first_steps("mobile", "Signed Up", "Profile Completed"),
        denominator=_first_steps("desktop", "Signed Up", "Profile Completed"),
        ratio=1.0,
        tolerance=0.05,
    ),
    Truth(
        name="early-one-on-one",
        sentence=(
            "Of people who held a one-on-one in their first two weeks, twice as many still check "
            "in eight weeks later as of those who held none."
        ),
        numerator=_staying({"property": "one_on_ones", "at_least": 1}),
        denominator=_staying({"property": "one_on_ones", "at_most": 0}),
        ratio=2.0,
        tolerance=0.10,
    ),
    Truth(
        name="price-test",
        sentence=(
            "In the price test of the last two months, four companies subscribe at 9 a seat "
            "where five do at 6."
        ),
        numerator=_subscriptions(TESTED_PRICE_EUR),
        denominator=_subscriptions(TEAM_PRICE_EUR),
        ratio=0.8,
        tolerance=0.10,
    ),
    Truth(
        name="working-week",
        sentence="A weekend day has under a tenth of a weekday's check-ins.",
        numerator=Question(_RHYTHM, "mean_weekend_day"),
        denominator=Question(_RHYTHM, "mean_weekday"),
        ratio=0.070,
        tolerance=0.20,
    ),
)
