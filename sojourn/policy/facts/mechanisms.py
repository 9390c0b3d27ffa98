"""Mechanisms: by what right data may leave the EEA, each with the days on which it carries.

`until` is the last day; a mechanism that a court struck down carried nothing from that day on.
Each says what it needs besides its name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

SCHREMS_II = date(2020, 7, 16)
"""Since this day the exporter looks at the law of the other country (C-311/18; EDPB
Recommendations 01/2020)."""


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One way for data to leave.

    `countries` are all that it reaches, when it does not reach every one; `exporter` whose law it
    is for, as a country or the EEA; `modules` those of which one must be chosen; `signed_until` is
    the last day on which it could still be agreed; `instead` what carries today. `plural` tells
    that its title is one.
    """

    title: str
    source: str
    since: date
    until: date | None = None
    countries: frozenset[str] | None = None
    exporter: str = "EEA"
    modules: tuple[int, ...] = ()
    signature: bool = False
    signed_until: date | None = None
    assessment: bool = False
    instead: str = ""
    plural: bool = False

    @property
    def carries(self) -> str:
        """“Privacy Shield carries”, “the standard clauses carry”."""
        return "carry" if self.plural else "carries"


_US = frozenset(("US",))
_NOW = "dpf when the recipient is on its list, or scc_2021_914"

MECHANISMS = {
    # Judged by country in `facts/regions.py`.
    "adequacy": Mechanism("an adequacy decision", "GDPR 45", date(1998, 10, 24)),
    "safe_harbor": Mechanism(
        "Safe Harbor",
        "Decision 2000/520/EC, void since C-362/14",
        since=date(2000, 7, 26),
        until=date(2015, 10, 5),
        countries=_US,
        instead=_NOW,
    ),
    "privacy_shield": Mechanism(
        "the EU-US Privacy Shield",
        "Decision (EU) 2016/1250, void since C-311/18",
        since=date(2016, 7, 12),
        until=date(2020, 7, 15),
        countries=_US,
        instead=_NOW,
    ),
    "dpf": Mechanism(
        "the EU-US Data Privacy Framework",
        # Upheld in T-553/23 on 3 September 2025, appeal reported.
        "Decision (EU) 2023/1795",
        since=date(2023, 7, 10),
        countries=_US,
    ),
    "scc_2010_87": Mechanism(
        "the standard clauses of 2010",
        "Decision 2010/87/EU, repealed by Decision (EU) 2021/914 art. 4",
        since=date(2010, 5, 15),
        until=date(2022, 12, 27),
        signature=True,
        signed_until=date(2021, 9, 26),
        assessment=True,
        instead="scc_2021_914",
        plural=True,
    ),
    "scc_2021_914": Mechanism(
        "the standard clauses of 2021",
        "Decision (EU) 2021/914",
        since=date(2021, 6, 27),
        modules=(1, 2, 3, 4),
        signature=True,
        assessment=True,
        plural=True,
    ),
    "bcr": Mechanism(
        "binding corporate rules", "GDPR 47", since=date(2018, 5, 25), assessment=True, plural=True
    ),
    "uk_idta": Mechanism(
        "the United Kingdom's transfer agreement",
        "Data Protection Act 2018, s. 119A",
        since=date(2022, 3, 21),
        exporter="GB",
        signature=True,
        assessment=True,
        instead="scc_2021_914",
    ),
    "uk_addendum": Mechanism(
        "the United Kingdom's addendum to the standard clauses",
        "Data Protection Act 2018, s. 119A",
        since=date(2022, 3, 21),
        exporter="GB",
        signature=True,
        assessment=True,
        instead="scc_2021_914",
    ),
    "uk_us_bridge": Mechanism(
        "the UK-US data bridge",
        "SI 2023/1028",
        since=date(2023, 10, 12),
        countries=_US,
        exporter="GB",
        instead="dpf",
    ),
    "swiss_privacy_shield": Mechanism(
        "the Swiss-US Privacy Shield",
        # Never struck down, but no longer held sufficient by the Swiss authority.
        "statement of the FDPIC of 8 September 2020",
        since=date(2017, 4, 12),
        until=date(2020, 9, 7),
        countries=_US,
        exporter="CH",
        instead="swiss_dpf",
    ),
    "swiss_dpf": Mechanism(
        "the Swiss-US Data Privacy Framework",
        "Swiss Data Protection Ordinance, annex 1",
        since=date(2024, 9, 15),
        countries=_US,
        exporter="CH",
        instead="dpf",
    ),
}
"""Every word that `transfer.mechanism` may be."""

MODULES = {
    ("controller", "controller"): 1,
    ("controller", "processor"): 2,
    ("processor", "processor"): 3,
    ("processor", "controller"): 4,
}
"""The module of the clauses of 2021 by the roles of who sends and who receives."""
