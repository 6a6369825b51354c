"""Scores -> HTML pages: one a recording, and an index of the cohort."""
