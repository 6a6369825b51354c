"""Files -> a table of sentence perplexities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Literal

import pandas as pd

from adscreen.bilm.engines import NUMPY, EngineChoice
from adscreen.bundled import bilm_folder
from adscreen.extract.extraction import load_bilm
from adscreen.extract.perplexity import score_sentences
from adscreen.ingest import read_transcript
from adscreen.records import View
from adscreen.speech import split_sentences


def perplexity_table(
    model: str | Literal["bundled"], files: Sequence[Path], *, view: View, engine: EngineChoice = NUMPY
) -> pd.DataFrame:
    """Return one row a participant sentence of each file."""
    bilm = load_bilm(bilm_folder(model), engine)
    rows = []
    for path in files:
        transcript = read_transcript(path, recording_id=path.stem, subject_id=path.stem)
        rows += [asdict(score) for score in score_sentences(split_sentences(transcript, view=view), bilm)]
    names = ["recording_id", "index", "words", "out_of_vocabulary", "forward", "backward", "joint"]
    return pd.DataFrame(rows, columns=names).rename(columns={"index": "sentence", "words": "tokens"})
