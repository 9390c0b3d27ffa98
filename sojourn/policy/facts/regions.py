"""Regions: which countries protect personal data as the European Economic Area does, and when.

Sources: the EEA Agreement; the Commission's adequacy decisions under GDPR art. 45 (formerly
Directive 95/46, art. 25(6)), by the day they were adopted. A decision can end: each has a last day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

_EEA = """
    AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK
    IS LI NO
"""
EEA = frozenset(_EEA.split())
"""The 27 members of the Union, and Iceland, Liechtenstein and Norway."""


@dataclass(frozen=True, slots=True)
class Protection:
    """That a country protects as here, from a day on; `until` is the last day, when it has one."""

    country: str
    since: date
    until: date | None
    source: str


PROTECTIONS = (
    Protection("CH", date(2000, 7, 26), None, "Decision 2000/518/EC"),
    # Commercial organisations only (PIPEDA).
    Protection("CA", date(2001, 12, 20), None, "Decision 2002/2/EC"),
    Protection("AR", date(2003, 6, 30), None, "Decision 2003/490/EC"),
    Protection("GG", date(2003, 11, 21), None, "Decision 2003/821/EC"),
    Protection("IM", date(2004, 4, 28), None, "Decision 2004/411/EC"),
    Protection("JE", date(2008, 5, 8), None, "Decision 2008/393/EC"),
    Protection("FO", date(2010, 3, 5), None, "Decision 2010/146/EU"),
    Protection("AD", date(2010, 10, 19), None, "Decision 2010/625/EU"),
    Protection("IL", date(2011, 1, 31), None, "Decision 2011/61/EU"),
    Protection("UY", date(2012, 8, 21), None, "Decision 2012/484/EU"),
    Protection("NZ", date(2012, 12, 19), None, "Decision 2013/65/EU"),
    Protection("JP", date(2019, 1, 23), None, "Decision (EU) 2019/419"),
    Protection("KR", date(2021, 12, 17), None, "Decision (EU) 2022/254"),
    # Adopted in January 2026 (day unverified: check the official text).
    Protection("BR", date(2026, 1, 27), None, "the Commission's decision of January 2026"),
    # A member, then in transition, then under the bridge of the trade agreement.
    Protection("GB", date(1973, 1, 1), date(2020, 12, 31), "membership and Withdrawal Agreement"),
    Protection("GB", date(2021, 1, 1), date(2021, 6, 27), "Trade and Cooperation Agreement"),
    # Meant to end on 27 June 2025, prolonged to 27 December 2025, renewed on 19 December 2025 for
    # six years (last day unverified: check the official text).
    Protection("GB", date(2021, 6, 28), date(2031, 12, 27), "Decision (EU) 2021/1772"),
)
"""Countries outside the EEA that the law takes to protect as well, with the days and the source."""

WORDS = frozenset(("default", "EEA"))
"""What may stand for a region besides a country's two letters."""

_COUNTRIES_TEXT = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS
    BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE
    EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM
    HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC
    LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
    NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
    SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO
    TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""
_COUNTRIES = frozenset(_COUNTRIES_TEXT.split())
"""The countries of ISO 3166-1."""
_EU_CODES = {"UK": "GB", "EL": "GR"}
"""What the EU's own texts call two countries (Interinstitutional Style Guide, 7.1)."""


def protects_as_here(country: str, at: date) -> bool:
    """Whether data may go to a country on a day as if they stayed within the EEA."""
    return country in EEA or any(
        one.country == country and one.since <= at and (one.until is None or at <= one.until)
        for one in PROTECTIONS
    )


def is_country(word: str) -> bool:
    """Whether two letters are those of a country."""
    return word in _COUNTRIES


def country_of_code(code: str) -> str:
    """The country that somebody means by two letters, small or large, ISO's or the EU's; "" where
    they are no country's, such as `EU`, `XX` or `ZZ`."""
    # Other letters would become these two: the capital of “ß” is “SS”.
    letters = code.strip().upper() if code.isascii() else ""
    letters = _EU_CODES.get(letters, letters)
    return letters if letters in _COUNTRIES else ""


def is_known(region: str) -> bool:
    """Whether a word of a policy is a region: a country, `EEA`, or `default`."""
    return region in WORDS or is_country(region)
