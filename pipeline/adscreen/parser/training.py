"""Treebank + text -> a spaCy pipeline that parses speech: ``python -m adscreen.parser.training TREEBANK TEXT OUT``.

One convolutional encoder of hashed word parts and word vectors (spaCy's tok2vec) feeds a morphologizer (part of speech
and features), an arc-eager parser (Honnibal & Johnson 2015) and an edit-tree lemmatizer. Every epoch sees every
sentence once, in a variant drawn anew (adscreen.parser.augmentation). The epoch that does best on the development part
as speech is kept, and written as soon as it is known; the test part is not read. The same treebank, text, seed and
versions give the same weights.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from random import Random
from typing import Any

from adscreen.errors import InputError
from adscreen.language import ENGLISH, Language, read_language
from adscreen.parser.accuracy import Accuracy, measure_accuracy
from adscreen.parser.augmentation import augment, fold_case, speak
from adscreen.parser.loading import write_pipeline_sums
from adscreen.parser.spacy_parser import Parser
from adscreen.parser.tree import ROOT, ParsedSentence
from adscreen.parser.treebank import find_part, read_treebank
from adscreen.parser.vectors import WordVectors, train_vectors

CARD = {
    "name": "english-ud",
    "version": "1.0.0",
    "description": "Tagger, lemmatizer and dependency parser of spontaneous English",
    "author": "The adscreen authors",
    "license": "CC BY-SA 4.0",
}


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """What decides the weights, besides the treebank and the text."""

    seed: int = 20261125
    epochs: int = 18
    batch_words: int = 800
    rate: float = 0.002
    warm_up: int = 200
    dropout: float = 0.2
    width: int = 96
    depth: int = 4
    vector_width: int = 96
    vector_words: int = 20_000


def pipeline_config(settings: TrainingSettings) -> dict[str, dict[str, Any]]:
    """Return the configuration of every component, in order."""
    listener = {"@architectures": "spacy.Tok2VecListener.v1", "width": settings.width}
    tagger = {"@architectures": "spacy.Tagger.v2", "tok2vec": listener}
    return {
        "tok2vec": {
            "model": {
                "@architectures": "spacy.Tok2Vec.v2",
                "embed": {
                    "@architectures": "spacy.MultiHashEmbed.v2",
                    "width": settings.width,
                    "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"],
                    "rows": [5000, 1000, 2500, 500],
                    "include_static_vectors": True,
                },
                "encode": {
                    "@architectures": "spacy.MaxoutWindowEncoder.v2",
                    "width": settings.width,
                    "depth": settings.depth,
                    "window_size": 1,
                    "maxout_pieces": 3,
                },
            }
        },
        "morphologizer": {"model": tagger},
        "parser": {
            "min_action_freq": 10,
            "model": {
                "@architectures": "spacy.TransitionBasedParser.v2",
                "state_type": "parser",
                "extra_state_tokens": False,
                "hidden_width": 96,
                "maxout_pieces": 2,
                "use_upper": True,
                "tok2vec": listener,
            },
        },
        "trainable_lemmatizer": {"model": tagger, "min_tree_freq": 3, "top_k": 3, "backoff": "orth"},
    }


def make_example(nlp: Any, sentence: ParsedSentence) -> Any:
    """Return spaCy's training pair of a sentence."""
    from spacy.tokens import Doc
    from spacy.training import Example

    words = [word.text for word in sentence]
    starts: list[bool | int | None] = [index == 0 for index in range(len(words))]
    reference = Doc(
        nlp.vocab,
        words=words,
        sent_starts=starts,
        pos=[word.upos for word in sentence],
        morphs=[word.features for word in sentence],
        heads=[index if word.head == ROOT else word.head for index, word in enumerate(sentence)],
        deps=["ROOT" if word.head == ROOT else word.deprel for word in sentence],
        lemmas=[word.lemma.lower() for word in sentence],
    )
    return Example(Doc(nlp.vocab, words=words, sent_starts=starts), reference)


def draw_batches(
    sentences: Sequence[ParsedSentence], *, words: int, rng: Random, language: Language = ENGLISH
) -> Iterator[list[ParsedSentence]]:
    """Yield one epoch's batches of about ``words`` words: every sentence once, as a variant drawn anew."""
    order = list(range(len(sentences)))
    rng.shuffle(order)
    batch: list[ParsedSentence] = []
    size = 0
    for index in order:
        variant = augment(sentences[index], rng, language=language)
        if variant.words:
            batch.append(variant)
            size += len(variant)
        if size >= words:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def learning_rates(settings: TrainingSettings, *, steps: int) -> Iterator[float]:
    """Yield the rate of every step: a linear rise, then half a cosine down to a hundredth."""
    for step in range(steps * 2):
        rise = min(1.0, (step + 1) / settings.warm_up)
        fall = 0.01 + 0.99 * (0.5 + 0.5 * math.cos(math.pi * min(1.0, step / steps)))
        yield settings.rate * rise * fall


