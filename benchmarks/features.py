"""How far features agree with other tools' on AMI transcripts, and what the whole set costs.

    python benchmarks/features.py ../shared/ami --other-python OTHER/bin/python

OTHER is an environment with the tools that benchmarks/other_features.py names. They get adscreen's words, utterances
and syntactic words, so what differs is the formula and not the reading of files; TextDescriptives and LFTK run the
bundled parser. Where definitions differ, a second line says how and computes ours by theirs. Without --other-python
only the cost is measured. Speed is in processor time, which other programs of the machine do not lengthen; the biLM's
vectors are made up, since reading them is the biLM's cost and not that of the features.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from adscreen.bundled import bundled
from adscreen.cohort import read_cohort
from adscreen.extract.extraction import read_recording
from adscreen.features import FAMILIES, FEATURES, Speech, prepare_speech
from adscreen.features.lexical import mean_zipf
from adscreen.parser import ROOT, load_parser
from adscreen.records import Transcript

OTHER = Path(__file__).with_name("other_features.py")
RECORDINGS = 50


class Pair(NamedTuple):
    """A feature of ours and one of theirs; ``restated`` computes ours by their definition, which is ``reason``.

    ``ours`` and ``theirs`` name values, their sums and the ratio of two sums.
    """

    ours: str
    theirs: str
    reason: str = ""
    restated: Callable[[Speech], float] | None = None


def count_terminators(speech: Speech) -> tuple[int, int, int]:
    """Return types, words and utterances."""
    return len(set(speech.fluent)), len(speech.fluent), sum(bool(own.tokens) for own in speech.sentences("fluent"))


def ttr_with_terminators(speech: Speech) -> float:
    """Return the type-token ratio where the full stop of every utterance is a word."""
    types, words, utterances = count_terminators(speech)
    return (types + 1) / (words + utterances)


def mlu_with_terminators(speech: Speech) -> float:
    """Return the mean length of utterance where the full stop is a word."""
    _, words, utterances = count_terminators(speech)
    return words / utterances + 1


def lemma_ratio(speech: Speech) -> float:
    """Return lemmas / syntactic words."""
    words = [word for tree in speech.parsed for word in tree]
    return len({word.lemma for word in words}) / len(words)


def without_apostrophes(speech: Speech) -> list[list[str]]:
    """Return the syntactic words that hold no apostrophe, by utterance."""
    return [[word.text for word in tree if "'" not in word.text] for tree in speech.parsed if len(tree)]


def length_without_apostrophes(speech: Speech) -> float:
    """Return the mean characters of these."""
    return float(np.mean([len(word) for own in without_apostrophes(speech) for word in own]))


def mlu_without_apostrophes(speech: Speech) -> float:
    """Return the mean number of these in an utterance."""
    return float(np.mean([len(own) for own in without_apostrophes(speech)]))


def zipf_without_apostrophes(speech: Speech) -> float:
    """Return the mean Zipf frequency of the words without an apostrophe."""
    return mean_zipf([word for word in speech.fluent if "'" not in word])


def distance_with_roots(speech: Speech) -> float:
    """Return the mean over utterances of the mean distance of a word to its head, 0 for the root."""
    trees = [tree for tree in speech.parsed if len(tree)]
    distances = [[abs(i - word.head) if word.head != ROOT else 0 for i, word in enumerate(tree)] for tree in trees]
    return float(np.mean([np.mean(own) for own in distances]))


TTR = "lexical.types / lexical.tokens"
MLU = "syntactic.mlu"
CLITICS = "syntactic words without an apostrophe"
NOUNS = "lftk.n_noun + lftk.n_propn"
PAIRS = (
    Pair(TTR, "lexicalrichness.ttr"),
    Pair("lexical.mattr", "lexicalrichness.mattr"),
    Pair(TTR, "pylangacq.ttr", "the terminator of an utterance is a word", ttr_with_terminators),
    Pair(MLU, "pylangacq.mluw", "the terminator of an utterance is a word", mlu_with_terminators),
    Pair(TTR, "lftk.simp_ttr", "lemmas / syntactic words", lemma_ratio),
    Pair("lexical.noun_verb_ratio", f"{NOUNS} / lftk.n_verb"),
    Pair("lexical.pronoun_noun_ratio", f"lftk.n_pron / {NOUNS}"),
    *(Pair(f"syntactic.{pos}_rate", f"100 lftk.n_{pos} / lftk.t_word") for pos in ("adj", "adv", "adp", "verb")),
    Pair("lexical.word_length", "textdescriptives.token_length_mean", CLITICS, length_without_apostrophes),
    Pair(MLU, "textdescriptives.sentence_length_mean", CLITICS, mlu_without_apostrophes),
    Pair(
        "syntactic.dependency_distance",
        "textdescriptives.dependency_distance_mean",
        "mean of utterances, roots count as 0",
        distance_with_roots,
    ),
    Pair(
        "lexical.zipf_mean",
        "lftk.a_subtlex_us_zipf_pw",
        "SUBTLEX-US; syntactic words; unknown words (n't, 's, ...) are 0",
    ),
    Pair(
        "lexical.zipf_mean",
        "subtlex.zipf_of_known",
        "known words without an apostrophe; the tables differ",
        zipf_without_apostrophes,
    ),
)


def read_transcripts(folder: Path, *, excerpts: bool = False) -> list[Transcript]:
    """Return 50 transcripts, evenly over the manifest."""
    recordings = read_cohort(folder / ("manifest_excerpts.csv" if excerpts else "manifest.csv")).recordings
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
    """Return the value of ``a``, ``a / b`` or ``100 a + b / c + d`` (sums before the ratio, then the factor)."""
    factor, _, rest = expression.partition(" ") if expression[0].isdigit() else ("1", "", expression)
    sums = [sum(values[name.strip()] for name in part.split(" + ")) for part in rest.split(" / ")]
    return float(factor) * (sums[0] / sums[1] if len(sums) == 2 else sums[0])


def compare(speeches: Sequence[Speech], theirs: Sequence[dict[str, float]]) -> None:
    """Print for each pair the correlation, both means and the largest difference; and ours by their definition."""
    ours = [{feature.key: feature.value(speech) for feature in FEATURES} for speech in speeches]
    for pair in PAIRS:
        first = np.array([evaluate(pair.ours, values) for values in ours])
        second = np.array([evaluate(pair.theirs, values) for values in theirs])
        print(f"{pair.ours:32} {pair.theirs:42} {_agreement(first, second)}")
        if pair.restated:
            restated = np.array([pair.restated(speech) for speech in speeches])
            print(f"{'':4}{pair.reason:71} {_agreement(restated, second)}")
        elif pair.reason:
            print(f"{'':4}{pair.reason}")


def _agreement(first: NDArray[np.float64], second: NDArray[np.float64]) -> str:
    correlation = np.corrcoef(first, second)[0, 1]
    gap = np.abs(first - second).max()
    return f"r {correlation:.4f}  means {first.mean():8.4f} {second.mean():8.4f}  largest gap {gap:.2g}"


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
    print(f"{label}: {len(transcripts)} recordings, {words:,} words, {len(FEATURES)} features in {total:.1f} s CPU")
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
        compare(speeches, measure_others(speeches, options.other_python))
    measure_cost(excerpts[:2], label="warm-up")
    measure_cost(excerpts, label="excerpts")
    measure_cost(read_transcripts(options.folder), label="whole")


if __name__ == "__main__":
    main()
