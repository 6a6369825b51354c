"""Columns of the manifest that a model was trained with -> numbers of the recordings that are scored."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from adscreen.cohort import Recording
from adscreen.errors import InputError
from adscreen.extract.row import Extracted
from adscreen.model.trained_model import ModelManifest


def check_columns(manifest: ModelManifest, recordings: Sequence[Recording]) -> None:
    """Raise InputError where the model needs a column that no recording has."""
    for block, columns in manifest.blocks.items():
        for column in columns:
            if recordings and not any(recording.carries(column) for recording in recordings):
                what = f"no column {column!r}, which the model needs (block {block})"
                raise InputError(what, where="cohort", remedy="score a manifest that has it, one number per recording")


def own_numbers(manifest: ModelManifest, recording: Recording) -> dict[str, float]:
    """Return the recording's number for each ``block.column`` of the model, NaN where it has none."""
    return {
        f"{block}.{column}": recording.number(column)
        for block, columns in manifest.blocks.items()
        for column in columns
    }


def add_columns(manifest: ModelManifest, row: Extracted) -> Extracted:
    """Return the row with its own numbers among the inputs; without one of them it cannot be scored, nor read on."""
    if row.transcript is None:
        return row
    numbers = own_numbers(manifest, row.recording)
    missing = [name.partition(".")[2] for name, value in numbers.items() if math.isnan(value)]
    if missing:
        reason = f"no number in column {missing[0]}, which the model needs"
        return Extracted(row.recording, None, {}, [], reason)
    return replace(row, inputs=row.inputs | numbers)
