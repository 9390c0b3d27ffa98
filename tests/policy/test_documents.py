"""The documents: each statement that the law asks for is there, made by the line that it names."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape
from html.parser import HTMLParser

import pytest
import yaml

from sojourn.errors import NotFound, SojournError
from sojourn.policy import draft, show
from sojourn.policy.compile import compile as compile_policy
from sojourn.policy.documents.processing_record import COLUMNS
from sojourn.policy.facts import countries, plain, regions
from sojourn.policy.facts.fideslang import CATEGORIES, USES
from sojourn.policy.meaning import subjects_of
from sojourn.policy.sections.sharing import fields_of
from sojourn.policy.wording import dated, lasting, listed, of_them
from sojourn.policy.words import Date, Duration
from tests.policy.checking import GOOD, TODAY, changed
from tests.policy.expected import EXAMPLES, SEEDS
from tests.ruled import rules

PAGES = [name for name, one in show.DOCUMENTS.items() if "html" in one.formats]
VOID = {"br", "meta"}
HOSTILE = "</style><script>alert(1)</script><img src=x onerror=alert(1)>\"'&"


def corrected(seed: str) -> str:
    """The text of an example that runs."""
    return (EXAMPLES / seed / "as-corrected.yaml").read_text()


def shown(text: str, document: str = "notice", format: str = "") -> str:
    """A document as of today."""
    return show.shown(text, document, format, TODAY)


def words(page: str) -> str:
    """What a page says, without its marks and its style."""
    body = re.sub(r"<style>.*?</style>", "", page, flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


class Outline(HTMLParser):
    """Reads a page strictly: what is opened is closed, in order; gathers tags and links."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        assert not any(name.startswith("on") for name in given), given
        self.links += [given["href"] or ""] if "href" in given else []
        self.ids |= {given["id"] or ""} if "id" in given else set()
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def outline(page: str) -> Outline:
    """The outline of a page."""
    read = Outline()
    read.feed(page)
    assert read.open == []
    return read


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_stands_alone_and_its_links_lead_to_lines_that_say_something(
    seed: str, name: str
) -> None:
    text = corrected(seed)
    page = shown(text, name)
    read = outline(page)
    assert page.startswith('<!doctype html>\n<html lang="en">')
    assert not {"script", "link", "img", "iframe", "form"} & set(read.tags)
    assert next(tag for tag in read.tags if tag in ("h1", "h2", "h3")) == "h1"
    lines = text.splitlines()
    for link in read.links:
        if link.startswith("policy#L"):
            told = lines[int(link.removeprefix("policy#L")) - 1]
            assert told.strip(), link
            assert not told.strip().startswith("#"), link
        elif link.startswith("#"):
            assert link[1:] in read.ids


@pytest.mark.clause("S1-19", "S1-35", "S1-38")
@pytest.mark.parametrize("seed", SEEDS)
def test_the_notice_says_all_that_article_13_asks_for(seed: str) -> None:
    text = corrected(seed)
    policy = compile_policy(text, TODAY).policy
    page = shown(text)
    told = words(page)
    own = policy.organisation
    for said in (own.name, own.address, own.privacy_contact, own.authority):
        assert said is not None
        assert said in told
    for contact in (own.data_protection_officer, own.representative):
        assert contact is None or contact in told
    anchors = outline(page).ids
    assert {"who", "data", "reasons", "origins", "sharing", "transfers", "durations", "rights",
            "cookies", "signals", "age", "complaints", "changes"} <= anchors  # fmt: skip
    for recipient in policy.recipients.values():
        assert recipient.until or f" {recipient.name} " in told
    for one in policy.retention.values():
        assert one.keep is None or lasting(one.keep) in told
    assert f"Write to {policy.rights.channel} with" in told
    assert "within one month" in told
    assert "Decisions by a machine" in told
    assert "Take back consent" in told
    assert "complain to" in told
    for cookie in policy.cookies:
        assert f" {cookie.name} " in told
    for origin in policy.sources.values():
        assert f" {origin.name} " in told


@pytest.mark.clause("S1-07")
def test_what_one_need_not_give_is_told_and_has_its_purpose_all_the_same() -> None:
    assert "You need not give your name: nothing depends on it." in words(shown(GOOD))
    own = rules(GOOD)
    assert own.properties["name"].purposes == own.bits["service"]


