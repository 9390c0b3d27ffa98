"""Sojourn beside ClickHouse and DuckDB: the same questions over the same log, in one run."""
