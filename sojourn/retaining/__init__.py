"""The keep gate at work: what a policy's terms make due is taken out, wherever it stands."""
