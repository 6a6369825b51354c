"""RecordingReports -> HTML pages: one per recording, and an index of the cohort."""
