"""``python -m adscreen.features docs/features.md`` writes what every feature is."""

from __future__ import annotations

import argparse
from pathlib import Path

from adscreen.features.documentation import document_features


def main() -> None:
    """Write the page to the file that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m adscreen.features", description="Document the features.")
    parser.add_argument("file", type=Path, help="file to write: docs/features.md")
    parser.parse_args().file.write_text(document_features(), encoding="utf-8")


if __name__ == "__main__":
    main()
