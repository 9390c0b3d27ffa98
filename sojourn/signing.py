"""Signatures of bodies: who has the secret sent exactly this, and just now.

Sojourn-Signature: t=1767268800,v1=hex of HMAC-SHA256(secret, "1767268800." + body)
"""

from __future__ import annotations

import hmac
import re

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
