"""Which clauses of the two policies in `examples/` the program carries out, with what shows it.

What a clause asks and what is still missing is judged by people, in `asked.py`. Where it is carried
out and which tests prove it is read from the code, in `evidence.py`. `python -m tests.clauses`
writes both on one page.
"""
