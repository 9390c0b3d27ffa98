"""The webhook: one signed POST to the address that the policy gives for a recipient.

One attempt, no redirects, and only over TLS, unless the receiver is this very machine. The receiver
knows by the signature that it was this project that sent, and by its time that it was now, see
`signing.py`.
"""

from __future__ import annotations

import ipaddress
from typing import NamedTuple
from urllib.parse import urlsplit

from sojourn import signing
from sojourn.egress.log import Status

ANSWER_S_MAX = 10.0
"""How long a receiver may take for each step: longer ones do their work before they answer."""
TRANSFER = "Sojourn-Transfer"


class Receipt(NamedTuple):
    """What became of an attempt, in a word and in a sentence. Nothing that the receiver said is in
    it: it might repeat what it was sent."""

    status: Status
    detail: str


def post(url: str, body: bytes, *, key: bytes, transfer: str, now_ms: int) -> Receipt:
    """Send JSON to an address, once."""
    # Imported here because most processes send nothing, and it takes as long as all of egress.
    import httpx

    if not is_safe(url):
        return Receipt("failed", "Its webhook is no https address, so nothing was sent.")
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "sojourn",
        TRANSFER: transfer,
        signing.HEADER: signing.signature(body, key, now_ms // 1000),
    }
    try:
        # What leaves goes to the address in the policy, whatever proxies the environment names.
        # The answer's body is not read.
        with (
            httpx.Client(timeout=ANSWER_S_MAX, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", url, content=body, headers=headers) as answer,
        ):
            return _receipt(answer.status_code)
    except (httpx.ConnectError, httpx.ConnectTimeout):
        return Receipt("failed", "There was no connection, so nothing was sent.")
    except httpx.TimeoutException:
        return Receipt("failed", f"No answer within {ANSWER_S_MAX:.0f} seconds; it may be there.")
    except httpx.TransportError:
        return Receipt("failed", "The connection broke; it may be there.")
    except (httpx.InvalidURL, UnicodeError):
        return Receipt("failed", "Its webhook is no address, so nothing was sent.")


def is_safe(url: str) -> bool:
    """Whether nobody on the way can read what is sent to an address."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme == "https":
            return bool(host)
        return parts.scheme == "http" and (
            host == "localhost" or ipaddress.ip_address(host).is_loopback
        )
    except ValueError:
        return False


def _receipt(code: int) -> Receipt:
    if 200 <= code < 300:
        return Receipt("sent", f"It answered {code}.")
    if 300 <= code < 400:
        return Receipt("failed", f"It answered {code}; redirects are not followed.")
    return Receipt("failed", f"It answered {code}.")
