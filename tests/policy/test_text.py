"""The text is YAML that says one thing, in words that exist."""

from __future__ import annotations

import pytest

from tests.policy.checking import GOOD, changed, codes, findings, found, place


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        ("network: {keep: 6 months}", "network: &six {keep: 6 months}", "&six"),
        ("basis: contract,", "basis: !basis contract,", "!basis"),
        ("role: controller", "role: !!str controller", "!!str"),
        ("role: controller", "role: ! controller", "! controller"),
        ("role: controller", "!!str role: controller", "!!str"),
        ("age: {consent", "age: !foo {consent", "!foo"),
        ("subjects: [visitor, person]\n\ncat", "subjects: !!set [visitor]\n\ncat", "!!set"),
        ("name: Example SAS", "name: !!python/object/apply:os.getcwd []", "!!python"),
        ("identity: {purpose: service}", "backups: {keep: 1 day}", "backups: {keep: 30"),
        ("identity: {purpose: service}", "identity: {<<: {}, purpose: service}", "<<"),
    ],
)
def test_yaml_that_means_something_far_away_is_refused(old: str, new: str, at: str) -> None:
    assert ("P001", *place(changed(old, new), at)) in codes(changed(old, new))


def test_what_is_no_yaml_is_told_alone() -> None:
    assert [code for code, _, _ in codes("a: [1, 2")] == ["P001"]
    assert [code for code, _, _ in codes("a: \ud800")] == ["P001"]
    assert [code for code, _, _ in codes("#" * (1 << 21))] == ["P001"]


def test_a_number_that_never_ends_is_told_where_it_stands() -> None:
    text = changed("minimum: 10,", f"minimum: {'9' * 5000},")
    assert ("P001", *place(text, "9" * 5000)) in codes(text)


@pytest.mark.parametrize("text", ["", "policy", "[1, 2]", "# nothing"])
def test_what_is_no_policy_is_told(text: str) -> None:
    assert "P002" in {code for code, _, _ in codes(text)}


def test_country_stays_what_it_is() -> None:
    assert codes(GOOD.replace("country: FR", "country: NO")) == []


def test_values_are_what_the_word_takes() -> None:
    found("P002", "country: FR\n  privacy", "country: France\n  privacy", "France")
    found("P002", "keep: 13 months, party: first", "keep: 13 months, party: one", "one}")
    found("P002", "{minimum: 10, shared: true}", "{minimum: 10, shared: yes}", "yes}")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("name: Example SAS", 'name: "  "', "P601"),
        ("assessment: LIA-1", 'assessment: "  "', "P204"),
        ("name: Entrepôt SARL", "name: ' '", "P401"),
        ("statute: Code de commerce L123-22", 'statute: "\\t"', "P217"),
        ("Encrypted at rest under a key for each person", '"  "', "P608"),
    ],
)
def test_what_is_blank_says_nothing(old: str, new: str, code: str) -> None:
    assert code in {found for found, _, _ in codes(changed(old, new))}


def test_unknown_key_is_answered_with_the_nearest() -> None:
    text = changed("refuse: as_easy", "refuze: as_easy")
    (only,) = findings(text)
    assert (only.code, only.mend) == ("P003", "Did you mean “refuse”?")
    assert (only.line, only.column) == place(text, "refuze")


@pytest.mark.parametrize("line", ["", "sojourn: 2\n"])
def test_version_of_the_language_is_said(line: str) -> None:
    assert codes(changed("sojourn: 1\n", line)) == [("P004", 1, 1)]
