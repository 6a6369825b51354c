"""Simulated picture descriptions: a synthetic cohort in CHAT, for demonstrations and tests without clinical data."""

from adscreen.simulate.interview import Turn
from adscreen.simulate.population import (
    ManifestRow,
    Subject,
    SyntheticRecording,
    draw_subject,
    format_chat,
    simulate_cohort,
    simulate_recording,
    simulate_recordings,
)

__all__ = [
    "ManifestRow",
    "Subject",
    "SyntheticRecording",
    "Turn",
    "draw_subject",
    "format_chat",
    "simulate_cohort",
    "simulate_recording",
    "simulate_recordings",
]
