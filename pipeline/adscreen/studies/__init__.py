"""What the commands run: manifest -> evaluation, model, scores; each written as one run folder."""
