"""Documents -> vectors that repeat to the byte."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from adscreen.errors import InputError
from adscreen.estimator.doc2vec import Doc2VecVectorizer

KITCHEN = "mother sink water dishes plate window curtain cupboard floor apron drying overflowing".split()
JAR = "boy girl cookie jar stool falling reaching lid stealing brother sister laughing".split()
SHARED_WORDS = "the a is and she he it on of uh there".split()
LEARNED = ("vocabulary_", "counts_", "word_vectors_", "output_vectors_")


def document(topic: list[str], *, seed: int) -> list[str]:
    """Return 60 words: four in ten of a topic, the others common to both."""
    rng = random.Random(seed)
    return [rng.choice(topic) if rng.random() < 0.4 else rng.choice(SHARED_WORDS) for _ in range(60)]


DOCUMENTS = [document(topic, seed=seed) for seed in range(30) for topic in (KITCHEN, JAR)]


def vectorizer(**changes: object) -> Doc2VecVectorizer:
    """Return a small, quick vectorizer."""
    return Doc2VecVectorizer(**({"vector_size": 8, "epochs": 10, "alpha": 0.05} | changes))


@pytest.fixture(scope="module", params=[1, 0], ids=["PV-DM", "PV-DBOW"])
def fitted(request: pytest.FixtureRequest) -> Doc2VecVectorizer:
    """A vectorizer fitted on both topics."""
    return vectorizer(dm=request.param).fit(DOCUMENTS)


def digest(fitted: Doc2VecVectorizer, documents: list[list[str]]) -> str:
    """Return the SHA-256 of all that was learned and of the documents' vectors."""
    total = hashlib.sha256(" ".join(fitted.vocabulary_).encode())
    for array in (fitted.counts_, fitted.word_vectors_, fitted.output_vectors_, fitted.transform(documents)):
        total.update(array.tobytes())
    return total.hexdigest()


def test_held_out_documents_lie_near_their_topic(fitted: Doc2VecVectorizer) -> None:
    """The nearest training document, by cosine, of more than nine in ten unseen documents is of the same topic."""
    training = directions(fitted.transform(DOCUMENTS))
    unseen = [document(topic, seed=1000 + seed) for seed in range(30) for topic in (KITCHEN, JAR)]
    nearest = (directions(fitted.transform(unseen)) @ training.T).argmax(axis=1)
    same = [number % 2 == found % 2 for number, found in enumerate(nearest.tolist())]
    assert np.mean(same) > 0.9


def test_inference_is_that_of_gensim(fitted: Doc2VecVectorizer) -> None:
    """Vectors inferred here point where gensim's ``infer_vector`` points from its own random start."""
    from gensim.models.doc2vec import Doc2Vec

    model = fitted._restored_model()
    assert isinstance(model, Doc2Vec)
    theirs = [model.infer_vector(words, alpha=fitted.alpha, epochs=200) for words in DOCUMENTS[:10]]
    longer = vectorizer(dm=fitted.dm, infer_epochs=200)
    for name in LEARNED:
        setattr(longer, name, getattr(fitted, name))
    ours = longer.transform(DOCUMENTS[:10])
    cosines = (directions(ours) * directions(np.array(theirs))).sum(axis=1)
    assert cosines.mean() > 0.95
    lengths = np.linalg.norm(ours, axis=1) / np.linalg.norm(theirs, axis=1)
    np.testing.assert_allclose(lengths.mean(), 1.0, atol=0.1)


