"""Signatures of bodies: who has the secret sent exactly this, and just now.

Sojourn-Signature: t=1767268800,v1=hex of HMAC-SHA256(secret, "1767268800." + body)

Others sign alike, or the body alone, see `Scheme`.
"""

from __future__ import annotations

import hmac
import re
from base64 import b64encode
from collections.abc import Mapping
from typing import Literal

import msgspec

HEADER = "Sojourn-Signature"
AGE_S_MAX = 300
"""An older signature may have been caught on the way and sent once more."""
FORM = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


def signature(body: bytes, secret: bytes, at_s: int) -> str:
    """The signature of a body, with the second at which it was made."""
    signed = hmac.new(secret, f"{at_s}.".encode() + body, "sha256").hexdigest()
    return f"t={at_s},v1={signed}"


def is_signed(header: str, body: bytes, secret: bytes, now_s: int) -> bool:
    """Whether a header holds a signature of this body that is not too old."""
    found = FORM.fullmatch(header.strip())
    if found is None or abs(now_s - int(found[1])) > AGE_S_MAX:
        return False
    return hmac.compare_digest(header.strip(), signature(body, secret, int(found[1])))


class Scheme(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How somebody else signs bodies with HMAC-SHA256: in which `header`, after which `prefix`, in
    which `encoding`. One that is `timed` has our form, perhaps with more fields: Stripe's is
    `{header: Stripe-Signature, timed: true}`, GitHub's `{header: X-Hub-Signature-256, prefix:
    "sha256="}`, Shopify's `{header: X-Shopify-Hmac-Sha256, encoding: base64}`.
    """

    header: str
    prefix: str = ""
    encoding: Literal["hex", "base64"] = "hex"
    timed: bool = False


def is_signed_by(
    scheme: Scheme, headers: Mapping[str, str], body: bytes, secret: bytes, now_s: int
) -> bool:
    """Whether a request's headers (in lower case) hold a signature of its body."""
    given = headers.get(scheme.header.lower(), "").strip()
    if scheme.timed:
        return _is_signed_in_time(given, scheme, body, secret, now_s)
    expected = scheme.prefix + _encoded(scheme, body, secret)
    return hmac.compare_digest(given.encode(), expected.encode())


def _is_signed_in_time(given: str, scheme: Scheme, body: bytes, secret: bytes, now_s: int) -> bool:
    """With several signatures, as while a secret is being changed, one that is right will do."""
    fields = [field.strip().partition("=") for field in given.split(",")]
    instants = [text for name, _, text in fields if name == "t"]
    if len(instants) != 1 or not re.fullmatch(r"[0-9]{1,12}", instants[0]):
        return False
    if abs(now_s - int(instants[0])) > AGE_S_MAX:
        return False
    expected = _encoded(scheme, f"{instants[0]}.".encode() + body, secret).encode()
    signed = [text for name, _, text in fields if name == "v1"]
    return any(hmac.compare_digest(text.encode(), expected) for text in signed)


def _encoded(scheme: Scheme, signed: bytes, secret: bytes) -> str:
    digest = hmac.new(secret, signed, "sha256").digest()
    return digest.hex() if scheme.encoding == "hex" else b64encode(digest).decode()
