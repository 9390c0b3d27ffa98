"""What a purpose is, on which basis, and what it has to do with others."""

from __future__ import annotations

import pytest

from tests.policy.checking import GOOD, changed, codes, findings, found, place

SERVICE = "service: {use: essential.service, basis: contract, subjects: [person]}"
NEWS = "newsletter: {use: marketing.communications.email, basis: consent,"
BY_REGION = "{EEA: consent, GB: consent, default: legitimate_interests}"


@pytest.mark.clause("S1-14", "S1-15", "S2-02", "S2-06", "S2-11", "S2-18")
@pytest.mark.parametrize(
    ("code", "old", "new", "at"),
    [
        ("P201", "basis: contract, ", "", "service: {use"),
        ("P201", "basis: contract, ", "basis: {}, ", "basis: {}"),
        ("P202", ", default: legitimate_interests}", "}", "basis: {EEA"),
        ("P203", "GB: consent,", "UK: consent,", "UK:"),
        ("P204", "    assessment: LIA-2\n", "", "basis: {EEA"),
        ("P204", "    assessment: LIA-1\n", "", "basis: legitimate_interests\n"),
        ("P205", "LIA-1\n", "LIA-1\n    interests_of: third_party\n", "interests_of"),
        ("P210", "{use: essential.service, ", "{", "service: {basis"),
        ("P210", "use: essential.service,", "use: essential,", "essential,"),
        ("P210", "use: essential.service,", "use: collect,", "collect,"),
        ("P211", "use: essential.service,", "use: essential.services,", "essential.services,"),
        ("P212", "use: essential.service,", "use: [essential.service, sales],", "use: [ess"),
        (
            "P215",
            NEWS,
            NEWS.replace("consent", "contract"),
            "basis: contract, subjects: [person]}\n  openings",
        ),
        ("P217", "    statute: Code de commerce L123-22\n", "", "basis: legal_obligation\n"),
        ("P219", SERVICE, SERVICE.replace("}", ", under: service}"), "under: service"),
        (
            "P220",
            SERVICE,
            SERVICE.replace("}", ", compatible_with: [security, openings]}"),
            "openings]}\n  security",
        ),
    ],
)
def test_purpose(code: str, old: str, new: str, at: str) -> None:
    found(code, old, new, at)


def test_a_basis_may_be_said_by_category() -> None:
    said = SERVICE.replace("basis: contract", "by_category: {identification: contract}")
    assert codes(changed(SERVICE, said)) == []
    marketing = NEWS.replace("basis", "by_category: {logs: contract}, basis")
    assert {code for code, _, _ in codes(changed(NEWS, marketing))} == {"P215"}


@pytest.mark.parametrize(
    ("basis", "code"), [("legitimate_interests", "P204"), ("legal_obligation", "P217")]
)
def test_what_a_basis_of_a_category_lacks_is_told_in_its_line(basis: str, code: str) -> None:
    said = "\n  service:\n    use: essential.service\n    basis: contract\n    by_category:"
    said = f"{said}\n      logs: {basis}"
    text = changed(f"\n  {SERVICE}", said)
    assert codes(text) == [(code, *place(text, f"logs: {basis}"))]


def test_what_cannot_be_read_is_not_missing_as_well() -> None:
    found("P002", "basis: contract,", "basis: implied,", "implied,")
    found("P002", "use: essential.service,", "use: {a: b},", "{a: b}")


def test_related_uses_may_stand_together() -> None:
    new = "use: [essential.service, essential.fraud_detection],"
    assert codes(changed("use: essential.service,", new)) == []


def test_unknown_use_is_answered_with_the_nearest() -> None:
    (only,) = findings(changed("use: essential.service,", "use: esential.service,"))
    assert only.mend == "Did you mean “essential.service”?"


def test_purposes_in_a_circle_are_each_told() -> None:
    text = changed("openings: {use", "openings: {under: newsletter, use")
    text = changed("consent, under: newsletter}", "consent}", text)
    assert codes(text) == []
    text = changed("newsletter: {use", "newsletter: {under: openings, use", text)
    text = changed(SERVICE, SERVICE.replace("}", ", under: openings}"), text)
    places = [place(text, "under: openings, use"), place(text, "under: newsletter, use")]
    assert codes(text) == [("P219", *at) for at in places]


def test_unused_purpose_is_told() -> None:
    more = "  research: {use: analytics.reporting, basis: consent}\n  security:\n    use"
    text = changed("  security:\n    use", more)
    assert codes(text) == [("P213", *place(text, "research:"))]
    assert (
        codes(
            changed("basis: consent, under: newsletter}", "basis: consent, under: research}", text)
        )
        == []
    )


def test_there_is_room_for_sixteen_purposes() -> None:
    def with_more(count: int) -> str:
        names = [f"more_{number}" for number in range(count)]
        said = "".join(f"  {name}: {{use: sales, basis: consent}}\n" for name in names)
        text = changed("  security:\n    use", f"{said}  security:\n    use")
        return changed(
            "purposes: [security, analytics]\n",
            f"purposes: [security, analytics, {', '.join(names)}]\n",
            text,
        )

    assert codes(with_more(10)) == []
    text = with_more(11)
    assert codes(text) == [("P214", *place(text, "invoices:\n    use"))]


@pytest.mark.clause("S1-22")
def test_opt_outs_are_of_regions() -> None:
    found("P203", "opt_outs: {EEA:", "opt_outs: {Europe:", "Europe:")


@pytest.mark.clause("S1-09")
def test_joining_people_has_a_purpose() -> None:
    text = changed("identity: {purpose: service}\n", "")
    assert codes(text) == [("P221", 1, 1)]
    assert codes(changed("identity: {purpose: service}", "identity: {}"))[0][0] == "P221"


def test_good_has_nothing_to_find() -> None:
    assert codes(GOOD) == []
