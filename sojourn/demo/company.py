"""The companies that buy: their size, their week, what they pay, and while they are customers."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from sojourn.demo.region import Region, some_region

Stretch = tuple[int, int]
"""From one instant to another, the second not included: a time in which someone is active."""

SIZE_SMALLEST = 1.5
SIZE_TAIL_EXPONENT = 1.5
"""A Pareto tail this heavy gives most companies one to three people, and a few of them hundreds."""

SIZE_MAX = 250
SIZE_SHARE_MAX = 0.02
"""No company holds more of all people than this, or one company's fate would be the figure's."""

TEAM_PRICE_EUR = 6.0
TESTED_PRICE_EUR = 9.0
BUSINESS_PRICE_EUR = 11.0
"""Prices are for one seat and month."""

BUSINESS_SEATS_MIN = 30

_FIRST_WORDS = (
    *("Amber", "Blue", "Copper", "Dawn", "Elm", "Fjord", "Granite", "Harbour", "Ivory", "Juniper"),
    *("Kite", "Linden", "Meadow", "North", "Opal", "Pine", "Quill", "River", "Saffron", "Tidal"),
)
_LAST_WORDS = (
    *(
        "Analytics",
        "Bakery",
        "Capital",
        "Design",
        "Energy",
        "Foods",
        "Games",
        "Health",
        "Insurance",
    ),
    *("Kitchens", "Logistics", "Mobility", "Networks", "Optics", "Press", "Robotics", "Studio"),
)


@dataclass(slots=True)
class Company:
    """A customer; `open` says when its workspace can be used, `plans` what it was on since when."""

    number: int
    name: str
    domain: str
    region: Region
    size: int
    ritual_day: int
    plans: list[tuple[int, str]] = field(default_factory=list)
    open: list[Stretch] = field(default_factory=list)

    def plan_at(self, ts: int) -> str:
        """The plan in force at an instant."""
        in_force = [plan for since, plan in self.plans if since <= ts]
        return in_force[-1] if in_force else "trial"


def some_company(rng: Random, number: int, *, size_max: int, region: Region | None) -> Company:
    """The next company, of at most `size_max` people, where its founder lives if that is known."""
    first, last = rng.choice(_FIRST_WORDS), rng.choice(_LAST_WORDS)
    return Company(
        number=number,
        name=f"{first} {last} (simulated)",
        domain=f"{first.lower()}-{last.lower()}-{number}.example",
        region=region or some_region(rng),
        size=some_size(rng, size_max),
        # Most teams look back on Friday or ahead on Monday; 0 is Monday.
        ritual_day=rng.choice((0, 0, 1, 2, 3, 4, 4, 4)),
    )


def some_size(rng: Random, size_max: int) -> int:
    """How many people of a company use the product: mostly few, with a long tail."""
    drawn: float = SIZE_SMALLEST * (1.0 - rng.random()) ** (-1.0 / SIZE_TAIL_EXPONENT)
    return max(1, min(int(drawn), size_max))


def is_open(stretches: list[Stretch], ts: int) -> bool:
    """Whether an instant lies in one of some stretches."""
    return any(begin <= ts < end for begin, end in stretches)


def overlap(some: list[Stretch], others: list[Stretch]) -> list[Stretch]:
    """The times that lie in a stretch of both."""
    both = [(max(a, c), min(b, d)) for a, b in some for c, d in others]
    return [(begin, end) for begin, end in both if begin < end]
