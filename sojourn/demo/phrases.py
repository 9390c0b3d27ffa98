"""What people write: long, short, in many scripts, so that screens are tried by honest values."""

# The letters are meant: other scripts, and the apostrophes that their writers use.

from __future__ import annotations

OBJECTIVES = (
    "Answer every customer within a day",
    "Ship the new onboarding before summer",
    "Réduire de moitié le temps entre une idée et son premier essai chez un client",
    "Every team lead holds a one-on-one with each of their people at least every second week, and "
    "writes down together with them what was agreed, who does it and by when, so that nobody has "
    "to remember it and nobody is surprised at the end of the quarter",
    "採用プロセスを四週間以内に短縮する",
    "Zufriedenheit im Team von 7,2 auf 8,0",
    "NPS > 40 🎯",
    "زيادة رضا العملاء بنسبة ١٠٪ قبل نهاية الربع",
)
TICKETS = (
    "Cannot connect my calendar on the phone",
    "Invitation e-mail did not arrive",
    "How do I move somebody to another team?",
    "Rechnung mit falscher Adresse",
    "The check-in reminder comes at 3 in the morning for our colleagues in Pune, and again at 9, "
    "although we set the office hours of each location as the guide says (screenshots attached)",
    "Exporter nos comptes rendus en PDF ?",
    "Price per seat: what counts as a seat?",
)
NPS_COMMENTS = (
    "",
    "",
    "",
    "Simple and calm.",
    "Our Fridays got shorter, and I finally know what my team is stuck on.",
    "Trop de notifications, mais l’idée est bonne 👍",
    "We tried three of these. This is the one in which people still write something true after two "
    "months, perhaps because it asks so little: five questions, one page, and nobody is ranked. "
    "What I miss is a view across teams that does not turn it into a competition.",
    "便利ですが、モバイルのカレンダー連携を改善してほしいです。",
    "Too expensive for what we use.",
)
PRAISE_VALUES = ("kindness", "craft", "courage", "curiosity", "dem Kunden zugehört")
TEMPLATES = ("weekly", "weekly", "career", "first month", "feedback in both directions")
LEAVING_REASONS = (
    "too expensive",
    "team does not use it",
    "moved to another product",
    "company was reorganised; the new leadership prefers meetings to writing",
    "budget",
)
APP_PAGES = ("/app/team", "/app/objectives", "/app/one-on-ones", "/app/history", "/app/settings")
