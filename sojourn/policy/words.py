"""The small words of a policy: durations, dates, and names that refer to something declared.

A name that refers is a `str` that says what it refers to, so that reading can look each one up, and
editors can say what it is.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta
from typing import Annotated, Any

from msgspec import Meta

UNITS = ("hour", "day", "business day", "week", "month", "year")
_DURATION = re.compile(rf"([1-9][0-9]{{0,4}}) ({'|'.join(UNITS)})s?")
_COUNTRY = re.compile(r"[A-Z]{2}")
_MONTH_DAYS, _YEAR_DAYS = 31, 366
_MONTH_DAYS_MIN, _YEAR_DAYS_MIN = 28, 365
_BUSINESS_WEEK, _WEEK = 5, 7


class Duration(str):
    """A length of time as the law says it: “25 months”, “10 business days”."""

    __slots__ = ()

    @property
    def number(self) -> int:
        """How many of its unit."""
        return int(self.split(" ")[0])

    @property
    def unit(self) -> str:
        """One of `UNITS`."""
        return self.split(" ", 1)[1].removesuffix("s")

    @property
    def longest(self) -> timedelta:
        """The longest it can be by any calendar, to compare durations of different units."""
        match self.unit:
            case "hour":
                return timedelta(hours=self.number)
            case "business day":
                weeks, days = divmod(self.number, _BUSINESS_WEEK)
                return timedelta(days=weeks * _WEEK + days + 2)
            case "week":
                return timedelta(days=self.number * _WEEK)
            case "month":
                return timedelta(days=min(self.number * _MONTH_DAYS, -(-self.number // 12) * 366))
            case "year":
                return timedelta(days=self.number * _YEAR_DAYS)
            case _:
                return timedelta(days=self.number)

    @property
    def shortest(self) -> timedelta:
        """The shortest it can be by any calendar."""
        match self.unit:
            case "business day":
                weeks, days = divmod(self.number, _BUSINESS_WEEK)
                return timedelta(days=weeks * _WEEK + days)
            case "month":
                years, months = divmod(self.number, 12)
                return timedelta(days=years * _YEAR_DAYS_MIN + months * _MONTH_DAYS_MIN)
            case "year":
                return timedelta(days=self.number * _YEAR_DAYS_MIN)
            case _:
                return self.longest

    def may_outlast(self, other: Duration) -> bool:
        """Whether it is longer than another in any calendar: 31 days are longer than some months,
        and a month is no longer than a month."""
        months, theirs = _months(self), _months(other)
        if months and theirs:
            return months > theirs
        if self.unit == other.unit:
            return self.number > other.number
        return self.longest > other.shortest

    def after(self, at: datetime) -> datetime:
        """The instant so much later by the calendar; of a month that is too short, its last day."""
        return self._moved(at, 1)

    def before(self, at: datetime) -> datetime:
        """The instant so much earlier, in the same way; in the year 1 when it would be before."""
        return self._moved(at, -1)

    def _moved(self, at: datetime, sign: int) -> datetime:
        months = _months(self)
        if not months:
            return at + sign * self.longest
        year, month = divmod(at.year * 12 + at.month - 1 + sign * months, 12)
        year = min(max(year, MINYEAR), MAXYEAR)
        day = min(at.day, monthrange(year, month + 1)[1])
        return at.replace(year=year, month=month + 1, day=day)


def _months(duration: Duration) -> int:
    """How many months it is by the calendar; 0 where it is counted in days or hours."""
    return {"month": duration.number, "year": 12 * duration.number}.get(duration.unit, 0)


class Date(str):
    """A day, written as 2026-01-31."""

    __slots__ = ()

    @property
    def day(self) -> date:
        """The day itself."""
        return date.fromisoformat(self)


class Country(str):
    """A country by its two letters (ISO 3166-1), in capitals."""

    __slots__ = ()


def _duration(text: str) -> Duration:
    if not _DURATION.fullmatch(text):
        raise ValueError(
            "a duration is a number and hours, days, business days, weeks, months or years"
        )
    return Duration(text)


def _date(text: str) -> Date:
    if len(text) != len("2026-01-31"):
        raise ValueError("a date is written as 2026-01-31")
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValueError("there is no such day; a date is written as 2026-01-31") from None
    return Date(text)


def _country(text: str) -> Country:
    if not _COUNTRY.fullmatch(text):
        raise ValueError("a country is two capital letters, such as FR")
    return Country(text)


READ: dict[type, Callable[[str], str]] = {Duration: _duration, Date: _date, Country: _country}
"""How the text of each word is read; a ValueError says what the word should look like."""

SCHEMA: dict[type, dict[str, Any]] = {
    Duration: {"type": "string", "pattern": f"^{_DURATION.pattern}$", "examples": ["25 months"]},
    Date: {"type": "string", "format": "date"},
    Country: {"type": "string", "pattern": f"^{_COUNTRY.pattern}$", "examples": ["FR"]},
}
"""How a JSON schema describes each word."""


def _refers_to(section: str, what: str) -> Meta:
    return Meta(description=f"The name of {what}.", extra={"refers_to": section})


CategoryName = Annotated[str, _refers_to("categories", "a declared category")]
PurposeName = Annotated[str, _refers_to("purposes", "a declared purpose")]
PropertyName = Annotated[str, _refers_to("properties", "a declared property")]
SubjectName = Annotated[str, _refers_to("subjects", "a declared kind of person")]
SourceName = Annotated[str, _refers_to("sources", "a declared source")]
