"""The typed tree of a policy: everything that `policy.yaml` can say, each with its default.

Nothing is required here: what is missing is for the checks to tell, all in one run, with the clause
that asks for it. `None` and empty mean “not said”.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from sojourn.policy.words import (
    SCHEMA,
    CategoryName,
    Country,
    Date,
    Duration,
    PropertyName,
    PurposeName,
    SourceName,
    SubjectName,
)

Basis = Literal[
    "consent",
    "contract",
    "legal_obligation",
    "legitimate_interests",
    "vital_interests",
    "public_task",
]
"""The six legal bases of GDPR art. 6(1)."""

Region = str
"""A country's two letters, `EEA`, `GB` …, or `default`."""

Honour = Literal["honour", "ignore"]

OWN_COOKIE = "sojourn_id"
"""What our script keeps in the browser to know it again."""


class Said(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every part of the tree is: frozen, and said by name."""


class Transfer(Said, frozen=True):
    """By what right data leave for a country that does not protect them as here (GDPR 44 to 49).

    `mechanism` is a word of `facts/mechanisms.py`, such as `scc_2021_914`, `dpf` or `adequacy`;
    `module` that of the standard clauses; `evidence` where the signed text lies.
    """

    mechanism: str | None = None
    module: int | None = None
    signed: Date | None = None
    until: Date | None = None
    evidence: str | None = None
    assessment: str | None = None


class Organisation(Said, frozen=True):
    """Who answers for the data (GDPR 13(1)(a) and (b), 30(1)(a)).

    `transfer` is for an organisation that itself receives the data abroad; `authority` is whom
    people may complain to; `representative` stands in for one outside the EEA (art. 27).
    """

    name: str | None = None
    address: str | None = None
    country: Country | None = None
    privacy_contact: str | None = None
    data_protection_officer: str | None = None
    representative: str | None = None
    authority: str | None = None
    transfer: Transfer | None = None


class Controller(Said, frozen=True):
    """For whom a processor works; a request of their people is routed to `contact` (art. 28)."""

    name: str | None = None
    contact: str | None = None
    country: Country | None = None
    agreement: Agreement | None = None


class Agreement(Said, frozen=True):
    """The contract with a processor (GDPR 28(3)): when it was signed, which text, and what happens
    to the data at its end."""

    signed: Date | None = None
    version: str | None = None
    evidence: str | None = None
    at_end: Literal["delete", "return"] | None = None


class Category(Said, frozen=True):
    """A kind of data. `means` are keys of the fideslang taxonomy, so that registers can be
    exchanged; `also` are other names for it; `purposes` are all that it is collected for;
    `contains_personal_data: false` is for what is about nobody, such as source code."""

    means: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    identifying: bool = False
    contains_personal_data: bool = True
    purposes: tuple[PurposeName, ...] = ()
    subjects: tuple[SubjectName, ...] = ()
    measures: tuple[str, ...] = ()


class Purpose(Said, frozen=True):
    """What data are used for. `use` is a key of the fideslang taxonomy, or several, which the
    compiler advises against; `basis` one basis, or one for each region with a `default`.

    `granted_by` is whose consent it is; `interests_of` whose legitimate interests; `assessment`
    where the balancing test lies. `compatible_with` are purposes whose data may be asked for this
    one too (GDPR 6(4)).
    """

    use: str | tuple[str, ...] | None = None
    basis: Basis | dict[Region, Basis] | None = None
    by_category: dict[CategoryName, Basis] = {}
    assessment: str | None = None
    interests_of: Literal["organisation", "third_party"] = "organisation"
    granted_by: Literal["person", "guardian", "admin", "manager", "employer"] = "person"
    subjects: tuple[SubjectName, ...] = ()
    under: PurposeName | None = None
    compatible_with: tuple[PurposeName, ...] = ()
    statute: str | None = None
    says: str | None = None


class Reduction(Said, frozen=True):
    """What is taken from a value before anything is stored.

    `strip_query` drops what follows the `?` of an address, except `keep`; `truncate` keeps so many
    characters, or of an IP address so many bits; `round` goes to a multiple of itself; `bucket`
    keeps only between which of the edges a number lies; `keyed_hash` leaves a pseudonym that only
    this project can make.
    """

    drop: bool = False
    country: bool = False
    keyed_hash: bool = False
    strip_query: bool = False
    keep: tuple[str, ...] = ()
    truncate: int | None = None
    round: float | None = None
    bucket: tuple[float, ...] = ()


class Property(Said, frozen=True):
    """A property of events or of people. `reduce` acts before anything is stored; `source` is where
    it comes from when the person did not give it (art. 14(2)(f)); `optional`, that its absence
    blocks nothing."""

    category: CategoryName | None = None
    purposes: tuple[PurposeName, ...] = ()
    reduce: Literal["drop", "country", "keyed_hash"] | Reduction | None = None
    source: SourceName | None = None
    optional: bool = False
    says: str | None = None


class Happening(Said, frozen=True):
    """An event: for which purposes it is collected, and the properties that may come with it."""

    category: CategoryName | None = None
    purposes: tuple[PurposeName, ...] = ()
    properties: tuple[PropertyName, ...] = ()
    says: str | None = None


class Undeclared(Said, frozen=True):
    """What becomes of events and properties that the policy does not name: taken in as category
    `as`, or kept out: quarantined, where an event waits for somebody to decide, or refused.
    `scan` says what is looked for in values: secrets are taken out, the others sealed."""

    events: Literal["accept", "quarantine", "refuse"] = "quarantine"
    properties: Literal["accept", "quarantine", "refuse"] = "quarantine"
    as_: CategoryName | None = msgspec.field(default=None, name="as")
    scan: tuple[Literal["card_number", "password", "token", "email", "phone"], ...] = (
        "card_number",
        "password",
        "token",
    )


class Retention(Said, frozen=True):
    """How long a category is kept: a duration from collection or `after` an event; or a `law`."""

    keep: Duration | None = None
    after: str | None = None
    law: str | None = None
    by_purpose: dict[PurposeName, Duration] = {}


class Cookie(Said, frozen=True):
    """Something kept in the browser."""

    name: str | None = None
    purpose: PurposeName | None = None
    keep: Duration | None = None
    party: Literal["first", "third"] = "first"
    essential: bool = False
    says: str | None = None


class Published(Said, frozen=True):
    """What a text that is already public says of the signals."""

    dnt: Honour | None = None
    gpc: Honour | None = None


class Signals(Said, frozen=True):
    """What is done when a browser says “do not”: Global Privacy Control, and Do Not Track."""

    gpc: Honour | None = None
    dnt: Honour | None = None
    published: Published | None = None


class Consent(Said, frozen=True):
    """How consent is asked for. Only an act of the person is consent; going on is none."""

    by: Literal["act", "continued_use", "pre_ticked"] = "act"
    refuse: Literal["as_easy", "harder"] = "as_easy"
    renew: Duration | None = None


class Age(Said, frozen=True):
    """From which age people consent themselves, by country with a `default`; what becomes of the
    younger, and of one who is found among the stored."""

    consent_from: dict[Region, int] = {}
    below: Literal["refuse", "guardian"] = "refuse"
    found: Literal["erase"] = "erase"


When = Literal["never", "no_consent", "always"]


class Cookieless(Said, frozen=True):
    """Counting without anything in the browser: when, what, and how long a salt lives."""

    when: When = "never"
    count: Literal["visits"] = "visits"
    salt: Literal["daily"] = "daily"


class Subprocessor(Said, frozen=True):
    """Whom a recipient passes data on to."""

    name: str | None = None
    country: Country | None = None


class Recipient(Said, frozen=True):
    """Somebody who is given data. `connector` is the vendor when Sojourn itself talks to them;
    `vendor` names one whose terms are known, when it does not. `fields` are the properties that may
    leave; without them, those of the categories, except network data."""

    connector: str | None = None
    vendor: str | None = None
    name: str | None = None
    country: Country | None = None
    role: Literal["processor", "controller", "affiliate"] = "processor"
    categories: tuple[CategoryName, ...] = ()
    purposes: tuple[PurposeName, ...] = ()
    subjects: tuple[SubjectName, ...] = ()
    fields: tuple[PropertyName, ...] = ()
    pseudonymous: bool = False
    transfer: Transfer | None = None
    agreement: Agreement | None = None
    subprocessors: tuple[Subprocessor, ...] = ()
    liable: str | None = None
    contact: str | None = None
    webhook: str | None = None
    until: Date | None = None
    says: str | None = None


class Origin(Said, frozen=True):
    """Where data come from other than the person: what it `gives`, and within what time people are
    told of it (GDPR 14(3))."""

    name: str | None = None
    vendor: str | None = None
    gives: tuple[PropertyName, ...] = ()
    notice_within: Duration | None = None


class Rights(Said, frozen=True):
    """How requests are answered, and within what time.

    Marketing stops at once here (`stop_marketing_here`), and within `stop_marketing_within` at the
    recipients: two clocks.
    """

    channel: str | None = None
    offers: tuple[
        Literal["access", "rectify", "erase", "restrict", "port", "object", "withdraw"], ...
    ] = ("access", "rectify", "erase", "restrict", "port", "object", "withdraw")
    answer_within: Duration | None = None
    stop_marketing_here: Literal["at_once"] | None = None
    stop_marketing_within: Duration | None = None
    answer_complaint_within: Duration | None = None
    complaint_to: str | None = None
    verify: Literal["email", "sign_in", "manual"] | None = None


class Exemption(Said, frozen=True):
    """A reason to keep what was asked to be erased (GDPR 17(3)): its scope, and its end."""

    article: str | None = None
    categories: tuple[CategoryName, ...] = ()
    until: Date | None = None
    says: str | None = None


class Aggregates(Said, frozen=True):
    """From how many people on numbers about them may be given away, and to whom."""

    minimum: int | None = None
    shared: bool = False


class Backups(Said, frozen=True):
    """How old a backup may get."""

    keep: Duration | None = None


class Identity(Said, frozen=True):
    """Joining what several identifiers did to one person is itself a use of data."""

    purpose: PurposeName | None = None


class Changes(Said, frozen=True):
    """How long before a change that matters people are told of it."""

    notice: Duration | None = None


class Policy(Said, frozen=True):
    """The whole of `policy.yaml`. `region` is where people are taken to be when nothing says it;
    without it, what is strictest anywhere holds for them. A `draft` may still lack what a public
    text needs (who answers for it, how to reach them); until then nothing of it is made public,
    and nothing is taken out by itself when its time has come."""

    sojourn: int | None = None
    version: str | None = None
    draft: bool = False
    organisation: Organisation = Organisation()
    role: Literal["controller", "processor"] | None = None
    controllers: dict[str, Controller] = {}
    region: Region | None = None
    subjects: tuple[str, ...] = ()
    categories: dict[str, Category] = {}
    purposes: dict[str, Purpose] = {}
    sources: dict[str, Origin] = {}
    properties: dict[str, Property] = {}
    events: dict[str, Happening] = {}
    undeclared: Undeclared = Undeclared()
    identity: Identity = Identity()
    retention: dict[CategoryName, Retention] = {}
    consent: Consent | None = None
    cookies: tuple[Cookie, ...] = ()
    signals: Signals | None = None
    age: Age | None = None
    cookieless: Cookieless = Cookieless()
    recipients: dict[str, Recipient] = {}
    aggregates: Aggregates | None = None
    rights: Rights = Rights()
    exceptions: tuple[Exemption, ...] = ()
    backups: Backups = Backups()
    copies: dict[str, Duration] = {}
    measures: dict[str, str] = {}
    opt_outs: dict[Region, tuple[str, ...]] = {}
    changes: Changes = Changes()


def schema() -> dict[str, Any]:
    """The JSON schema of a policy, for editors."""
    described = msgspec.json.schema(Policy, schema_hook=lambda word: SCHEMA[word])
    for part in described["$defs"].values():
        # What an editor shows beside a key flows in its window, not in our lines.
        paragraphs = part["description"].split("\n\n")
        part["description"] = "\n\n".join(" ".join(one.split()) for one in paragraphs)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **described}
