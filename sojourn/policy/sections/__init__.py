"""The sections of the privacy notice, some of which are pages of their own, too."""
