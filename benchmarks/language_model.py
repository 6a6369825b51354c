"""The biLM beside 5-gram models, on text that neither saw; and how often the biLM tells a sentence from a spoilt one.

    apt-get install irstlm
    python benchmarks/language_model.py WORK_FOLDER [--bilm FOLDER] [--json FILE]

An earlier biLM is in the history (`git log models/speech-bilm/weights.hdf5`); read it with

    git archive COMMIT models/speech-bilm | tar -x -C FOLDER
    python benchmarks/language_model.py WORK_FOLDER --bilm FOLDER/models/speech-bilm

Test text: all AMI transcripts of ../shared (participant sentences, view `spoken`) and the held-out blocks of AudioCaps
and COCO. The 5-grams are fitted to the training sentences of ../shared/corpora as `adscreen.bilm.corpus` reads them,
with the biLM's vocabulary: words outside are <UNK> for all, a word like any other. Everyone predicts w1..wn and </S>
of each sentence by itself, so the targets are the same; every model's distribution is summed over the vocabulary in
some contexts, and must give 1.

Two 5-grams: `irstlm` is IRSTLM's build-lm.sh -n 5 -s improved-shift-beta -b (the discounts of modified Kneser-Ney, its
lower orders from plain counts; log10 p printed to two decimals); `kneser-ney` has continuation counts as well
(benchmarks/kneser_ney.py) and is the stronger. 95% intervals of perplexities and of their ratios are by bootstrap over
sentences, those of shares are Wilson's.

The first run builds the IRSTLM model (6 minutes of processor time), and WORK_FOLDER keeps it (310 MB) for the next; the
rest takes 8 minutes of one core and 2.6 GB of memory. The figures are in docs/results.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from kneser_ney import KneserNey  # noqa: E402

from adscreen.bilm.corpus import Corpus, read_corpus  # noqa: E402
from adscreen.bilm.engine import BiLM, required_softmax  # noqa: E402
from adscreen.bilm.format import UNKNOWN, read_bilm  # noqa: E402
from adscreen.ingest import read_transcript  # noqa: E402
from adscreen.speech import split_sentences  # noqa: E402

SHARED = ROOT.parent / "shared"
PICTURE_SOURCES = ("audiocaps", "coco_val2017")
BEGIN, END = "<S>", "</S>"
CHUNK = 2_000  # sentences read together: a reading holds every layer
SEED = 20261125
RESAMPLES = 1_000
N_DISCRIMINATED, SHORTEST, LONGEST, RANKS = 2_000, 6, 25, 10

Sentences = list[list[str]]
Scores = list[NDArray[np.float64]]  # log p of each target of each sentence


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The biLM's words, commonest first after the three marks, and the row of each."""

    words: list[str]
    rows: dict[str, int]

    def numbers(self, sentences: Sentences) -> NDArray[np.int64]:
        """Return the sentences' rows end to end, each between <S> and </S>; unknown words as <UNK>."""
        unknown, begin, end = (self.rows[mark] for mark in (UNKNOWN, BEGIN, END))
        rows = [[begin, *(self.rows.get(word, unknown) for word in words), end] for words in sentences]
        return np.array([row for sentence in rows for row in sentence], dtype=np.int64)


def read_ami(folder: Path) -> Sentences:
    """Return the participant's sentences of every transcript, lower case, those without words left out."""
    sentences = []
    for path in sorted(folder.iterdir()):
        transcript = read_transcript(path, recording_id=path.stem, subject_id=path.stem)
        tokens = [sentence.tokens for sentence in split_sentences(transcript, view="spoken")]
        sentences += [[word.lower() for word in words] for words in tokens if words]
    return sentences


def held_out(corpus: Corpus, name: str) -> Sentences:
    """Return the held-out sentences of a source."""
    source = next(source for source in corpus.sources if source.name == name)
    numbers = np.flatnonzero(source.held_out).tolist()
    return [[corpus.types[k] for k in source.sentence(number)] for number in numbers]


def training_numbers(corpus: Corpus, vocabulary: Vocabulary) -> NDArray[np.int64]:
    """Return the rows of all training sentences end to end, each between <S> and </S>."""
    unknown = vocabulary.rows[UNKNOWN]
    of_type = np.array([vocabulary.rows.get(word, unknown) for word in corpus.types])
    parts = []
    for source in corpus.sources:
        kept = np.repeat(~source.held_out, np.diff(source.starts))
        lengths = np.diff(source.starts)[~source.held_out]
        ends = np.cumsum(lengths)
        text = np.insert(of_type[source.ids[kept]], ends, vocabulary.rows[END])
        parts.append(np.insert(text, np.append(0, (ends + np.arange(1, len(ends) + 1))[:-1]), vocabulary.rows[BEGIN]))
    return np.concatenate(parts).astype(np.int64)


