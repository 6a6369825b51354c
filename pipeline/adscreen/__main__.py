"""``python -m adscreen`` is ``adscreen``."""

from adscreen.cli import main

main()
