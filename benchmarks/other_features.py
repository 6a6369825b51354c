"""Words and utterances (JSON on standard input) -> what other tools make of them (JSON on standard output).

Runs in an environment of its own, which benchmarks/features.py starts: ``pip install lexicalrichness textdescriptives
lftk pylangacq`` beside spaCy 3.8. It imports nothing of adscreen. TextDescriptives and LFTK read the trees of the spaCy
pipeline that they are given. Utterances are parsed one by one, as adscreen parses them, since the pipeline looks at
the words around a word; then they are joined to one document.
"""

from __future__ import annotations

import csv
import json
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import Any

WINDOW = 25


def measure_lexicalrichness(words: list[str]) -> dict[str, float]:
    """Return type-token ratios."""
    from lexicalrichness import LexicalRichness

    text = LexicalRichness(" ".join(words), preprocessor=None, tokenizer=str.split)
    return {"lexicalrichness.ttr": text.ttr, "lexicalrichness.mattr": text.mattr(window_size=WINDOW)}


def measure_pylangacq(utterances: list[list[str]]) -> dict[str, float]:
    """Return the type-token ratio and the mean length of utterance in words of a CHAT file of the utterances."""
    import pylangacq

    lines = [f"*PAR:\t{' '.join(words)} ." for words in utterances if words]
    head = ["@UTF8", "@Begin", "@Languages:\teng", "@Participants:\tPAR Participant"]
    text = "\n".join([*head, "@ID:\teng|x|PAR|||||Participant|||", *lines, "@End", ""])
    chat = pylangacq.CHAT.from_strs([text])
    return {"pylangacq.ttr": chat.ttr(participant="PAR")[0], "pylangacq.mluw": chat.mluw(participant="PAR")[0]}


def measure_trees(nlp: Any, words: list[list[str]]) -> dict[str, float]:
    """Return what TextDescriptives and LFTK read from the trees of syntactic words, one list an utterance."""
    import lftk
    import textdescriptives
    from spacy.tokens import Doc

    starts = [[number == 0 for number in range(len(sentence))] for sentence in words]
    docs = [Doc(nlp.vocab, words=own, sent_starts=start) for own, start in zip(words, starts, strict=True)]
    doc = Doc.from_docs(list(nlp.pipe(docs)))
    found = {f"textdescriptives.{name}": value for name, value in textdescriptives.extract_dict(doc)[0].items()}
    extractor = lftk.Extractor(docs=doc)
    extractor.customize(stop_words=True, punctuations=True, round_decimal=9)
    names = ["n_noun", "n_propn", "n_verb", "n_pron", "n_adj", "n_adv", "n_adp", "a_subtlex_us_zipf_pw", "simp_ttr"]
    found |= {f"lftk.{name}": value for name, value in extractor.extract(features=[*names, "t_word"]).items()}
    return {name: float(value) for name, value in found.items() if isinstance(value, int | float)}


def mean_subtlex(words: list[str]) -> dict[str, float]:
    """Return the mean Zipf frequency in LFTK's table of the words without an apostrophe that it holds."""
    table = read_subtlex()
    known = [table[word] for word in words if word in table and "'" not in word]
    return {"subtlex.zipf_of_known": sum(known) / len(known)}


@cache
def read_subtlex() -> dict[str, float]:
    """Return LFTK's copy of SUBTLEX-US: word -> Zipf frequency."""
    import lftk

    with Path(lftk.__file__).with_name("resources").joinpath("subtlex_us.csv").open(encoding="utf-8-sig") as file:
        return {row["Word"].lower(): float(row["Zipf-value"]) for row in csv.DictReader(file)}


def main() -> None:
    """Measure every text of the input."""
    import spacy
    import textdescriptives  # noqa: F401 (spaCy finds its components so)

    warnings.simplefilter("ignore")
    nlp = spacy.load(sys.argv[1])
    nlp.add_pipe("textdescriptives/descriptive_stats")
    nlp.add_pipe("textdescriptives/dependency_distance")
    rows = []
    for text in json.load(sys.stdin):
        flat = [word for words in text["utterances"] for word in words]
        row = measure_lexicalrichness(flat) | measure_pylangacq(text["utterances"]) | mean_subtlex(flat)
        rows.append(row | measure_trees(nlp, [words for words in text["syntactic"] if words]))
    json.dump(rows, sys.stdout)


if __name__ == "__main__":
    main()
