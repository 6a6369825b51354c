"""Cohort -> FeatureTable: one row per recording, holding only values that no cohort data was fitted to."""