def directions(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the vectors at length 1."""
    scaled: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return scaled


PROGRAM = """
import json, sys
sys.path.insert(0, sys.argv[1])
from test_doc2vec import DOCUMENTS, digest, vectorizer
print(digest(vectorizer(dm=int(sys.argv[2])).fit(DOCUMENTS), DOCUMENTS[:20]))
"""


@pytest.mark.parametrize("hash_seed", ["0", "4242"])
def test_another_process_gives_the_same_bytes(fitted: Doc2VecVectorizer, hash_seed: str) -> None:
    """Fitting and inferring again elsewhere, under another PYTHONHASHSEED, changes nothing."""
    tests = Path(__file__).resolve().parent
    command = [sys.executable, "-c", PROGRAM, str(tests), str(fitted.dm)]
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    done = subprocess.run(command, env=environment, cwd=tests.parent, check=True, capture_output=True, text=True)
    assert digest(fitted, DOCUMENTS[:20]) == done.stdout.strip()


def test_the_order_of_training_documents_does_not_matter(fitted: Doc2VecVectorizer) -> None:
    """Fitting on the same documents in another order, or from an iterator, learns the same arrays."""
    shuffled = random.Random(3).sample(DOCUMENTS, len(DOCUMENTS))
    again = clone(fitted).fit(iter(shuffled))
    assert digest(fitted, DOCUMENTS[:5]) == digest(again, DOCUMENTS[:5])


WORD = st.sampled_from([*KITCHEN[:3], *JAR[:3], *SHARED_WORDS[:3], "unheard"])


@settings(max_examples=25)
@given(documents=st.lists(st.lists(WORD, max_size=8), min_size=1, max_size=5), seed=st.integers(0, 9))
def test_a_document_has_the_same_bytes_in_any_batch(
    fitted: Doc2VecVectorizer, documents: list[list[str]], seed: int
) -> None:
    """A vector depends on its document alone: not on the others, their order, or what was inferred before."""
    order = random.Random(seed).sample(range(len(documents)), len(documents))
    together = fitted.transform([documents[k] for k in order])
    assert (len(documents), 8) == together.shape
    assert np.float32 == together.dtype
    for k, vector in zip(order, together, strict=True):
        assert fitted.transform([documents[k]])[0].tobytes() == vector.tobytes()


def test_learned_arrays_are_the_whole_model(fitted: Doc2VecVectorizer) -> None:
    """A new vectorizer given the four arrays, copied, infers the same bytes: no pickle is needed to save it."""
    copied = Doc2VecVectorizer(**fitted.get_params())
    for name in LEARNED:
        setattr(copied, name, np.array(getattr(fitted, name).tolist(), dtype=getattr(fitted, name).dtype))
    assert digest(fitted, DOCUMENTS) == digest(copied, DOCUMENTS)


def test_words_of_one_count_keep_their_own_vectors() -> None:
    """Where gensim would order words of equal counts anew, each word's two vectors are put back in its place."""
    model = vectorizer(min_count=1).fit([[f"w{number}" for number in range(30)]] * 2)
    restored = model._restored_model()
    assert model.vocabulary_.tolist() != restored.wv.index_to_key
    for row, word in enumerate(model.vocabulary_.tolist()):
        place = restored.wv.key_to_index[word]
        assert model.word_vectors_[row].tobytes() == restored.wv.vectors[place].tobytes()
        assert model.output_vectors_[row].tobytes() == restored.syn1neg[place].tobytes()


def test_inference_leaves_the_model_alone(fitted: Doc2VecVectorizer) -> None:
    """Nothing that was learned changes when documents are inferred."""
    before = [getattr(fitted, name).tobytes() for name in LEARNED]
    fitted.transform(DOCUMENTS)
    assert before == [getattr(fitted, name).tobytes() for name in LEARNED]


def test_a_document_without_known_words_is_zeros(fitted: Doc2VecVectorizer) -> None:
    """No words, or none that training knew, gives zeros; unknown words beside known ones are passed over."""
    empty, unknown, known, mixed = fitted.transform([[], ["zebra", "gnu"], ["boy"], ["boy", "zebra"]])
    assert not empty.any()
    assert not unknown.any()
    assert known.any()
    assert mixed.any()


def test_training_documents_are_inferred_too() -> None:
    """``fit_transform`` gives what ``transform`` gives, so that training and unseen documents are alike."""
    model = vectorizer()
    assert model.fit_transform(DOCUMENTS).tobytes() == model.transform(DOCUMENTS).tobytes()


def test_case_is_folded(fitted: Doc2VecVectorizer) -> None:
    """``Boy`` is ``boy``, in training and in inference."""
    upper = [[word.upper() for word in words] for words in DOCUMENTS]
    assert digest(fitted, DOCUMENTS[:5]) == digest(clone(fitted).fit(upper), upper[:5])


def test_settings_matter() -> None:
    """Size, learning rate, seed and the kind of model change the vectors; rare words leave the vocabulary."""
    base = vectorizer().fit(DOCUMENTS)
    assert (60, 5) == vectorizer(vector_size=5).fit_transform(DOCUMENTS).shape
    for change in ({"alpha": 0.01}, {"seed": 1}, {"dm": 0}, {"window": 1}, {"epochs": 3}, {"negative": 2}):
        assert digest(base, DOCUMENTS[:2]) != digest(vectorizer(**change).fit(DOCUMENTS), DOCUMENTS[:2]), change
    assert set(KITCHEN + JAR + SHARED_WORDS) == set(base.vocabulary_)
    assert set(base.vocabulary_) > set(vectorizer(min_count=200).fit(DOCUMENTS).vocabulary_)


def test_counts_are_those_of_the_training_documents() -> None:
    """Words are stored commonest first with their counts, words below ``min_count`` left out."""
    model = vectorizer(min_count=2).fit([["a", "b", "a"], ["b", "A", "c"]])
    assert {"a": 3, "b": 2} == dict(zip(model.vocabulary_.tolist(), model.counts_.tolist(), strict=True))
    assert ["a", "b"] == model.vocabulary_.tolist()
    assert (2, 8) == model.word_vectors_.shape == model.output_vectors_.shape


@pytest.mark.parametrize("documents", [[[]], [["a"], ["b"]]], ids=["empty", "rare words"])
def test_nothing_to_learn_is_an_input_error(documents: list[list[str]]) -> None:
    """Without a word that occurs twice there is no model: one line says so."""
    with pytest.raises(InputError, match=r"^training transcripts: Doc2Vec found no word that occurs 2 times; train on"):
        vectorizer().fit(documents)


def test_it_is_a_scikit_learn_transformer() -> None:
    """The constructor only stores, ``clone`` forgets what was learned, columns have names, use before fit is told."""
    model = vectorizer(seed=3).fit(DOCUMENTS)
    assert 3 == clone(model).get_params()["seed"]
    assert ["doc2vec.000", "doc2vec.007"] == model.get_feature_names_out().tolist()[::7]
    with pytest.raises(NotFittedError):
        clone(model).transform(DOCUMENTS)


def test_saved_settings_are_plain_data() -> None:
    """Every setting passes through JSON unchanged."""
    assert vectorizer().get_params() == json.loads(json.dumps(vectorizer().get_params()))


def test_transforming_adds_nothing_to_what_is_saved() -> None:
    """The gensim model that is kept between calls is no part of the state, and a copy infers the same without it."""
    documents = [document(KITCHEN, seed=seed) for seed in range(6)]
    fitted = Doc2VecVectorizer(vector_size=4).fit(documents)
    before = set(fitted.__getstate__())
    first = fitted.transform(documents)
    assert before == set(fitted.__getstate__())
    copy = Doc2VecVectorizer.__new__(Doc2VecVectorizer)
    copy.__setstate__(fitted.__getstate__())
    assert first.tobytes() == copy.transform(documents).tobytes() == fitted.transform(documents).tobytes()


def test_fitting_anew_forgets_the_last_model() -> None:
    """Vectors after a second fit are those of a fresh vectorizer."""
    one, other = ([document(topic, seed=seed) for seed in range(6)] for topic in (KITCHEN, JAR))
    twice = Doc2VecVectorizer(vector_size=4).fit(one)
    twice.transform(one)
    expected = Doc2VecVectorizer(vector_size=4).fit(other).transform(other)
    assert expected.tobytes() == twice.fit(other).transform(other).tobytes()
