"""What leaves: payloads built by the send gate, the webhook that takes them, the log of it all; and
mails to those who asked to be told when recipients change."""
