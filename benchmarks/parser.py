"""How often the parser is right on the test part of a UD treebank, and how fast it is.

    python benchmarks/parser.py ../shared/treebank [--spacy-model NAME]

Three readings of the test part: as written (case folded; the bundled parser has no label for punctuation, so the line
below counts the other words alone), as speech (lower case, no punctuation), and as transcribed (as speech, spelt as
adscreen.words spells it, contractions whole until the parser splits them). UPOS, UAS and LAS are shares of words (CoNLL
2018: relations without subtypes). Speed is in processor time, which other programs of the machine do not lengthen;
--processes 2 shows what two cores give together.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Sequence
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from adscreen.language.contractions import split_contraction
from adscreen.parser import ParsedSentence, Parser, load_parser
from adscreen.parser.accuracy import measure_accuracy
from adscreen.parser.augmentation import as_transcribed, fold_case, speak
from adscreen.parser.treebank import find_part, read_treebank


def whole_words(sentence: ParsedSentence) -> list[str]:
    """Return a sentence's words before contractions were split."""
    words: dict[int, str] = {}
    for word in sentence:
        words[word.source] = words.get(word.source, "") + word.text
    return list(words.values())


def measure_transcribed(parser: Parser, sentences: Sequence[ParsedSentence]) -> str:
    """Return the accuracy over sentences whose contractions our rules split as the treebank does, and their share."""
    alike = [
        sentence
        for sentence in sentences
        if [part for word in whole_words(sentence) for part in split_contraction(word)]
        == [word.text for word in sentence]
    ]
    share = sum(map(len, alike)) / sum(map(len, sentences))
    return f"{measure_accuracy(parser, alike)} over the {share:.1%} of words in sentences that are split alike"


def measure_speed(model: str, texts: Sequence[Sequence[str]]) -> tuple[float, float]:
    """Return seconds of processor time and of wall clock for parsing texts once, loading left out."""
    parser = load_parser(model)
    parser.parse(texts[:10])
    began, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    for number in range(0, len(texts), 20):  # 20 utterances: a recording
        parser.parse(texts[number : number + 20])
    ended = resource.getrusage(resource.RUSAGE_SELF)
    return ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime, time.perf_counter() - start


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("treebank", type=Path)
    options.add_argument("--spacy-model", default="bundled", help="[%(default)s]")
    options.add_argument("--processes", type=int, default=1, help="[%(default)s]")
    options.add_argument("--part", default="test", help="[%(default)s]")
    given = options.parse_args()
    parser = load_parser(given.spacy_model)
    written = read_treebank(find_part(given.treebank, given.part))
    spoken = [speak(sentence) for sentence in written]
    print(f"{parser.name} on {given.part}, {sum(map(len, written))} words, {sum(map(len, spoken))} as speech")
    folded = [fold_case(sentence) for sentence in written]
    print(f"as written:     {measure_accuracy(parser, folded)}")
    print(f"  but for PUNCT {measure_accuracy(parser, folded, but='PUNCT')}")
    print(f"as speech:      {measure_accuracy(parser, spoken)}")
    print(f"as transcribed: {measure_transcribed(parser, [as_transcribed(sentence) for sentence in spoken])}")
    texts = [whole_words(sentence) for sentence in spoken]
    words = sum(map(len, texts))
    with get_context("spawn").Pool(given.processes) as pool:
        times = pool.starmap(measure_speed, [(given.spacy_model, texts)] * given.processes)
    busy, wall = sum(cpu for cpu, _ in times) / len(times), max(seconds for _, seconds in times)
    print(
        f"{words / busy:,.0f} words per second of processor time; {words * given.processes / wall:,.0f} per second of"
    )
    print(f"wall clock with {given.processes} process(es)")


if __name__ == "__main__":
    main()
