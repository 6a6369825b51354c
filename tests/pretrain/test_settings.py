"""The settings of a pretraining run, and the command line that makes them."""

from __future__ import annotations

import inspect
from dataclasses import fields

from adscreen.cli.language_model_commands import pretrain
from adscreen.pretrain.settings import SPEECH_FILTERS, PretrainSettings


def test_the_command_line_has_the_defaults_of_the_library() -> None:
    """Every option that is a setting is that of PretrainSettings where it is left out."""
    options = {name: one.default for name, one in inspect.signature(pretrain).parameters.items()}
    options["tokens_per_batch"] = options.pop("batch_tokens")
    options["bfloat16"] = not options.pop("float32")
    given = {field.name for field in fields(PretrainSettings)} & options.keys() - {"seed", "start"}
    assert given == {
        *("tokens", "vocabulary_size", "dim", "projection_dim", "tokens_per_batch"),
        *("negatives", "learning_rate", "dropout", "bfloat16"),
    }
    default = PretrainSettings()
    assert {name: getattr(default, name) for name in given} == {name: options[name] for name in given}


def test_the_architecture_is_that_of_the_settings() -> None:
    """The character filters are the shipped biLM's; the sizes are the run's."""
    options = PretrainSettings(dim=32, projection_dim=16).options()
    assert (SPEECH_FILTERS, 32, 16) == (options.filters, options.dim, options.projection_dim)
