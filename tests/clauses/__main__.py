"""`python -m tests.clauses` writes the page of the clauses anew."""

from tests.clauses.page import PAGE, page

PAGE.write_text(page())
