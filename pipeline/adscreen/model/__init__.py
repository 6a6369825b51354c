"""Training table -> TrainedModel, and its folder on disk."""
