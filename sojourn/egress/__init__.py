"""What leaves: payloads built by the send gate, the webhook that takes them, the log of it all."""
