"""What is compared of two policies: one file a concern, each with its `COMPARE`."""