def test_each_basis_is_told_by_region() -> None:
    text = corrected("woopra")
    told = words(shown(text))
    number = text.splitlines().index(
        "    basis: {EEA: consent, GB: consent, CH: consent, default: legitimate_interests}"
    )
    assert f"Your consent in the European Economic Area policy, line {number + 1}" in told
    assert "Your consent in the United Kingdom" in told
    assert "Legitimate interests everywhere else" in told
    assert "Weighed in LIA-2" in told


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("privacy@popwork.example", "privacy_contact: privacy@popwork.example"),
        ("six months from collection", "network: {keep: 6 months}"),
        ("Backups are at most 30 days old; then they are gone, too.", "backups: {keep: 30 days}"),
        ("13 months (one year and one month) from collection", "logs: {keep: 13 months}"),
        ("Staff mend one account when its holder asks", "use: essential.service.upgrades"),
        ("You are asked again after six months.", "consent: {by: act"),
        ("CNIL, or to the data protection authority where you live or work", "authority: CNIL"),
    ],
)
def test_a_statement_links_to_the_line_that_made_it(said: str, line: str) -> None:
    text = corrected("popwork")
    told = words(shown(text))
    found = re.search(re.escape(said) + r".{0,50}? policy, line (\d+)", told)
    assert found, said
    assert line in text.splitlines()[int(found[1]) - 1]


@pytest.mark.clause("S1-30")
def test_rights_follow_the_matrix_of_bases() -> None:
    told = words(shown(GOOD))
    rights = told[told.index("Which right holds depends") :]
    assert "Your consent A contract with you A legal obligation Legitimate interests" in rights
    port = rights[rights.index("Take them along") : rights.index("Object GDPR")]
    assert port.endswith("yes yes no no ")
    erase = rights[rights.index("Have them erased") : rights.index("Put them on hold")]
    assert "yes when no longer needed no: the law has us keep them once you object" in erase


@pytest.mark.parametrize("name", PAGES)
def test_hostile_text_stays_text(name: str) -> None:
    text = GOOD
    quoted = f"'{HOSTILE.replace(chr(39), chr(39) * 2)}'"
    for old in ("Example SAS", "Twilio SendGrid", "Encrypted at rest under a key for each person",
                "LIA-1", "Invoices are kept", "sojourn_id", "Partner SARL"):  # fmt: skip
        text = text.replace(old, quoted)
    text = text.replace(
        "https://www.youronlinechoices.eu", "'javascript:alert(1)', 'https://x\"onclick=\"y'"
    )
    page = shown(text, name)
    read = outline(page)
    assert not {"script", "img"} & set(read.tags)
    assert page.count("</style>") == 1
    assert not any(link.startswith("javascript") for link in read.links)
    if name in ("notice", "recipients"):
        assert "alert(1)" in words(page)


@pytest.mark.parametrize("section", list(yaml.load(GOOD, yaml.BaseLoader)))
def test_every_document_can_be_made_of_a_policy_that_does_not_say_a_thing(section: str) -> None:
    data = yaml.load(GOOD, yaml.BaseLoader)
    del data[section]
    compiled = compile_policy(yaml.safe_dump(data, sort_keys=False), TODAY)
    for document in show.DOCUMENTS.values():
        for format, render in document.formats.items():
            made = render(compiled, TODAY)
            if format == "html":
                outline(made)


def test_a_draft_says_so_and_a_policy_that_is_none_does_not() -> None:
    text = changed("sojourn: 1\n", "sojourn: 1\ndraft: true\n")
    assert "This is a draft: only members see it. policy, line 2" in words(shown(text))
    assert "draft" not in words(shown(GOOD))


@pytest.mark.clause("S1-02")
def test_a_processor_says_for_whom_it_works() -> None:
    text = changed(
        "role: controller\n\nsubjects",
        "role: processor\ncontrollers: {shop: {name: The Shop, contact: dpo@shop.example,"
        " agreement: {signed: 2026-01-10}}}\n\nsubjects",
    )
    told = words(shown(text))
    assert "A request about your data goes to them" in told
    assert "The Shop dpo@shop.example" in told
    record = json.loads(shown(text, "record", "json"))
    assert record["article"] == "30(2)"
    rows = list(csv.DictReader(io.StringIO(shown(text, "record", "csv"))))
    assert {row["controller"] for row in rows} == {"The Shop"}
    linked = json.loads(shown(text, "record", "jsonld"))
    assert linked["dpv:hasDataController"][0]["dpv:hasName"] == "The Shop"


