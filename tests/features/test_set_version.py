"""The feature set's version moves whenever a feature does.

``golden/feature_set.json`` holds what every feature of the set was and its values for two transcripts, whose trees are
stored beside it so that a retrained parser, which has a digest of its own, moves nothing. After a change that is meant,
raise SET_VERSION, say so in the changelog and run ``python tests/features/test_set_version.py``.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from adscreen.features import FEATURES, SET_VERSION, feature_dictionary, prepare_speech
from adscreen.features.tasks import bundled_tasks
from adscreen.ingest.main_line import parse_main_line
from adscreen.parser import ParsedSentence, ParsedWord, Parser, load_parser
from adscreen.records import Transcript

GOLDEN = Path(__file__).parent / "golden" / "feature_set.json"
TEXTS = (
    (
        "&-uh the boy [/] boy is standing on the stool , because he wants a cookie .",
        "he is (..) taking a cookie that his mother <put in> [//] hid in the jar .",
        "the stool is &+ti tipping over (2.5) and he'll fall +...",
        "the mother doesn't notice the water xxx .",
        "is that all ?",
    ),
    (
        "I can't say .",
        "there is a girl laughing in the kitchen .",
        "the girl's at the window and the +/.",
        "it was opened by somebody .",
    ),
)


@dataclass(frozen=True)
class Stored(Parser):
    """Gives the trees that it was given."""

    sentences: tuple[ParsedSentence, ...] = ()

    def parse(self, sentences: Sequence[Sequence[str]]) -> list[ParsedSentence]:
        """Return the stored trees."""
        return list(self.sentences)


def transcript(lines: Sequence[str], *, timed: bool) -> Transcript:
    """Return a transcript of the Cookie Theft picture; every utterance takes 2 s where timed."""
    utterances = [parse_main_line(line, speaker="PAR").utterance for line in lines]
    if timed:
        utterances = [replace(own, start_ms=9_000 * k, end_ms=9_000 * k + 2_000) for k, own in enumerate(utterances)]
    return Transcript("r", "s", tuple(utterances), "PAR", task="cookie", source_format="chat")


def measure(number: int, trees: Sequence[Any]) -> dict[str, float | None]:
    """Return the value of every feature for a transcript; None for NaN."""
    sentences = tuple(ParsedSentence(tuple(ParsedWord(*word) for word in words)) for words in trees)
    spoken = transcript(TEXTS[number], timed=number == 0)
    vectors = np.arange(2.0 * len(TEXTS[number])).reshape(-1, 2)
    speech = prepare_speech(spoken, Stored(None, sentences=sentences), vectors=vectors, reference=vectors[::-1] + 1)
    values = {feature.key: feature.value(speech) for feature in FEATURES}
    return {name: None if math.isnan(value) else float(f"{value:.10g}") for name, value in values.items()}


def describe(trees: Sequence[Any]) -> dict[str, Any]:
    """Return what every feature is, with its values, and the digests of the task files."""
    values = [measure(number, own) for number, own in enumerate(trees)]
    entries = {
        entry["name"]: {name: entry[name] for name in ("unit", "formula", "view", "minimum_words")}
        | {"values": [own[entry["name"]] for own in values]}
        for entry in feature_dictionary()
    }
    return {"features": entries, "tasks": {task.name: task.digest for task in bundled_tasks()}}


def test_a_changed_feature_moves_the_version() -> None:
    """Formulas, units, views, values and task files are those of this version of the set."""
    stored = json.loads(GOLDEN.read_text(encoding="utf-8"))
    now = describe(stored["trees"])
    changed = [name for name in now["features"] if now["features"][name] != stored["features"].get(name)]
    advice = "raise SET_VERSION, say so in the changelog, and write the golden file anew (see the top of this file)"
    assert [] == changed, advice
    assert list(stored["features"]) == list(now["features"]), advice
    assert stored["tasks"] == now["tasks"], advice
    assert stored["version"] == SET_VERSION, advice


def write() -> None:
    """Write the golden file, unless the set changed under its old version."""
    trees = [prepare_speech(transcript(own, timed=False), load_parser()).parsed for own in TEXTS]
    plain = [[[astuple(word) for word in tree] for tree in own] for own in trees]
    if GOLDEN.exists():
        stored = json.loads(GOLDEN.read_text(encoding="utf-8"))
        plain = stored["trees"]
        if stored["version"] == SET_VERSION and stored["features"] != describe(plain)["features"]:
            sys.exit("the features differ from those of this version: raise SET_VERSION first")
    content = {"version": SET_VERSION, **describe(plain), "trees": plain}
    GOLDEN.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
