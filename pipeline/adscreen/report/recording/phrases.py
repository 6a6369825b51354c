"""What a page calls things: results, feature families, measures, facts of a model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from adscreen.report.recording import formatting
from adscreen.scoring.recording_report import ReportFeature, ReportWord

RESULTS = {
    "screen_positive": "Screen positive",
    "screen_negative": "Screen negative",
    "insufficient_speech": "Too little speech",
    "out_of_scope": "Out of scope",
    "in_training": "In training",
    "unreadable": "Unreadable",
}
FAMILIES = {
    "perplexity": ("Perplexity", "how predictable the sentences are"),
    "paired": ("Paired perplexity", "whether the words are likelier in cases’ speech or in controls’"),
    "lexical": ("Lexical", "choice and variety of words"),
    "fluency": ("Fluency", "hesitations, repetitions, pauses"),
    "syntactic": ("Syntax", "how sentences are built"),
    "semantic": ("Semantic", "what the sentences refer to"),
    "doc2vec": ("Doc2Vec", "what is talked about"),
    "elmo": ("ELMo", "how words are used in context"),
}
MARKS = {
    "filler": "filler",
    "repeated": "repeated",
    "retraced": "corrected",
    "fragment": "broken off",
    "nonword": "not a word",
    "excluded": "excluded",
}
MEASURES = {
    "perplexity.forward_pooled": "Whole recording, read forwards",
    "perplexity.backward_pooled": "Whole recording, read backwards",
    "perplexity.joint_pooled": "Whole recording",
    "perplexity.joint_mean": "Mean sentence",
    "perplexity.joint_median": "Median sentence",
    "perplexity.joint_max": "Most surprising sentence",
    "perplexity.joint_p90": "90th percentile of sentences",
    "perplexity.joint_sd": "Spread between sentences",
    "perplexity.joint_slope": "Change from sentence to sentence",
    "perplexity.oov_share": "Share of unknown words",
}
SPELLING = {
    "brunet": "Brunet’s",
    "honore": "Honoré’s",
    "mattr": "MATTR",
    "r": "R",
    "sd": "SD",
    "w": "W",
    "zipf": "Zipf",
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


def name_measure(feature: ReportFeature) -> str:
    """Return a feature's name in words: ``lexical.honore_r`` -> Honoré’s R."""
    key = feature.name.removeprefix(f"{feature.family}.")
    known = MEASURES.get(f"{feature.family}.{key}")
    if known:
        return known
    words = key.split("_")
    title = " ".join(SPELLING.get(word, word) for word in words)
    return title[:1].upper() + title[1:]


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
