"""Rights: which right goes with which legal basis (GDPR 15 to 21, 7(3)), and the law's clocks.

The columns for consent, contract, legal duty and legitimate interests are those of the mapping in
the W3C Data Privacy Vocabulary 2.3 (clauses 1.3); the other two follow from articles 17, 20 and 21.
"""

from __future__ import annotations

from sojourn.policy.words import Duration

_ALWAYS = ("access", "rectify", "restrict")

RIGHTS_OF = {
    "consent": (*_ALWAYS, "erase", "port", "withdraw"),
    "contract": (*_ALWAYS, "erase", "port"),
    # Erasure is excepted by article 17(3)(b).
    "legal_obligation": _ALWAYS,
    "legitimate_interests": (*_ALWAYS, "erase", "object"),
    "vital_interests": (*_ALWAYS, "erase"),
    # Erasure is excepted by article 17(3)(b), objection is not (21(1)).
    "public_task": (*_ALWAYS, "object"),
}
"""What a person may ask for, by the basis on which their data are used."""

ARTICLE_OF = {
    "access": "15",
    "rectify": "16",
    "erase": "17",
    "restrict": "18",
    "port": "20",
    "object": "21",
    "withdraw": "7(3)",
}
"""The article of the GDPR that gives each right."""

ANSWER_MAX = Duration("1 month")
"""GDPR 12(3)."""

MARKETING_STOP_MAX = Duration("10 business days")
"""What the seed promises (S1-32), the same as CAN-SPAM (unverified: check the official text)."""

COMPLAINT_MAX = Duration("45 days")
"""What the seed promises (S1-05), as the principles of the Data Privacy Framework ask."""
