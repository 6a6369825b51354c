"""TrainedModel and recordings -> one ScoreRow and one RecordingReport per recording."""
