"""How far features agree with other tools' on AMI transcripts, and what the whole set costs.

    python benchmarks/features.py ../shared/ami --other-python OTHER/bin/python

OTHER is an environment with the tools that benchmarks/other_features.py names. They get adscreen's words, utterances
and syntactic words, so what differs is the formula and not the reading of files; TextDescriptives and LFTK run the
bundled parser. Without --other-python only the cost is measured. Speed is in processor time, which other programs of
the machine do not lengthen; the biLM's vectors are made up, since reading them is the biLM's cost and not that of the
features.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipeline.bundled import bundled
from pipeline.extract import read_recording
from pipeline.features import FAMILIES, FEATURES, Speech, prepare_speech
from pipeline.manifest import read_manifest
from pipeline.parser import load_parser
from pipeline.records import Transcript

OTHER = Path(__file__).with_name("other_features.py")
RECORDINGS = 50
PAIRS = (  # ours, theirs: the features of each, and where two, their ratio
    ("lexical.types / lexical.tokens", "lexicalrichness.ttr"),
    ("lexical.types / lexical.tokens", "pylangacq.ttr"),
    ("lexical.types / lexical.tokens", "lftk.simp_ttr"),
    ("lexical.mattr", "lexicalrichness.mattr"),
    ("lexical.word_length", "textdescriptives.token_length_mean"),
    ("lexical.zipf_mean", "lftk.a_subtlex_us_zipf_pw"),
    ("lexical.noun_verb_ratio", "lftk.n_noun + lftk.n_propn / lftk.n_verb"),
    ("lexical.pronoun_noun_ratio", "lftk.n_pron / lftk.n_noun + lftk.n_propn"),
    ("syntactic.adj_rate", "lftk.n_adj / lftk.t_word"),
    ("syntactic.adp_rate", "lftk.n_adp / lftk.t_word"),
    ("syntactic.mlu", "pylangacq.mluw"),
    ("syntactic.mlu", "textdescriptives.sentence_length_mean"),
    ("syntactic.dependency_distance", "textdescriptives.dependency_distance_mean"),
)


def read_transcripts(folder: Path, *, excerpts: bool = False) -> list[Transcript]:
    """Return 50 transcripts, evenly over the manifest."""
    recordings = read_manifest(folder / ("manifest_excerpts.csv" if excerpts else "manifest.csv")).recordings
    chosen = recordings[:: len(recordings) // RECORDINGS][:RECORDINGS]
    return [read for recording in chosen if isinstance(read := read_recording(recording), Transcript)]


def measure_others(speeches: Sequence[Speech], python: Path) -> list[dict[str, float]]:
    """Return the other tools' values for each speech."""
    texts = [
        {
            "utterances": [[token.lower() for token in own.tokens] for own in speech.sentences("fluent")],
            "syntactic": [[word.text for word in tree] for tree in speech.parsed],
        }
        for speech in speeches
    ]
    command = [str(python), str(OTHER), str(bundled("models/english-ud"))]
    done = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, check=True)
    rows: list[dict[str, float]] = json.loads(done.stdout)
    return rows


def evaluate(expression: str, values: dict[str, float]) -> float:
    """Return the value of ``a``, ``a / b`` or ``a + b / c + d`` (sums before the ratio)."""
    sums = [sum(values[name.strip()] for name in part.split(" + ")) for part in expression.split(" / ")]
    return sums[0] / sums[1] if len(sums) == 2 else sums[0]


def compare(ours: Sequence[dict[str, float]], theirs: Sequence[dict[str, float]]) -> None:
    """Print the correlation of each pair, both means and the largest difference."""
    print(f"{'adscreen':36} {'other':44} {'r':>7} {'mean':>8} {'other':>8} {'largest gap':>12}")
    for own, other in PAIRS:
        first = np.array([evaluate(own, values) for values in ours])
        second = np.array([evaluate(other, values) for values in theirs])
        correlation = np.corrcoef(first, second)[0, 1]
        gap = np.abs(first - second).max()
        print(f"{own:36} {other:44} {correlation:7.4f} {first.mean():8.4f} {second.mean():8.4f} {gap:12.3g}")


def measure_cost(transcripts: Sequence[Transcript], *, label: str) -> None:
    """Print words per second of the set, and each family's share; parsing counts apart, for it is done once."""
    seconds = dict.fromkeys(("parser", *FAMILIES), 0.0)
    words = 0
    rng = np.random.default_rng(0)
    load_parser()
    for transcript in transcripts:
        speech = prepare(transcript, rng)
        began = time.process_time()
        words += len(speech.spoken)
        assert speech.parsed is not None
        seconds["parser"] += time.process_time() - began
        for family in FAMILIES:
            began = time.process_time()
            for feature in FEATURES:
                if feature.family == family:
                    feature.value(speech)
            seconds[family] += time.process_time() - began
    total = sum(seconds.values())
    shares = ", ".join(f"{name} {value / total:.0%}" for name, value in seconds.items())
    print(
        f"{label}: {len(transcripts)} recordings, {words:,} words, {len(FEATURES)} features in {total:.1f} s CPU"
    )
    print(f"  time: {words / total:,.0f} words a second; {shares}")


def prepare(transcript: Transcript, rng: np.random.Generator) -> Speech:
    """Return speech with every input of a feature: a task, made-up vectors and reference."""
    described = replace(transcript, task="cookie")
    vectors = rng.standard_normal((len(prepare_speech(described).utterances), 256))
    return prepare_speech(described, vectors=vectors, reference=rng.standard_normal((9, 256)))


def main() -> None:
    """Compare and measure."""
    parser = argparse.ArgumentParser(description="Agreement with other tools, and cost.")
    parser.add_argument("folder", type=Path, help="the AMI folder: manifest.csv, manifest_excerpts.csv")
    parser.add_argument("--other-python", type=Path, help="interpreter of the other tools' environment")
    options = parser.parse_args()
    excerpts = read_transcripts(options.folder, excerpts=True)
    if options.other_python:
        speeches = [prepare_speech(transcript) for transcript in excerpts]
        ours = [{feature.key: feature.value(speech) for feature in FEATURES} for speech in speeches]
        compare(ours, measure_others(speeches, options.other_python))
    measure_cost(excerpts[:2], label="warm-up")
    measure_cost(excerpts, label="excerpts")
    measure_cost(read_transcripts(options.folder), label="whole")


if __name__ == "__main__":
    main()
