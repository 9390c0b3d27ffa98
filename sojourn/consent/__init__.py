"""Consent: what people agreed to and refused, kept as records, and looked up for each event."""