def build_pipeline(
    sentences: Sequence[ParsedSentence],
    vectors: WordVectors,
    settings: TrainingSettings,
    *,
    language: Language = ENGLISH,
) -> Any:
    """Return an untrained pipeline with its vectors and its labels."""
    import spacy
    from spacy.vectors import Vectors
    from thinc.api import fix_random_seed

    nlp = spacy.blank("en", meta=CARD) if language.is_english else spacy.blank("xx", meta=card_of(language))
    # spaCy and thinc draw weights and dropout from global generators. First imports draw from them too, so seed here.
    fix_random_seed(settings.seed)
    names, values = vectors
    nlp.vocab.vectors = Vectors(strings=nlp.vocab.strings, data=values, keys=names, name="speech")
    for name, config in pipeline_config(settings).items():
        nlp.add_pipe(name, config=config)
    # Trees as written, so that PUNCT and its relation are among the labels.
    nlp.initialize(lambda: [make_example(nlp, fold_case(sentence)) for sentence in sentences])
    return nlp


def card_of(language: Language) -> dict[str, str]:
    """Return what a pipeline of another language says of itself; its licence is that of the treebank."""
    name = f"{language.codes[0]}-ud"
    return {"name": name, "version": "1.0.0", "description": f"Tagger and dependency parser of spoken {language.name}"}


def train_parser(
    treebank: Path, out: Path, vectors: WordVectors, settings: TrainingSettings, *, language: Language = ENGLISH
) -> Accuracy:
    """Train, keep the best epoch in ``out`` and return its accuracy on the development part as speech."""
    from thinc.api import Adam

    sentences = read_treebank(find_part(treebank, "train"))
    held_out = [speak(sentence) for sentence in read_treebank(find_part(treebank, "dev"))]
    nlp = build_pipeline(sentences, vectors, settings, language=language)
    steps = settings.epochs * sum(map(len, sentences)) // settings.batch_words
    rates = learning_rates(settings, steps=steps)
    optimizer = Adam(settings.rate, L2=0.01, L2_is_weight_decay=True, grad_clip=1.0, use_averages=True)
    rng = Random(settings.seed)
    best: Accuracy | None = None
    for epoch in range(settings.epochs):
        began = time.process_time()
        for batch in draw_batches(sentences, words=settings.batch_words, rng=rng, language=language):
            optimizer.learn_rate = next(rates)
            nlp.update([make_example(nlp, item) for item in batch], sgd=optimizer, drop=settings.dropout)
        with nlp.use_params(optimizer.averages):
            accuracy = measure_accuracy(Parser(nlp), held_out)
            if best is None or accuracy.mean > best.mean:
                best = accuracy
                nlp.to_disk(out)
                write_pipeline_sums(out)
        print(f"epoch {epoch + 1}: {accuracy}, {time.process_time() - began:.0f} s of processor time", flush=True)
    assert best is not None
    return best


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "treebank", type=Path, help="folder of one UD treebank: *-train.conllu, *-dev.conllu (.xz, .gz)"
    )
    parser.add_argument("text", type=Path, help="folder of text for the word vectors: .txt (.gz, .xz), one turn a line")
    parser.add_argument("out", type=Path, help="folder to write")
    parser.add_argument("--language", type=Path, help="language file (TOML): its fillers and contractions [English]")
    for field in fields(TrainingSettings):
        option = f"--{field.name.replace('_', '-')}"
        parser.add_argument(option, type=type(field.default), default=field.default, help="[%(default)s]")
    given = vars(parser.parse_args())
    treebank, text, out, file = (given.pop(name) for name in ("treebank", "text", "out", "language"))
    settings = TrainingSettings(**given)
    try:
        language = read_language(file).language if file else ENGLISH
        words = lower_words(read_treebank(find_part(treebank, "train")))
        vectors = train_vectors(
            text,
            words,
            width=settings.vector_width,
            words=settings.vector_words,
            seed=settings.seed,
            contractions=language.contractions,
        )
        print(f"kept in {out}: {train_parser(treebank, out, vectors, settings, language=language)}")
    except InputError as error:
        raise SystemExit(str(error)) from error


def lower_words(sentences: Sequence[ParsedSentence]) -> list[list[str]]:
    """Return the words of sentences, lower case, without those that hold no letter or digit."""
    return [[word.text.lower() for word in sentence if any(map(str.isalnum, word.text))] for sentence in sentences]


if __name__ == "__main__":
    main()
