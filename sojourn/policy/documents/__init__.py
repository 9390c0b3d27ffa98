"""The documents, one file each, found by their folder."""
