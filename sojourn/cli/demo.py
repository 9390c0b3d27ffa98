"""`sojourn demo`: a populated workspace of a simulated company."""

from cyclopts import App

app = App(name="demo", help="x")


@app.default
def demo() -> None: ...