class IRSTLM:
    """A 5-gram of IRSTLM, built in ``folder`` unless it lies there already. Words are written w + their row."""

    def __init__(self, folder: Path, text: NDArray[np.int64], vocabulary: Vocabulary, *, programs: Path) -> None:
        self.folder, self.programs = folder.resolve(), programs.resolve()
        self.names = [f"w{row}" for row in range(len(vocabulary.words))]
        self.begin, self.end = vocabulary.rows[BEGIN], vocabulary.rows[END]
        self.names[self.begin], self.names[self.end] = "<s>", "</s>"
        self.upper_bound = _upper_bound(text, size=len(self.names))
        self.model = f"irstlm-{hashlib.sha256(text.tobytes()).hexdigest()[:16]}.blm"
        if not (self.folder / self.model).exists():
            self._build(text)

    def _build(self, text: NDArray[np.int64]) -> None:
        (self.folder / "counts").mkdir(parents=True, exist_ok=True)
        self._write(text, "train.txt")
        self._run("build-lm.sh", "-i", "cat train.txt", "-o", "interim.gz", "-n", "5", "-k", "2", "-t", "counts",
                  "-s", "improved-shift-beta", "-b")  # fmt: skip
        self._run("compile-lm", "interim.gz", "partial.blm")
        (self.folder / "partial.blm").replace(self.folder / self.model)  # whole, or not there
        (self.folder / "train.txt").unlink()
        (self.folder / "interim.gz").unlink()

    def _write(self, text: NDArray[np.int64], name: str) -> None:
        names = np.array(self.names, dtype=object)
        with (self.folder / name).open("w", encoding="ascii") as stream:
            for part in np.split(text, np.flatnonzero(text == self.begin)[1:]):
                stream.write(" ".join(names[part]) + "\n")

    def _run(self, program: str, *arguments: str) -> str:
        """Run a program of IRSTLM in the folder: its shell scripts would break a path with spaces."""
        command = [str(self.programs / program), *arguments]
        environment = os.environ | {"IRSTLM": str(self.programs.parent)}
        done = subprocess.run(command, env=environment, cwd=self.folder, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{program}: {(done.stderr.strip().splitlines() or ['failed'])[-1]}")
        return done.stdout

    def log_probabilities(self, text: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return log p (natural) of every word of sentences laid end to end, <S> left out."""
        self._write(text, "test.txt")
        printed = self._run("compile-lm", self.model, "--eval=test.txt", "--debug=2", f"--dub={self.upper_bound}")
        (self.folder / "test.txt").unlink()
        values = re.findall(r"^.*\[\d-gram\] (-?[\d.]+)", printed, flags=re.MULTILINE)
        if len(values) != np.count_nonzero(text != self.begin):
            sys.exit("compile-lm: scored other words than it was given")
        return np.array(values, dtype=float) * math.log(10)


def _upper_bound(text: NDArray[np.int64], *, size: int) -> int:
    """Return IRSTLM's --dub for a vocabulary of ``size`` words.

    Its dictionary holds the words that ``text`` has and one entry for all others, whose probability it divides by dub
    minus the dictionary's size. So each of the words that the text lacks gets its even part, and where it lacks none
    the entry is divided by 1: compile-lm stops unless dub is more than the size.
    """
    lacking = size - len(np.unique(text))
    return size - lacking + 1 + max(1, lacking)


def split(scores: NDArray[np.float64], sentences: Sentences) -> Scores:
    """Cut scores laid end to end into those of each sentence: its words and </S>."""
    return np.split(scores, np.cumsum([len(words) + 1 for words in sentences])[:-1])


def read_scores(bilm: BiLM, sentences: Sentences) -> tuple[Scores, Scores]:
    """Return the biLM's log p of each sentence's targets, forward and backward."""
    forward: Scores = []
    backward: Scores = []
    order = sorted(range(len(sentences)), key=lambda k: -len(sentences[k]))  # chunks of like length
    for start in range(0, len(order), CHUNK):
        for reading in bilm.read([sentences[k] for k in order[start : start + CHUNK]], log_probabilities=True):
            assert reading.forward is not None
            assert reading.backward is not None
            forward.append(reading.forward)
            backward.append(reading.backward)
    back = np.argsort(order).tolist()
    return [forward[k] for k in back], [backward[k] for k in back]


def compare(name: str, sentences: Sentences, scores: dict[str, Scores], vocabulary: Vocabulary) -> list[dict[str, Any]]:
    """Return one row a model: perplexity and, beside each 5-gram, the biLM's over it."""
    words = sum(map(len, sentences))
    unknown = sum(word not in vocabulary.rows for sentence in sentences for word in sentence)
    lengths = np.array([len(sentence) + 1 for sentence in sentences])
    nats = {model: np.array([-part.sum() for part in parts]) for model, parts in scores.items()}
    pooled = dict(zip(nats, _resample(np.stack([*nats.values(), lengths])), strict=False))
    rows = []
    for model, own in nats.items():
        row: dict[str, Any] = {"text": name, "model": model, "sentences": len(sentences), "targets": int(lengths.sum())}
        row |= {"unknown words": unknown / words, "perplexity": math.exp(own.sum() / lengths.sum())}
        row["interval"] = _interval(pooled[model])
        if model != "biLM":
            row["biLM / it"] = math.exp((nats["biLM"] - own).sum() / lengths.sum())
            row["ratio interval"] = _interval(pooled["biLM"] - pooled[model])
        rows.append(row)
    return rows


def _resample(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return, for each row of values (K, n) but the last, its sum over the last one's in each resample (K - 1, R)."""
    rng, n = np.random.default_rng(SEED), values.shape[1]
    sums = [values @ np.bincount(rng.integers(0, n, n), minlength=n) for _ in range(RESAMPLES)]
    resampled = np.stack(sums, axis=1)
    return resampled[:-1] / resampled[-1]


def _interval(nats: NDArray[np.float64]) -> list[float]:
    return [math.exp(value) for value in np.quantile(nats, [0.025, 0.975])]


def check_sums(
    sentences: Sentences, vocabulary: Vocabulary, models: dict[str, Callable[[Sentences], Scores]], *, contexts: int
) -> dict[str, list[float]]:
    """Return, per model, the sum over the vocabulary of p(word | context) in some contexts of the test text.

    The context is the first words of a sentence; every word of the vocabulary but <S> follows it in turn, and </S>.
    """
    rng = np.random.default_rng(SEED)
    heads = []
    for k in rng.choice(len(sentences), contexts, replace=False).tolist():
        heads.append(sentences[k][: rng.integers(1, min(6, len(sentences[k])), endpoint=True)])
    words = [word for word in vocabulary.words if word not in (BEGIN, END)]
    sums: dict[str, list[float]] = {model: [] for model in models}
    for head in heads:
        for model, score in models.items():
            parts = score([*([*head, word] for word in words), head])
            sums[model].append(math.fsum(math.exp(part[len(head)]) for part in parts))
    return sums


def spoil(words: list[str], vocabulary: Vocabulary, rng: np.random.Generator) -> dict[str, list[str]] | None:
    """Return a sentence re-ordered, with two neighbours swapped, and with a word replaced; None where that cannot be.

    The replacement is another word within ten ranks of frequency; both are in the vocabulary.
    """
    places = [k for k in range(len(words) - 1) if words[k] != words[k + 1]]
    known = [k for k, word in enumerate(words) if word in vocabulary.rows]
    if not places or not known:
        return None
    shuffled = words
    while shuffled == words:
        shuffled = [words[k] for k in rng.permutation(len(words))]
    k = int(rng.choice(places))
    swapped = [*words[:k], words[k + 1], words[k], *words[k + 2 :]]
    k = int(rng.choice(known))
    rank = vocabulary.rows[words[k]]
    near = range(max(3, rank - RANKS), min(len(vocabulary.words), rank + RANKS + 1))  # rows 0 to 2 are the marks
    other = vocabulary.words[int(rng.choice([row for row in near if row != rank]))]
    return {"re-ordered": shuffled, "swapped": swapped, "replaced": [*words[:k], other, *words[k + 1 :]]}


def discriminate(
    sentences: Sentences, vocabulary: Vocabulary, models: dict[str, Callable[[Sentences], Scores]]
) -> list[dict[str, Any]]:
    """Return, per model and kind of spoiling, the share of sentences that are likelier than their spoilt likes."""
    rng = np.random.default_rng(SEED)
    unique = sorted({tuple(words) for words in sentences if SHORTEST <= len(words) <= LONGEST})
    drawn, spoilt = [], []
    for k in rng.permutation(len(unique)).tolist():
        changed = spoil(list(unique[k]), vocabulary, rng)
        if changed and len(drawn) < N_DISCRIMINATED:
            drawn.append(list(unique[k]))
            spoilt.append(changed)
    rows = []
    for model, score in models.items():
        before = np.array([part.sum() for part in score(drawn)])
        for kind in spoilt[0]:
            after = np.array([part.sum() for part in score([changed[kind] for changed in spoilt])])
            wins = int((before > after).sum())
            row = {"model": model, "spoilt": kind, "sentences": len(drawn), "share": wins / len(drawn)}
            rows.append(row | {"interval": wilson(wins, len(drawn))})
    return rows


def wilson(wins: int, n: int, z: float = 1.959964) -> list[float]:
    """Return Wilson's 95% interval of a share."""
    share = wins / n
    centre, half = share + z * z / (2 * n), z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return [(centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)]


def _print(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        print("  ".join(f"{name} {_shown(value)}" for name, value in row.items()), flush=True)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "(" + " to ".join(_shown(number) for number in value) + ")"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def main() -> None:
    """Parse the arguments, fit or read the 5-grams, score and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path, help="folder that keeps the IRSTLM model between runs")
    parser.add_argument("--bilm", type=Path, default=ROOT / "models" / "speech-bilm")
    parser.add_argument("--corpora", type=Path, default=SHARED / "corpora", help="training text")
    parser.add_argument("--ami", type=Path, default=SHARED / "ami" / "transcripts", help="test transcripts")
    parser.add_argument("--irstlm", type=Path, default=Path("/usr/lib/irstlm/bin"), help="where IRSTLM's programs lie")
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--contexts", type=int, default=3, help="contexts whose probabilities are summed")
    arguments = parser.parse_args()
    for folder in (arguments.corpora, arguments.ami, arguments.irstlm):
        if not folder.is_dir():
            sys.exit(f"no folder {folder}")
    arguments.work.mkdir(parents=True, exist_ok=True)
    result = measure(arguments)
    print("sums of p over the vocabulary:", {name: [round(x, 4) for x in xs] for name, xs in result["sums"].items()})
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return all figures; print them as they come."""
    files = read_bilm(arguments.bilm)
    words = list(required_softmax(files).index)
    vocabulary = Vocabulary(words, {word: row for row, word in enumerate(words)})
    corpus = read_corpus(arguments.corpora)
    text = training_numbers(corpus, vocabulary)
    bilm, irstlm = BiLM(files), IRSTLM(arguments.work, text, vocabulary, programs=arguments.irstlm)
    kneser_ney = KneserNey(text, words=len(words), begin=vocabulary.rows[BEGIN], end=vocabulary.rows[END])
    ngrams: dict[str, Callable[[Sentences], Scores]] = {
        "irstlm": lambda sentences: split(irstlm.log_probabilities(vocabulary.numbers(sentences)), sentences),
        "kneser-ney": lambda sentences: split(kneser_ney.log_probabilities(vocabulary.numbers(sentences)), sentences),
    }
    forward: dict[str, Callable[[Sentences], Scores]] = {"biLM": lambda s: read_scores(bilm, s)[0], **ngrams}
    ami = read_ami(arguments.ami)
    tests = {"AMI": ami, **{name: held_out(corpus, name) for name in PICTURE_SOURCES}}
    tests["audiocaps + coco"] = [words for name in PICTURE_SOURCES for words in tests[name]]
    rows = []
    for name, sentences in tests.items():
        scores = {model: score(sentences) for model, score in forward.items()}
        rows += compare(name, sentences, scores, vocabulary)
        _print(rows[-len(scores) :])

    def joint(sentences: Sentences) -> Scores:
        return [np.concatenate(parts) for parts in zip(*read_scores(bilm, sentences), strict=True)]

    discrimination = discriminate(ami, vocabulary, {"biLM (joint)": joint, **forward})
    _print(discrimination)
    return {
        "bilm": files.digest,
        "training_tokens": len(text),
        "perplexity": rows,
        "discrimination": discrimination,
        "sums": check_sums(ami, vocabulary, forward, contexts=arguments.contexts),
    }


if __name__ == "__main__":
    main()
