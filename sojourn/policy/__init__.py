"""The policy: what may be collected, asked, sent and kept."""
