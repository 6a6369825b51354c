"""``python -m pipeline`` is ``adscreen``."""

from pipeline.cli import main

main()
