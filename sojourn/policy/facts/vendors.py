"""Vendors: what is known of recipients by name, from their own terms and documentation.

As of November 2026. What was not read in the vendor's own text is marked (unverified).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class Vendor:
    """One vendor. `refuses` is what its terms, or what it is for, keep away from it: data that
    identify a person in the clear, or personal data altogether; `because` says why. `retired` is
    the last day on which it operated."""

    name: str
    refuses: Literal["identifying", "personal"] | None = None
    because: str = ""
    retired: date | None = None


_NO_IDENTIFYING = "Google forbids to send it what identifies a person."

VENDORS = {
    "bigquery": Vendor("Google BigQuery"),
    "brevo": Vendor("Brevo"),
    "cloudflare": Vendor("Cloudflare"),
    "forestadmin": Vendor("ForestAdmin"),
    "github": Vendor(
        "GitHub",
        refuses="personal",
        because="It holds source code; what is there can hardly be erased: history, forks, caches.",
    ),
    "gmail": Vendor("Gmail"),
    "google_analytics": Vendor("Google Analytics", "identifying", _NO_IDENTIFYING),
    "google_calendar": Vendor("Google Calendar"),
    "google_cloud": Vendor("Google Cloud"),
    "google_login": Vendor("Google login"),
    # It loads what sends to Google Analytics, and holds nobody itself.
    "google_tag_manager": Vendor("Google Tag Manager", "identifying", _NO_IDENTIFYING),
    "google_workspace": Vendor("Google Workspace"),
    "hotjar": Vendor("Hotjar"),
    "intercom": Vendor("Intercom"),
    # Bought by Amplitude, closed in 2025 (unverified: check the vendor's documentation); the last
    # day of the year, for the day is not known.
    "june": Vendor("June", retired=date(2025, 12, 31)),
    "kombo": Vendor("Kombo"),
    "linkedin_login": Vendor("LinkedIn login"),
    "microsoft_login": Vendor("Microsoft login"),
    "mongodb": Vendor("MongoDB Atlas"),
    "outlook_calendar": Vendor("Outlook Calendar"),
    "pipedrive": Vendor("Pipedrive"),
    "segment": Vendor("Twilio Segment"),
    "sendgrid": Vendor("Twilio SendGrid"),
    "sentry": Vendor("Sentry"),
    "stripe": Vendor("Stripe"),
}
"""By the word that `vendor:` or `connector:` names."""

_VERSION = re.compile(r"(?<=[^\W\d])[\s_-]*v?\d+(?:\.\d+)*\s*\Z", re.IGNORECASE)


def _bare(name: str) -> str:
    """What is the same in “Google Analytics 4”, `google-analytics` and `google_analytics`."""
    return re.sub(r"[\s_\W]+", "", _VERSION.sub("", name.strip())).casefold()


_BY_NAME = {_bare(name): vendor for key, vendor in VENDORS.items() for name in (vendor.name, key)}


def vendor_of(name: str) -> Vendor | None:
    """The vendor of this word or name; capitals, spaces, hyphens and a version at the end make no
    difference."""
    return _BY_NAME.get(_bare(name))
