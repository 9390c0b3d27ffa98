"""Where people live: their clocks and their names.

Summer time is left out: an hour's drift of office hours shows in no report. So is Australia, whose
Monday morning is Sunday in UTC and would blur the week for a reader who has not set a time zone.
"""

# The letters are meant: other scripts, and the apostrophes that their writers use.

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Region:
    """A place with its clock and names; each given name comes with its spelling in an address."""

    name: str
    ahead_hours: float
    given: tuple[tuple[str, str], ...]
    family: tuple[str, ...]
    locality: str


EUROPE = Region(
    name="Europe",
    ahead_hours=1.0,
    given=(
        ("Zoë", "zoe"),
        ("Søren", "soren"),
        ("Łukasz", "lukasz"),
        ("Chloé", "chloe"),
        ("Jürgen", "juergen"),
        ("Αθηνά", "athina"),
        ("Marta", "marta"),
        ("Ингрид", "ingrid"),
        ("Tomás", "tomas"),
        ("Aurélie", "aurelie"),
        ("Matteo", "matteo"),
        ("Hanna", "hanna"),
    ),
    family=(
        "Åkesson",
        "Dąbrowska",
        "García Núñez",
        "Müller-Lüdenscheidt",
        "Παπαδόπουλος",
        "de la Fontaine",
        "Rossi",
        "Jensen",
        "O’Shea",
        "Šimůnek",
    ),
    locality="Lyon",
)
AMERICA_EAST = Region(
    name="America, East",
    ahead_hours=-5.0,
    given=(
        ("Ava", "ava"),
        ("Marcus", "marcus"),
        ("José", "jose"),
        ("Grace", "grace"),
        ("Tyrone", "tyrone"),
        ("Renée", "renee"),
        ("Sam", "sam"),
        ("Olivia", "olivia"),
    ),
    family=("Johnson", "Rivera", "O’Connor", "Nguyễn", "Brooks", "Tremblay", "Washington", "Katz"),
    locality="Boston",
)
AMERICA_WEST = Region(
    name="America, West",
    ahead_hours=-7.0,
    given=(
        ("Mia", "mia"),
        ("Diego", "diego"),
        ("Kai", "kai"),
        ("Anaïs", "anais"),
        ("Noah", "noah"),
        ("美咲", "misaki"),
    ),
    family=("Chen", "Hernández", "Kim", "Baker", "Nakamura", "Lee-Whitfield"),
    locality="Portland",
)
INDIA = Region(
    name="India",
    ahead_hours=5.5,
    given=(
        ("Priya", "priya"),
        ("अर्जुन", "arjun"),
        ("Ananya", "ananya"),
        ("Rahul", "rahul"),
        ("லட்சுமி", "lakshmi"),
        ("Imran", "imran"),
    ),
    family=("Sharma", "பிள்ளை", "Iyer", "Khan", "चटर्जी", "Venkataramanan Subramaniam"),
    locality="Pune",
)
ASIA_EAST = Region(
    name="Asia, East",
    ahead_hours=8.0,
    given=(
        ("明", "ming"),
        ("Siti", "siti"),
        ("지우", "jiwoo"),
        ("Wei Ling", "weiling"),
        ("さくら", "sakura"),
        ("Adi", "adi"),
    ),
    family=("王", "Tan", "김", "Santoso", "田中", "Lim"),
    locality="Singapore",
)
MIDDLE_EAST = Region(
    name="Middle East",
    ahead_hours=3.0,
    given=(
        ("ليلى", "layla"),
        ("Omar", "omar"),
        ("נועה", "noa"),
        ("Yusuf", "yusuf"),
        ("مریم", "maryam"),
    ),
    family=("حداد", "Al-Mansouri", "כהן", "Yılmaz", "رضایی"),
    locality="Amman",
)

REGIONS = (EUROPE, AMERICA_EAST, AMERICA_WEST, INDIA, ASIA_EAST, MIDDLE_EAST)
_SHARES_CUMULATED = (0.46, 0.70, 0.79, 0.88, 0.95, 1.0)


def some_region(rng: Random) -> Region:
    """A region, as often as customers come from it."""
    return rng.choices(REGIONS, cum_weights=_SHARES_CUMULATED)[0]