@pytest.mark.clause("S1-06", "S1-08")
def test_what_is_done_with_what_is_looked_for_is_told_kind_by_kind() -> None:
    secrets = "there is a card number, a password or an access token are refused"
    emails = "there is an e-mail address are kept sealed: encrypted"
    phones = "whole value is a telephone number in international form"
    accepting = changed("properties: quarantine", "properties: accept")
    told = words(shown(accepting))
    assert all(said in told for said in (secrets, emails, phones))
    assert "taken out" not in told
    # These are looked for in every value; telephone numbers only where the policy has it so, in
    # what it does not name.
    for text in (GOOD, accepting.replace(", email, phone]", "]")):
        told = words(shown(text))
        assert secrets in told
        assert emails in told
        assert phones not in told


def test_who_is_reached_by_letter_goes_out_with_an_address() -> None:
    said = "  representative: 2 rue Exemple, Paris\n"
    text = changed("  authority: CNIL\n", f"  authority: CNIL\n{said}")
    own = yaml.safe_load(shown(text, "fides"))["organization"][0]
    assert own["representative"] == {"address": "2 rue Exemple, Paris"}
    assert own["data_protection_officer"] == {"email": "dpo@example.com"}
    assert said in draft.draft(shown(text, "fides"))


def test_former_recipients_stand_apart() -> None:
    told = words(shown(corrected("popwork"), "recipients"))
    assert told.index("Pipedrive") < told.index("Who received data before") < told.index("June")
    assert "30 June 2025" in told
    assert "June" not in words(shown(corrected("popwork")))


@pytest.mark.clause("S1-23")
def test_what_a_recipient_is_told_to_get_is_what_the_send_gate_lets_out() -> None:
    text = GOOD.replace("    webhook: https://entrepot.example/events\n", "")
    text = text.replace("    agreement:", "    webhook: https://x.example/events\n    agreement:")
    policy = compile_policy(text, TODAY).policy
    for name, rule in rules(text).recipients.items():
        assert policy.recipients[name].webhook
        assert fields_of(policy, policy.recipients[name]) == tuple(rule.fields)


def test_a_recipient_is_given_the_fields_that_may_leave() -> None:
    told = words(shown(GOOD, "recipients"))
    assert "In detail email and name policy" in told
    assert "In detail URL and total, under a pseudonym that only we can resolve policy" in told
    assert "Hébergeur SA (France)" in told


# The record of processing


def test_the_record_opens_as_a_table_and_no_cell_is_a_formula() -> None:
    text = changed("Example SAS", "\"=HYPERLINK('x')\"")
    rows = list(csv.reader(io.StringIO(shown(text, "record", "csv"))))
    assert tuple(rows[0]) == COLUMNS
    assert [row[4] for row in rows[1:]] == list(compile_policy(text, TODAY).policy.purposes)
    assert {len(row) for row in rows} == {len(COLUMNS)}
    assert rows[1][0] == "'=HYPERLINK('x')"
    lines = text.splitlines()
    assert all(row[4] in lines[int(row[-1]) - 1] for row in rows[1:])


@pytest.mark.parametrize("seed", SEEDS)
def test_the_record_is_whole_in_every_format(seed: str) -> None:
    text = corrected(seed)
    purposes = list(compile_policy(text, TODAY).policy.purposes)
    record = json.loads(shown(text, "record", "json"))
    assert [one["purpose"] for one in record["activities"]] == purposes
    for one in record["activities"]:
        assert one["legal_basis"]
        assert one["subjects"]
        assert all(given["safeguard"] for given in one["recipients"] if given["third_country"])
    told = words(shown(text, "record"))
    assert all(one["does"] in told for one in record["activities"])


@pytest.mark.parametrize("format", ["html", "csv", "json", "jsonld"])
@pytest.mark.parametrize("role", ["controller", "processor"])
def test_the_record_speaks_of_people_and_not_to_them(role: str, format: str) -> None:
    text = changed("role: controller\n", f"role: {role}\n")
    made = shown(text, "record", format)
    # The foot of a page leads to those that speak to people, by their names.
    told = words(made.split("<footer>")[0]) if format == "html" else made
    assert not re.search(r"\b(you|your|yours)\b", told, re.IGNORECASE)
    if format in ("html", "csv"):
        assert "A contract with them" in told
        assert "Their consent" in told
    if format == "html":
        assert "their name and their e-mail address" in told
    assert "to give them the service" in told


