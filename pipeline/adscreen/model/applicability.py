"""A model and recordings -> a refusal where it must not judge them: they were measured otherwise, or trained it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from adscreen.cohort.identity import show
from adscreen.errors import InputError
from adscreen.language import language_of
from adscreen.model.trained_model import TrainedModel
from adscreen.writing import count

MEASURES = ("bilm_digest", "parser_digest", "layer", "pooling", "view", "feature_set")
_FILES = {"norms": "word norms", "task_files": "task files"}
_LANGUAGE = "language"


class Difference(NamedTuple):
    """How one measure of some recordings was made, and how that of training was; ``name`` as in a provenance."""

    name: str
    now: str
    trained: str

    def __str__(self) -> str:
        if self.name == _LANGUAGE:
            return f"the language is {self.now}, the model was trained with {self.trained}"
        if self.name in _FILES:
            return f"the {_FILES[self.name]} are not those that the model was trained with"
        return f"{self.name} is {self.now[:12]}, the model was trained with {self.trained[:12]}"


def find_difference(model: TrainedModel, provenance: Mapping[str, Any]) -> Difference | None:
    """Return the first thing that decides features and is not as it was in training; None where there is none.

    ``provenance`` is that of a table, or of extraction settings (``extract_provenance``).
    """
    trained = model.manifest.provenance
    now, then = language_of(provenance), language_of(trained)
    if now != then:
        same = "another language file" if now.name == then.name else then.name
        return Difference(_LANGUAGE, now.name, same)
    for name in MEASURES:
        if provenance.get(name) != trained.get(name):
            return Difference(name, str(provenance.get(name)), str(trained.get(name)))
    for name in _FILES:
        if _texts(provenance, name) != _texts(trained, name):
            return Difference(name, "", "")
    return None


def _texts(provenance: Mapping[str, Any], name: str) -> list[str]:
    """Return the texts of the files that a provenance holds, whatever their names."""
    return [one if isinstance(one, str) else one["definition"] for one in provenance.get(name, ())]


def refuse_training_subjects(known: Iterable[str], *, where: str, remedy: str) -> None:
    """Raise InputError where there are subjects known from training; ``known`` are their ids."""
    subjects = sorted(set(known))
    if subjects:
        verb = "was" if len(subjects) == 1 else "were"
        what = f"{count(len(subjects), 'subject')} {verb} in training, the first is {show(subjects[0])[1:-1]}"
        raise InputError(what, where=where, remedy=remedy)
