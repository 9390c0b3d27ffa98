"""Differences: what widens, what is material and widens nothing, and what is neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.policy import versions
from sojourn.policy.change import Change
from sojourn.policy.compile import compile as compile_policy
from sojourn.policy.difference import asks_again, differences
from sojourn.policy.model import Policy, Reduction, Retention
from sojourn.policy.stricter import is_freer, is_kept_longer, leaves_more
from sojourn.policy.words import Duration
from tests.policy.checking import GOOD, TODAY, changed


def policy(text: str) -> Policy:
    """A policy, whatever there is to say about it."""
    return compile_policy(text, TODAY).policy


def between(old: str, new: str) -> tuple[Change, ...]:
    """The changes from the good policy with `old` in it to the one with `new` instead."""
    return differences(policy(GOOD), policy(changed(old, new)))


WIDENING = [
    # A new category, purpose or recipient.
    (
        "  billing:\n    means",
        "  chat: {means: [user.content]}\n  billing:\n    means",
        "categories.chat",
    ),
    (
        "  openings: {use",
        "  ads: {use: marketing.advertising, basis: consent}\n  openings: {use",
        "purposes.ads",
    ),
    (
        "  warehouse:\n",
        "  mirror: {categories: [logs], country: US}\n  warehouse:\n",
        "recipients.mirror",
    ),
    ("  partner: {", "  crm: {gives: [name]}\n  partner: {", "sources.crm"),
    (
        "subjects: [visitor, person]\n\ncategories",
        "subjects: [visitor, person, employee]\n\ncategories",
        "subjects",
    ),
    # Wider use.
    (
        "[service, analytics, openings]",
        "[service, analytics, openings, security]",
        "categories.logs.purposes",
    ),
    (
        "email: {category: identification, purposes: [service, newsletter]}",
        "email: {category: identification, purposes: [service, newsletter, security]}",
        "properties.email.purposes",
    ),
    (
        "Page Viewed: {category: logs, purposes: [analytics]",
        "Page Viewed: {category: logs, purposes: [analytics, service]",
        "events.Page Viewed.purposes",
    ),
    (
        "means: [user.name, user.contact.email]",
        "means: [user.name, user.contact]",
        "categories.identification.means",
    ),
    (
        "    identifying: true\n    purposes: [invoices]",
        "    purposes: [invoices]",
        "categories.billing.identifying",
    ),
    ("use: essential.service.security\n", "use: analytics.reporting\n", "purposes.security.use"),
    (
        "basis: contract, subjects",
        "basis: contract, compatible_with: [openings], subjects",
        "purposes.service.compatible_with",
    ),
    (
        "assessment: LIA-1\n",
        "assessment: LIA-1\n    interests_of: third_party\n",
        "purposes.security.interests_of",
    ),
    ("total: {category: logs", "total: {category: network", "properties.total.category"),
    ("gives: [company]", "gives: [company, name]", "sources.partner.gives"),
    (
        "  name: {category: identification, purposes: [service], optional: true}",
        "  name: {category: identification, purposes: [service], source: partner}",
        "properties.name.source",
    ),
    ("identity: {purpose: service}", "identity: {}", "identity.purpose"),
    # Less say.
    (
        "marketing.communications.email, basis: consent",
        "marketing.communications.email, basis: legitimate_interests",
        "purposes.newsletter.basis",
    ),
    ("{EEA: consent, GB: consent,", "{EEA: consent,", "purposes.analytics.basis"),
    (
        "basis: consent, under: newsletter}",
        "basis: consent, by_category: {logs: contract}, under: newsletter}",
        "purposes.openings.by_category.logs",
    ),
    ("renew: 6 months", "renew: 1 year", "consent.renew"),
    ("{by: act, refuse", "{by: continued_use, refuse", "consent"),
    ("signals: {gpc: honour", "signals: {gpc: ignore", "signals.gpc"),
    ("signals: {gpc: honour, dnt: honour, p", "signals: {gpc: honour, p", "signals.dnt"),
    ("{default: 16, FR: 15", "{default: 13, FR: 15", "age.consent_from"),
    ("FR: 15", "FR: 14", "age.consent_from"),
    ("below: refuse", "below: guardian", "age.below"),
    # Less is taken from a value, or kept out.
    (", reduce: country}", "}", "properties.ip.reduce"),
    ("keep: [utm_source]", "keep: [utm_source, q]", "properties.url.reduce"),
    ("reduce: {round: 0.5}", "reduce: {round: 0.1}", "properties.total.reduce"),
    ("properties: quarantine", "properties: accept", "undeclared.properties"),
    ("  as: logs", "  as: network", "undeclared.as"),
    ("token, email, phone]", "token, email]", "undeclared.scan"),
    (
        "  Order Completed: {category: logs, purposes: [service, analytics], "
        "properties: [total]}\n",
        "",
        "events.Order Completed",
    ),
    # Kept longer.
    ("logs: {keep: 25 months,", "logs: {keep: 26 months,", "retention.logs"),
    ("network: {keep: 6 months}", "network: {law: Some act}", "retention.network"),
    (
        "network: {keep: 6 months}",
        "network: {keep: 6 months, after: account_closed}",
        "retention.network",
    ),
    ("{openings: 6 months}", "{openings: 7 months}", "retention.logs.by_purpose.openings"),
    (", by_purpose: {openings: 6 months}", "", "retention.logs.by_purpose.openings"),
    ("backups: {keep: 30 days}", "backups: {keep: 31 days}", "backups.keep"),
    ("exports: 30 days", "exports: 31 days", "copies.exports"),
    ("categories: [billing], until", "categories: [billing, logs], until", "exceptions.0"),
    ('until: "2036-11-01"', 'until: "2037-11-01"', "exceptions.0"),
    # In the browser.
    ("keep: 13 months, party", "keep: 14 months, party", "cookies.0.keep"),
    ("party: first}", "party: third}", "cookies.0.party"),
    (
        "name: sojourn_id, purpose: analytics",
        "name: sojourn_id, purpose: service",
        "cookies.0.purpose",
    ),
    ("name: sojourn_id, purpose", "name: other_id, purpose", "cookies.0"),
    (
        "13 months, party: first}",
        "13 months, party: first, essential: true}",
        "cookies.0.essential",
    ),
    # Who gets it.
    (
        "    categories: [logs]\n",
        "    categories: [logs, network]\n",
        "recipients.warehouse.categories",
    ),
    (
        "    fields: [email, name]\n",
        "    fields: [email, name, company]\n",
        "recipients.sendgrid.fields",
    ),
    ("    fields: [email, name]\n", "", "recipients.sendgrid.fields"),
    (
        "    purposes: [analytics]\n    subjects: [visitor, person]\n    pseudonymous",
        "    purposes: [analytics, service]\n    subjects: [visitor, person]\n    pseudonymous",
        "recipients.warehouse.purposes",
    ),
    ("    pseudonymous: true\n", "", "recipients.warehouse.pseudonymous"),
    (
        "    name: Entrepôt SARL\n    country: FR\n    role: processor",
        "    name: Entrepôt SARL\n    country: FR\n    role: controller",
        "recipients.warehouse.role",
    ),
    (
        "    name: Entrepôt SARL\n    country: FR",
        "    name: Entrepôt SARL\n    country: CH",
        "recipients.warehouse.country",
    ),
    (
        "{name: Hébergeur SA, country: FR}",
        "{name: Hébergeur SA, country: US}",
        "recipients.warehouse.subprocessors",
    ),
    ("minimum: 10", "minimum: 5", "aggregates.minimum"),
    # Data of a purpose leave to the recipients of one that is part of it.
    (
        "use: essential.service, basis: contract",
        "use: essential.service, under: analytics, basis: contract",
        "purposes.service.under",
    ),
    # Somebody else, under the same key.
    ("name: Twilio SendGrid", "name: Meta Platforms", "recipients.sendgrid.name"),
    ("    name: Twilio SendGrid\n", "    name: Meta\n", "recipients.sendgrid.name"),
    ("    name: Twilio SendGrid\n", "", "recipients.sendgrid.name"),
    ("vendor: sendgrid", "vendor: meta_pixel", "recipients.sendgrid.vendor"),
    (
        "webhook: https://entrepot.example/events",
        "webhook: https://elsewhere.example/events",
        "recipients.warehouse.webhook",
    ),
    (
        "webhook: https://entrepot.example/events",
        "webhook: http://entrepot.example/events",
        "recipients.warehouse.webhook",
    ),
    # Where nobody is named, it is anybody.
    (
        "    subjects: [visitor, person]\n    pseudonymous",
        "    pseudonymous",
        "recipients.warehouse.subjects",
    ),
    (
        "assessment: LIA-1\n    subjects: [visitor, person]\n",
        "assessment: LIA-1\n",
        "purposes.security.subjects",
    ),
    (
        "    purposes: [invoices]\n    subjects: [person]\n",
        "    purposes: [invoices]\n",
        "categories.billing.subjects",
    ),
    # Sooner than promised, and with no end.
    ("changes: {notice: 30 days}", "changes: {notice: 7 days}", "changes.notice"),
    ("changes: {notice: 30 days}", "", "changes.notice"),
    ("role: controller\n\n", "role: controller\ndraft: true\n\n", "draft"),
]


@pytest.mark.clause("S1-41")
@pytest.mark.parametrize(("old", "new", "path"), WIDENING, ids=[case[2] for case in WIDENING])
def test_what_people_were_not_told_of_widens(old: str, new: str, path: str) -> None:
    found = between(old, new)
    (change,) = [one for one in found if one.path == path]
    assert (change.widens, change.material) == (True, True)
    assert "S1-41" in change.clauses
    assert change.what[0] in "“ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert change.what.endswith(".")


NOT_BACK = {
    # What is new in one direction is another new thing in the other.
    "purposes.security.use", "properties.total.category", "cookies.0.purpose", "cookies.0",
    "recipients.warehouse.country", "recipients.warehouse.subprocessors", "undeclared.as",
    "events.Order Completed", "recipients.warehouse.role", "recipients.sendgrid.name",
    "recipients.sendgrid.vendor", "recipients.warehouse.webhook",
}  # fmt: skip
NARROWING = [case for case in WIDENING if case[2] not in NOT_BACK]


@pytest.mark.parametrize(("old", "new", "path"), NARROWING, ids=[case[2] for case in NARROWING])
def test_the_way_back_narrows_and_is_told(old: str, new: str, path: str) -> None:
    found = differences(policy(changed(old, new)), policy(GOOD))
    assert found
    assert not [one for one in found if one.material]


MATERIAL = [
    ("  name: Example SAS", "  name: Another SA", "organisation.name"),
    ("role: controller\n\n", "role: processor\n\n", "role"),
    ("[access, rectify, erase, restrict, port, object, withdraw]", "[access]", "rights.offers"),
    ("answer_within: 1 month", "answer_within: 2 months", "rights.answer_within"),
    ("  stop_marketing_here: at_once\n", "", "rights.stop_marketing_here"),
    # GDPR 17(3)(b), 20(1)(a) and 21(1): a duty ends in neither erasure nor a copy to take along.
    (
        "use: essential.service, basis: contract",
        "use: essential.service, basis: legal_obligation",
        "purposes.service.basis",
    ),
    (
        "    basis: legitimate_interests\n    assessment: LIA-1\n",
        "    basis: public_task\n    assessment: LIA-1\n",
        "purposes.security.basis",
    ),
]


@pytest.mark.parametrize(("old", "new", "path"), MATERIAL, ids=[case[2] for case in MATERIAL])
def test_who_answers_and_how_is_material_and_widens_nothing(old: str, new: str, path: str) -> None:
    (change,) = [one for one in between(old, new) if one.path == path]
    assert (change.widens, change.material) == (False, True)


MINOR = [
    (
        "  address: 1 rue Exemple, Paris\n",
        "  address: 2 rue Exemple, Paris\n",
        "organisation.address",
    ),
    ("  authority: CNIL\n", "  authority: AEPD\n", "organisation.authority"),
    (
        "evidence: contracts/sendgrid-scc.pdf",
        "evidence: elsewhere.pdf",
        "recipients.sendgrid.transfer",
    ),
    ("mechanism: scc_2021_914\n", "mechanism: dpf\n", "recipients.sendgrid.transfer"),
    ('version: "2026-01"\n', 'version: "2026-02"\n', "recipients.sendgrid.agreement"),
    (
        "webhook: https://entrepot.example/events",
        "webhook: https://entrepot.example/new",
        "recipients.warehouse.webhook",
    ),
    ("name: Twilio SendGrid", "name: twilio Sendgrid", "recipients.sendgrid.name"),
    ("    webhook: https://entrepot.example/events\n", "", "recipients.warehouse.webhook"),
    # What people read in other words.
    ("basis: contract, subj", "basis: contract, says: We do it, subj", "purposes.service.says"),
    ("says: Invoices are kept", "says: We keep invoices", "exceptions.0.says"),
    ("Code de commerce L123-22\n    subj", "Another act\n    subj", "purposes.invoices.statute"),
    ("contact: privacy@sendgrid", "contact: dpo@sendgrid", "recipients.sendgrid.contact"),
    ("channel: privacy@example.com", "channel: rights@example.com", "rights.channel"),
    ("    measures: [encryption]\n  billing", "  billing", "categories.logs.measures"),
    ("opt_outs: {EEA: [https://www.youronlinechoices.eu]}\n", "", "opt_outs"),
    (
        "events:\n",
        "events:\n  Invoice Paid: {category: billing, purposes: [invoices]}\n",
        "events.Invoice Paid",
    ),
    ("properties: [url, ip]", "properties: [url]", "events.Page Viewed.properties"),
    ("properties: [url, ip]", "properties: [url, ip, total]", "events.Page Viewed.properties"),
    (
        "below: refuse}\ncookieless: {when: no_consent",
        "below: refuse}\ncookieless: {when: always",
        "cookieless.when",
    ),
]


@pytest.mark.parametrize(("old", "new", "path"), MINOR, ids=[case[2] for case in MINOR])
def test_what_touches_nothing_is_told_and_not_material(old: str, new: str, path: str) -> None:
    found = between(old, new)
    assert [(one.path, one.material, one.widens) for one in found] == [(path, False, False)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('version: "2026-11-01"', 'version: "2026-12-01"'),
        ("keep: 13 months, party: first", "party: first, keep: 13 months"),
        ("network: {keep: 6 months}", "network: {keep: 6 months}  # half a year"),
        ("also: [activity]", "also: [deeds]"),
        ("{default: 16, FR: 15, DE: 16,", "{default: 16, FR: 15,"),
        ("published: {gpc: honour, dnt: honour}", "published: {gpc: honour}"),
    ],
)
def test_what_means_the_same_is_no_change(old: str, new: str) -> None:
    assert between(old, new) == ()


@pytest.mark.parametrize(
    ("was", "becomes", "lost"),
    [
        (
            "contract",
            "legal_obligation",
            "the right to erasure and the right to take the data along",
        ),
        ("contract", "vital_interests", "the right to take the data along"),
        ("legitimate_interests", "public_task", "the right to erasure"),
        ("legal_obligation", "contract", ""),
        ("legitimate_interests", "consent", ""),
    ],
)
def test_rights_that_go_with_a_basis_are_told(was: str, becomes: str, lost: str) -> None:
    place = "use: essential.service, basis: contract"
    before, now = (place.replace("contract", basis) for basis in (was, becomes))
    old, new = policy(changed(place, before)), policy(changed(place, now))
    (change,) = differences(old, new)
    assert ("People lose" in change.what, change.material) == (bool(lost), bool(lost))
    assert f"People lose {lost}." in change.what or not lost


def test_what_flows_on_through_a_purpose_above_is_told_of_all_below() -> None:
    found = between("basis: consent, subjects: [person]}\n  openings",
                    "basis: consent, under: service, subjects: [person]}\n  openings")  # fmt: skip
    assert [(one.path, one.purposes, one.widens) for one in found] == [
        ("purposes.newsletter.under", ("newsletter", "service"), True),
        ("purposes.openings.under", ("openings", "service"), True),
    ]


def test_a_webhook_that_is_new_says_where_data_are_sent() -> None:
    without = changed("    webhook: https://entrepot.example/events\n", "")
    (change,) = differences(policy(without), policy(GOOD))
    assert change.widens
    assert "are sent to https://entrepot.example, which is new" in change.what


def test_an_event_that_was_taken_in_undeclared_may_be_named() -> None:
    named = "events:\n  Clicked: {category: logs, purposes: [analytics]}\n"
    assert [one.widens for one in between("events:\n", named)] == [False]
    wide = "events:\n  Clicked: {category: logs, purposes: [analytics, newsletter]}\n"
    found = {one.path: one.widens for one in between("events:\n", wide)}
    assert found == {"events.Clicked": True}


def test_where_nothing_is_known_another_region_widens() -> None:
    found = between("role: controller\n\n", "role: controller\nregion: US\n\n")
    assert [(one.path, one.widens) for one in found] == [("region", True)]


def test_counting_who_did_not_agree_widens_and_stopping_does_not() -> None:
    never = policy(changed("cookieless: {when: no_consent, count: visits, salt: daily}\n", ""))
    good = policy(GOOD)
    assert [one.widens for one in differences(never, good)] == [True]
    assert [one.widens for one in differences(good, never)] == [False]


def test_changes_stand_in_the_order_of_the_sections() -> None:
    found = differences(policy(versions.preset("customer-journey")), policy(GOOD))
    sections = [one.path.split(".")[0] for one in found]
    assert sections == sorted(sections, key=list(Policy.__struct_fields__).index)


@pytest.mark.clause("S1-41")
def test_consent_is_asked_again_where_what_it_was_for_changed() -> None:
    def again(old: str, new: str) -> tuple[str, ...]:
        before, now = policy(GOOD), policy(changed(old, new))
        return asks_again(before, now, differences(before, now))

    assert again("token, email, phone]", "token, email, phone]  # the same") == ()
    assert again("keep: 13 months", "keep: 14 months") == ("analytics",)
    longer = again("logs: {keep: 25 months", "logs: {keep: 26 months")
    assert longer == ("analytics", "openings")
    # Service rests on contract: nobody was asked.
    assert again("    fields: [email, name]\n", "") == ()
    # What rests on consent no more is not asked for.
    freed = "email, basis: legitimate_interests"
    assert again("communications.email, basis: consent", f"communications.{freed}") == ()
    ads = "  ads: {use: marketing.advertising, basis: consent}\n  openings: {use"
    assert again("  openings: {use", ads) == ()


BASES = [None, "consent", "legitimate_interests", "contract"]


@given(st.sampled_from(BASES), st.sampled_from(BASES))
def test_one_basis_is_freer_or_the_other(one: str | None, other: str | None) -> None:
    assert is_freer(one, other) + is_freer(other, one) == (one != other)


REDUCTIONS: list[Reduction | str | None] = [
    None, "drop", "country", "keyed_hash", Reduction(truncate=4), Reduction(truncate=8),
    Reduction(round=1.0), Reduction(round=10.0), Reduction(bucket=(1, 2)), Reduction(bucket=(1,)),
    Reduction(strip_query=True), Reduction(strip_query=True, keep=("q",)),
    Reduction(strip_query=True, truncate=4),
]  # fmt: skip


@given(*[st.sampled_from(REDUCTIONS)] * 3)
def test_reducing_more_never_leaves_more(
    one: Reduction | str | None, two: Reduction | str | None, three: Reduction | str | None
) -> None:
    assert not leaves_more(one, one)
    assert not leaves_more(None, one)
    assert not leaves_more(one, "drop")
    assert leaves_more(one, None) == (one is not None)
    if not leaves_more(one, two) and not leaves_more(two, three):
        assert not leaves_more(one, three)


KEPT = [
    Retention(keep=Duration(keep), after=after)
    for keep in ("6 months", "1 year", "25 months")
    for after in (None, "closed")
]


@given(*[st.sampled_from([*KEPT, Retention(law="Act")])] * 3)
def test_keeping_longer_goes_one_way(one: Retention, two: Retention, three: Retention) -> None:
    assert not is_kept_longer(one, one)
    if not is_kept_longer(one, two) and not is_kept_longer(two, three):
        assert not is_kept_longer(one, three)