@pytest.mark.parametrize(
    ("told", "of_others"),
    [
        (plain.CATEGORIES["user.authorization"], "what lets them in"),
        (plain.CATEGORIES["user.contact.organization"], "the organisation they belong to"),
        (plain.CATEGORIES["user.government_id"], "numbers that a state gave them"),
        (plain.USES["essential.service.operations.support"], "to help them when they ask"),
        (plain.USES["personalize.content.limited"], "to show content that fits what they do now"),
        (plain.BASES["contract"][0], "A contract with them"),
    ],
)
def test_what_is_told_to_people_is_told_of_them(told: str, of_others: str) -> None:
    assert of_them(told) == of_others


def test_what_is_left_of_a_value_is_told_as_people_read_it() -> None:
    url = "{strip_query: true, keep: [utm_source]}"
    for reduce, old, said in (
        (
            "{truncate: 24}",
            "reduce: country",
            "IP : only the beginning is kept: of 203.0.113.7, for instance, 203.0.113.0",
        ),
        (
            "{truncate: 48}",
            "reduce: country",
            "2001:db8:85a3:8d3:1319:8a2e:370:7348, for instance, 2001:db8:85a3::",
        ),
        ("{truncate: 24}", f"reduce: {url}", "URL : only the first 24 characters are kept"),
    ):
        told = words(shown(changed(old, f"reduce: {reduce}")))
        assert said in told.replace("IP:", "IP :").replace("URL:", "URL :"), told


def test_an_age_that_holds_everywhere_is_told_once() -> None:
    told = words(shown(GOOD))
    assert "You consent yourself from 16 years of age on." in told
    assert "France 15 years" in told
    assert "Belgium 13 years" in told
    assert "Germany 16 years" not in told


def test_linked_data_has_a_context_for_each_of_its_prefixes() -> None:
    linked = json.loads(shown(corrected("popwork"), "record", "jsonld"))
    assert linked["@context"]["dpv"] == "https://w3id.org/dpv#"
    for key in _keys(linked):
        assert key.startswith("@") or key.split(":")[0] in linked["@context"], key
    statistics = next(one for one in linked["dpv:hasProcess"] if one["@id"].endswith("statistics"))
    assert statistics["dpv:hasLegalBasis"] == [{"@id": "eu-gdpr:A6-1-a"}]
    segment = next(
        one for one in statistics["dpv:hasRecipient"] if one["dpv:hasName"] == "Twilio Segment"
    )
    assert segment["dpv:hasLegalBasis"] == {"@id": "eu-gdpr:A46-2-c"}


def _keys(node: object) -> set[str]:
    if isinstance(node, list):
        return set().union(*map(_keys, node), set())
    if isinstance(node, dict):
        inner = [_keys(value) for key, value in node.items() if key != "@context"]
        return set(node).union(*inner)
    return set()


# What machines read


@pytest.mark.clause("S1-24")
def test_the_gpc_file_is_true_only_where_the_policy_honours_the_signal() -> None:
    assert json.loads(shown(GOOD, "gpc")) == {"gpc": True, "lastUpdate": "2026-11-01"}
    ignoring = changed("signals: {gpc: honour,", "signals: {gpc: ignore,")
    assert json.loads(shown(ignoring, "gpc"))["gpc"] is False
    silent = changed("signals: {gpc: honour,", "signals: {")
    assert json.loads(shown(silent, "gpc"))["gpc"] is False
    unnumbered = changed('version: "2026-11-01"\n', "version: autumn\n")
    assert json.loads(shown(unnumbered, "gpc"))["lastUpdate"] == TODAY.isoformat()


@pytest.mark.parametrize("text", [corrected("popwork"), corrected("woopra"), GOOD])
def test_a_manifest_goes_out_and_comes_back_the_same(text: str) -> None:
    before = compile_policy(text, TODAY).policy
    written = draft.draft(shown(text, "fides"))
    compiled = compile_policy(written, TODAY)
    after = compiled.policy
    assert [one for one in compiled.findings if one.code < "P1"] == []
    assert after.draft
    for name in ("name", "address", "privacy_contact", "data_protection_officer"):
        assert getattr(after.organisation, name) == getattr(before.organisation, name)
    _same(before.categories, after.categories, "means identifying purposes subjects")
    _same(before.purposes, after.purposes, "use basis assessment")
    for name in before.purposes:
        assert set(subjects_of(after, name)) == set(subjects_of(before, name)), name
    _same(before.properties, after.properties, "category")
    _same(before.retention, after.retention, "keep after law")
    fields = "name country role categories purposes fields pseudonymous transfer agreement until"
    _same(before.recipients, after.recipients, fields)
    assert shown(written, "fides").split("system:")[1].count("data_use") == shown(
        text, "fides"
    ).split("system:")[1].count("data_use")


