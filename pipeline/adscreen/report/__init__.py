"""Results -> pages: what ``score`` and ``evaluate`` found, laid out for people."""
