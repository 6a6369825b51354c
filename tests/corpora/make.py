"""Write a SYNTHETIC folder as researchers have it: Pitt, ADReSS, Delaware, REDCap, R and Word, or WhisperX.

    python tests/corpora/make.py pitt OUT --subjects 14 --seed 1
    python tests/corpora/make.py pitt OUT_NEW --subjects 10 --seed 2 --first 51

``--first`` numbers the first subject, so that a second folder holds other people. What the folder holds is printed as
JSON. docs/quickstart.md leads each of them to scores; tests/test_quickstart.py types its commands.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

import adress
import delaware
import pitt
import redcap
import spreadsheet
import whisperx
from facts import Facts

CORPORA = {module.__name__: module for module in (pitt, adress, delaware, redcap, spreadsheet, whisperx)}


def write_corpus(name: str, folder: Path, *, subjects: int, seed: int, first: int = 1) -> Facts:
    """Write the folder of a corpus, which must not exist; return what it holds."""
    folder.mkdir(parents=True)
    facts: Facts = CORPORA[name].write(folder, subjects=subjects, seed=seed, first=first)
    return facts


def main() -> None:
    """Read the options, write the folder, print what it holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=list(CORPORA))
    parser.add_argument("out", type=Path)
    parser.add_argument("--subjects", type=int, default=14)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=1, help="number of the first subject")
    options = parser.parse_args()
    facts = write_corpus(options.name, options.out, subjects=options.subjects, seed=options.seed, first=options.first)
    print(json.dumps(asdict(facts)))


if __name__ == "__main__":
    main()
