"""What a page calls things: results, feature families, facts of a model. Features: adscreen.display."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from adscreen.report.recording import formatting
from adscreen.scoring.recording_report import ReportWord

RESULTS = {
    "screen_positive": "Screen positive",
    "screen_negative": "Screen negative",
    "insufficient_speech": "Too little speech",
    "out_of_scope": "Out of scope",
    "in_training": "In training",
    "unreadable": "Unreadable",
}
FAMILIES = {
    "perplexity": ("Predictability", "how surprising the sentences are (perplexity)"),
    "paired": ("Wording", "whether the words are likelier in cases’ speech or in controls’ (paired perplexity)"),
    "words": ("Words", "which words are used, each by itself (TF-IDF)"),
    "lexical": ("Vocabulary", "choice and variety of words"),
    "fluency": ("Fluency", "hesitations, repetitions, pauses"),
    "syntactic": ("Sentence structure", "length, clauses, parts of speech"),
    "semantic": ("Content", "what is told, in which order, and how it holds together"),
    "doc2vec": ("Topics", "what is talked about (Doc2Vec)"),
    "elmo": ("Words in context", "how words are used together (ELMo)"),
}
MARKS = {
    "filler": "filler",
    "repeated": "repeated",
    "retraced": "corrected",
    "fragment": "broken off",
    "nonword": "not a word",
    "excluded": "excluded",
}
PROVENANCE = {
    "adscreen": "Trained with adscreen",
    "bilm": "Language model (biLM)",
    "bilm_digest": "biLM SHA-256",
    "recordings": "Training recordings",
    "subjects": "Training subjects",
    "inner_auc": "AUC on inner folds",
    "members": "Members of the estimator, and their weight",
    "settings_digest": "Settings SHA-256",
}
_SNIPPET = 90  # characters


def name_family(family: str) -> tuple[str, str]:
    """Return a family's name and what it is about; one that is not known here has its own name alone."""
    return FAMILIES.get(family, ((family[:1].upper() + family[1:]).replace("_", " "), ""))


def describe_model(model: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what a page says of a model: name and value of each fact, or manifest entry, that is listed here.

    Listed by name, because a manifest also holds digests of subject ids, which are nobody's business.
    """
    provenance = model.get("provenance")
    known = {**model, **(provenance if isinstance(provenance, Mapping) else {})}
    if known.get("settings"):
        known["members"] = _describe_members(known["settings"])
        known["settings_digest"] = hashlib.sha256(
            json.dumps(known["settings"], sort_keys=True, default=str).encode()
        ).hexdigest()
    return [(label, _in_words(known[key])) for key, label in PROVENANCE.items() if known.get(key) not in (None, "")]


def _describe_members(settings: Mapping[str, Any]) -> str:
    """Return each member that counts with its weight; the other settings are in the model's manifest."""
    weights = {name.removesuffix(".weight"): value for name, value in settings.items() if name.endswith(".weight")}
    return ", ".join(f"{name} {weight:.2f}" for name, weight in weights.items() if weight)


def _in_words(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_in_words(number)}" for name, number in value.items())
    if isinstance(value, float):
        return formatting.format_measure(value)
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def shorten(words: tuple[ReportWord, ...], *, most: int = _SNIPPET) -> str:
    """Return the beginning of a sentence, cut between words where it can be.

    >>> shorten((ReportWord("the", "word"), ReportWord("stool", "word")), most=6)
    'the …'
    """
    text = ""
    for word in words:
        longer = f"{text} {word.text}" if text else word.text
        if len(longer) > most:
            return f"{text} …" if text else f"{longer[:most]}…"
        text = longer
    return text
