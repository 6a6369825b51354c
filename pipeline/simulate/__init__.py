"""Simulated picture descriptions: a synthetic cohort in CHAT, for demonstrations and tests without clinical data."""

from pipeline.simulate.cohort import (
    ManifestRow,
    Subject,
    SyntheticRecording,
    draw_subject,
    format_chat,
    simulate_cohort,
    simulate_recording,
    simulate_recordings,
)
from pipeline.simulate.interview import Turn

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
