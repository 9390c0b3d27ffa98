"""`python -m tests.policy.expected` takes what is found today for what must be found."""

from tests.policy.expected import SEEDS, write

for seed in SEEDS:
    write(seed)
