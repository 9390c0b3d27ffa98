"""An address that need not be taken apart is cut as one that is."""

from __future__ import annotations

from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from sojourn.policy import reducing
from sojourn.policy.model import Reduction

PIECES = st.sampled_from(
    (
        *("http://", "https://", "HTTPS://", "//", "mailto:", "a.example", "ann:pw@", ":80", ":x"),
        *("/", "/path", "/%20", "/a b", "/;v=1", "?", "q=1", "&", "keep=2", "#", "é", "[", "]"),
        *("\n", "\t", " ", "@", "\\", "?q=a@b", "#?x", "..", "|"),
    )
)
ADDRESSES = st.lists(PIECES, max_size=8).map("".join)


@given(
    st.one_of(ADDRESSES, ADDRESSES.map(lambda rest: f"https://a.example{rest}")),
    st.sampled_from(((), ("keep",))),
)
def test_a_plain_address_is_cut_as_one_that_is_taken_apart(
    address: str, keep: tuple[str, ...]
) -> None:
    strip = reducing.reducer(Reduction(strip_query=True, keep=keep), str, str)
    with mock.patch.object(reducing, "_PLAIN_ADDRESS", mock.Mock(fullmatch=lambda _: None)):
        apart = strip(address)
    assert strip(address) == apart