def _same(before: dict, after: dict, fields: str) -> None:  # type: ignore[type-arg]
    assert set(before) == set(after)
    for name, one in before.items():
        for field in fields.split():
            assert getattr(one, field) == getattr(after[name], field), (name, field)


def test_a_manifest_of_somebody_else_becomes_a_draft() -> None:
    manifest = {
        "system": [
            {
                "fides_key": "shop",
                "system_type": "Service",
                "egress": [{"fides_key": "mailer", "type": "system"}],
                "privacy_declarations": [
                    {
                        "name": "Send news",
                        "data_categories": ["user.contact.email"],
                        "data_use": "marketing.communications.email",
                        "data_subjects": ["customer"],
                        "legal_basis_for_processing": "Consent",
                        "egress": ["mailer"],
                    }
                ],
            },
            {
                "fides_key": "mailer",
                "name": "Mailer Inc.",
                "system_type": "Third-Party",
                "legal_basis_for_transfers": ["SCCs"],
                "privacy_declarations": [],
            },
        ]
    }
    policy = compile_policy(draft.draft(yaml.safe_dump(manifest)), TODAY).policy
    assert policy.categories["contact_email"].identifying
    assert policy.categories["contact_email"].purposes == ("Send news",)
    assert policy.purposes["Send news"].basis == "consent"
    mailer = policy.recipients["mailer"]
    assert (mailer.name, mailer.categories, mailer.purposes) == (
        "Mailer Inc.", ("contact_email",), ("Send news",),
    )  # fmt: skip
    assert mailer.transfer is not None
    assert mailer.transfer.mechanism == "scc_2021_914"


@pytest.mark.parametrize(
    "text", ["", "[]", "system: 3", "system: [{fides_key: 1}]", "a: &a [*a]", "{", "system: []"]
)
def test_what_is_no_manifest_is_refused(text: str) -> None:
    with pytest.raises(SojournError):
        draft.draft(text)


def test_klaro_asks_for_each_purpose_that_needs_consent_and_refusing_is_in_sight() -> None:
    config = json.loads(shown(GOOD, "klaro"))
    services = {one["name"]: one for one in config["services"]}
    assert set(services) == {"analytics", "newsletter", "openings"}
    assert services["analytics"]["cookies"] == ["sojourn_id"]
    assert not any(one["default"] or one["required"] for one in services.values())
    assert config["hideDeclineAll"] is False
    assert config["default"] is False
    assert config["cookieExpiresAfterDays"] == Duration("6 months").longest.days


def test_consent_mode_denies_what_asks_first_where_it_asks() -> None:
    *regional, default = json.loads(shown(GOOD, "consent-mode"))
    by_region = {one["region"][0]: one for one in regional}
    assert set(by_region) == {"AT", "GB"}
    assert len(by_region["AT"]["region"]) == len(regions.EEA)
    # Analytics is lawful elsewhere, but opening mail is watched with consent only.
    assert by_region["GB"]["analytics_storage"] == "denied"
    assert default["analytics_storage"] == "denied"
    wider = changed("use: analytics.reporting.campaign_insights", "use: essential.service.security")
    assert json.loads(shown(wider, "consent-mode"))[-1]["analytics_storage"] == "granted"
    assert default["ad_storage"] == "denied"
    assert default["security_storage"] == "granted"


# Words


def test_there_are_plain_words_for_every_key_and_country() -> None:
    assert set(plain.CATEGORIES) == CATEGORIES
    assert set(plain.USES) == USES
    assert all(regions.is_country(code) for code in countries.NAMES)
    assert len(countries.NAMES) == 249
    assert countries.in_a_sentence("US") == "the United States"


@pytest.mark.parametrize(
    ("duration", "told"),
    [
        ("1 month", "one month"),
        ("30 days", "30 days"),
        ("10 business days", "ten business days"),
        ("25 months", "25 months (two years and one month)"),
        ("24 months", "24 months (two years)"),
    ],
)
def test_durations_are_spelled(duration: str, told: str) -> None:
    assert lasting(Duration(duration)) == told


def test_lists_and_days_are_spelled() -> None:
    assert listed([]) == "nothing"
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert dated(Date("2026-01-09")) == "9 January 2026"


def test_an_unknown_document_or_format_is_refused() -> None:
    with pytest.raises(NotFound, match="no document"):
        shown(GOOD, "poem")
    with pytest.raises(NotFound, match="no format"):
        shown(GOOD, "notice", "csv")
