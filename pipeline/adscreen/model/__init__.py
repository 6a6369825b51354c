"""Training table -> ScreeningModel, and its folder on disk."""
