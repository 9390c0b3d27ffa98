"""Ids made of the words of messages."""

from __future__ import annotations

from sojourn.message_id import message_ids


def test_equal_words_have_equal_ids_from_request_to_request() -> None:
    first, second = {"a": 1, "b": [None, "é"]}, {"a": 2}
    assert message_ids([first, second]) == message_ids([{"b": [None, "é"], "a": 1}, second])
    assert message_ids([second])[0] == message_ids([first, second])[1]


def test_equal_words_of_one_request_are_several_messages() -> None:
    assert len(set(message_ids([{"a": 1}] * 3))) == 3


def test_what_has_no_words_of_its_own_or_none_that_can_be_written_has_no_id() -> None:
    nested: list[object] = []
    for _ in range(10_000):
        nested = [nested]
    assert message_ids([None, "\ud800", nested, ""])[:3] == ["", "", ""]
    assert message_ids([""])[0]
