"""What decides a pretraining run: its settings, the shipped architecture's filters, the words it must know.

The command line takes its defaults from here, so that nothing heavy is imported with this module.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adscreen.bilm.format import Options

SPEECH_FILTERS = ((1, 32), (2, 32), (3, 64), (4, 128), (5, 256))
PICTURE_WORDS = (
    "apron boy brother children cookie cookies counter cup cups cupboard cupboards curtain curtains dish dishcloth "
    "dishes drapes dripping drying dries exterior falling faucet floor garden girl grass house indifferent jar "
    "kitchen ladder laughing lid mother overflow overflowing overflows path plate plates puddle reaching running "
    "sink sister spigot spilling stealing stool tap tipping towel tree unconcerned washing water window wiping "
    "woman yard"
).split()


@dataclass(frozen=True, slots=True)
class PretrainSettings:
    """Everything that decides a run. ``tokens`` is the number of training tokens seen, each in both directions."""

    tokens: int = 10_000_000
    vocabulary_size: int = 20_000
    dim: int = 1024
    projection_dim: int = 128
    tokens_per_batch: int = 4096
    negatives: int = 4096
    learning_rate: float = 2e-3
    warmup_batches: int = 200
    gradient_norm: float = 5.0
    dropout: float = 0.05
    bfloat16: bool = True
    seed: int = 0
    source_weights: Mapping[str, float] = field(default_factory=dict)
    start: str = ""  # digest of the biLM whose weights training starts from; none: random ones

    def options(self) -> Options:
        """Return the biLM architecture of these settings."""
        from adscreen.bilm.format import Options

        return Options(filters=SPEECH_FILTERS, dim=self.dim, projection_dim=self.projection_dim)
