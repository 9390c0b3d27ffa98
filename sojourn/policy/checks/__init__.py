"""The checks, one concern a file, each a value `CHECK`."""
