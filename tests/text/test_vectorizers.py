"""Documents -> biLM vectors and perplexities, as scikit-learn's users call them."""

from __future__ import annotations

import doctest
import hashlib
import math
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_predict
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

import adscreen.estimator.doc2vec
import adscreen.text.vectorizers
from adscreen.bilm.engine import BiLM
from adscreen.bilm.format import read_bilm
from adscreen.cohort import read_cohort
from adscreen.errors import InputError
from adscreen.estimator.doc2vec import Doc2VecVectorizer
from adscreen.extract.extraction import ExtractSettings, extract_cohort
from adscreen.extract.perplexity import perplexity_dictionary
from adscreen.text import ElmoVectorizer, PerplexityVectorizer
from adscreen.text.vectorizers import CHUNK

SUBJECTS = 12
CASES = [number % 2 for number in range(SUBJECTS) for _ in range(2)]
GROUPS = [number for number in range(SUBJECTS) for _ in range(2)]
LABELS = np.array(["control", "case"])[CASES]


def invented(number: int) -> str:
    """Return an invented document of three sentences and more; a case's are of another topic."""
    own = ("jar cookie boy stool", "water sink mother window")[CASES[number]].split()
    turns = [
        f"The {own[(number + place) % 4]} is on the {own[(number * place) % 4]}." for place in range(3 + number % 2)
    ]
    return f"{' '.join(turns)} Uh{', no' * (number % 3)}."


TEXTS = [invented(number) for number in range(len(CASES))]


def vectorizers(folder: Path) -> dict[str, Any]:
    """Return the three, small."""
    return {
        "elmo": ElmoVectorizer(folder),
        "perplexity": PerplexityVectorizer(folder),
        "doc2vec": Doc2VecVectorizer(vector_size=4, min_count=1),
    }


@pytest.fixture(params=["elmo", "perplexity", "doc2vec"])
def vectorizer(request: pytest.FixtureRequest, tiny_bilm: Path) -> Any:
    """Each of the three, not fitted."""
    return vectorizers(tiny_bilm)[request.param]


def digest(folder: Path) -> str:
    """Return the SHA-256 of what the three give for the invented documents."""
    total = hashlib.sha256()
    for vectorizer in vectorizers(folder).values():
        total.update(vectorizer.fit(TEXTS[:16]).transform(TEXTS).tobytes())
    return total.hexdigest()


def test_they_stand_in_a_pipeline_under_grouped_cross_validation(vectorizer: Any) -> None:
    """Text in, out-of-fold labels out: one label for each document, of subjects that were not in training."""
    pipeline = Pipeline([("text", vectorizer), ("scale", StandardScaler()), ("classifier", LogisticRegression())])
    predicted = cross_val_predict(pipeline, TEXTS, LABELS, groups=GROUPS, cv=GroupKFold(3))
    assert (len(TEXTS),) == predicted.shape
    assert {"case", "control"} == set(predicted)
    fold = next(iter(GroupKFold(3).split(TEXTS, LABELS, GROUPS)))
    by_hand = clone(pipeline).fit([TEXTS[k] for k in fold[0]], LABELS[fold[0]])
    assert by_hand.predict([TEXTS[k] for k in fold[1]]).tolist() == predicted[fold[1]].tolist()


def test_bilm_vectors_of_two_topics_are_separable(tiny_bilm: Path) -> None:
    """Every held-out subject is classified: rows belong to their documents through the whole of a cross-validation."""
    pipeline = Pipeline([("text", ElmoVectorizer(tiny_bilm)), ("classifier", LogisticRegression(C=100.0))])
    assert LABELS.tolist() == cross_val_predict(pipeline, TEXTS, LABELS, groups=GROUPS, cv=GroupKFold(3)).tolist()


def test_a_grid_search_sets_their_parameters(tiny_bilm: Path) -> None:
    """``layer`` may be a name or a number; the search, in two processes, finds what it finds in one."""
    pipeline = Pipeline([("text", ElmoVectorizer(tiny_bilm)), ("classifier", LogisticRegression())])
    grid = {"text__layer": ["mean", 0, 2], "text__pooling": ["mean", "mean+max"]}
    found = [
        GridSearchCV(pipeline, grid, cv=GroupKFold(3), n_jobs=jobs).fit(TEXTS, LABELS, groups=GROUPS) for jobs in (1, 2)
    ]
    assert found[0].best_params_ == found[1].best_params_
    assert found[0].cv_results_["mean_test_score"].tolist() == found[1].cv_results_["mean_test_score"].tolist()
    assert np.isfinite(found[0].cv_results_["mean_test_score"]).all()


def test_a_row_is_that_of_the_feature_table(tiny_bilm: Path, tmp_path: Path) -> None:
    """A script that reads texts gets the very numbers that ``adscreen features`` gives for plain-text transcripts."""
    for number, text in enumerate(TEXTS[:4]):
        (tmp_path / f"{number}.txt").write_text(text, encoding="utf-8")
    rows = "".join(f"S{number},{number}.txt,control\n" for number in range(4))
    (tmp_path / "manifest.csv").write_text(f"subject_id,transcript,label\n{rows}", encoding="utf-8")
    table = extract_cohort(read_cohort(tmp_path / "manifest.csv"), ExtractSettings(tiny_bilm))
    for vectorizer in (ElmoVectorizer(tiny_bilm), PerplexityVectorizer(tiny_bilm)):
        names = vectorizer.get_feature_names_out().tolist()
        assert table.inputs[names].to_numpy(dtype=float).tobytes() == vectorizer.transform(TEXTS[:4]).tobytes()


def test_a_vector_is_the_mean_over_words(tiny_bilm: Path) -> None:
    """All layers' mean by default, one layer where it is named, over the words of both sentences."""
    readings = BiLM(read_bilm(tiny_bilm)).read([["the", "boy"], ["it", "is", "falling"]])
    layers = np.concatenate([reading.layers for reading in readings], axis=1, dtype=np.float64)
    text = ["The boy. It is falling."]
    assert layers.mean(axis=(0, 1)) == pytest.approx(ElmoVectorizer(tiny_bilm).transform(text)[0])
    assert layers[1].mean(axis=0) == pytest.approx(ElmoVectorizer(tiny_bilm, layer=1).transform(text)[0])
    assert layers[1].mean(axis=0) == pytest.approx(ElmoVectorizer(tiny_bilm, layer="0,1,0").transform(text)[0])


def test_perplexity_by_hand(tiny_bilm: Path) -> None:
    """Pooled values are the mean of -log p over the targets of the document, natural logarithm."""
    one, two = BiLM(read_bilm(tiny_bilm)).read([["the", "boy"], ["it", "is", "xylem"]], log_probabilities=True)
    row = PerplexityVectorizer(tiny_bilm).set_output(transform="pandas").transform(["The boy. It is xylem."]).iloc[0]
    forward = np.concatenate([one.forward, two.forward])
    backward = np.concatenate([one.backward, two.backward])
    assert (7, 7) == (len(forward), len(backward))
    assert -forward.mean() == pytest.approx(row["perplexity.forward_pooled"])
    assert -backward.mean() == pytest.approx(row["perplexity.backward_pooled"])
    assert -np.concatenate([forward, backward]).mean() == pytest.approx(row["perplexity.joint_pooled"])
    assert 1 / 5 == row["perplexity.oov_share"]
    assert math.isnan(row["perplexity.joint_slope"])


def test_tokens_are_a_document_too(vectorizer: Any) -> None:
    """A sequence of tokens is read as one sentence: as the string that holds the same words."""
    tokens = [["the", "boy", "is", "on", "the", "stool"], ["water", "in", "the", "sink"]]
    strings = [" ".join(words) for words in tokens]
    assert vectorizer.fit(strings).transform(strings).tobytes() == vectorizer.fit(tokens).transform(tokens).tobytes()


def test_a_string_is_read_by_words_not_by_letters() -> None:
    """Doc2Vec used to take the letters of a string for its tokens."""
    learned = Doc2VecVectorizer(vector_size=4, min_count=1).fit(["The boy's on it.", "The JAR"])
    assert ["boy's", "it", "jar", "on", "the"] == sorted(learned.vocabulary_.tolist())


def test_rows_do_not_depend_on_what_is_beside_them(vectorizer: Any) -> None:
    """A row has the same bytes alone, in another order and in another chunk."""
    vectorizer.fit(TEXTS)
    many = (TEXTS * 3)[: 2 * CHUNK + 1]
    together = vectorizer.transform(many)
    assert vectorizer.transform(many[::-1])[::-1].tobytes() == together.tobytes()
    assert vectorizer.transform(many[-1:]).tobytes() == together[-1:].tobytes()


@settings(max_examples=20)
@given(documents=st.lists(st.text(max_size=40), min_size=1, max_size=4))
def test_any_text_gives_a_row(tiny_bilm: Path, documents: list[str]) -> None:
    """Whatever the characters, each document has a row of finite numbers or, without words, the empty row."""
    for name, vectorizer in vectorizers(tiny_bilm).items():
        rows = vectorizer.fit(TEXTS).transform(documents)
        assert (len(documents), len(vectorizer.get_feature_names_out())) == rows.shape
        assert name == "perplexity" or np.isfinite(rows).all()


def test_a_document_without_words(tiny_bilm: Path) -> None:
    """Vectors are zeros, or NaN where that is asked for; perplexities are NaN, as 0 would say certain."""
    silent = ["", "... -- ", "The boy"]
    zeros = ElmoVectorizer(tiny_bilm).transform(silent)
    missing = ElmoVectorizer(tiny_bilm, empty="nan").transform(silent)
    assert not zeros[:2].any()
    assert np.isnan(missing[:2]).all()
    assert zeros[2].tobytes() == missing[2].tobytes()
    perplexities = PerplexityVectorizer(tiny_bilm).transform(silent)
    assert np.isnan(perplexities[:2]).all()
    assert np.isfinite(perplexities[2, :3]).all()


def test_an_imputer_lets_short_documents_through(tiny_bilm: Path) -> None:
    """The remedy that the docstring names: documents of one sentence, one of none, get a prediction each."""
    texts = [text.split(".")[0] for text in TEXTS[:-1]] + [""]
    imputer = SimpleImputer(keep_empty_features=True)
    pipeline = Pipeline([("text", PerplexityVectorizer(tiny_bilm)), ("fill", imputer), ("c", LogisticRegression())])
    assert len(texts) == len(pipeline.fit(texts, LABELS).predict(texts))


def test_pandas_output_has_the_names_and_the_index(vectorizer: Any) -> None:
    """``set_output`` gives a table with the rows of the Series that was read."""
    texts = pd.Series(TEXTS, index=range(100, 100 + len(TEXTS)))
    table = vectorizer.set_output(transform="pandas").fit_transform(texts)
    assert vectorizer.get_feature_names_out().tolist() == table.columns.tolist()
    assert texts.index.tolist() == table.index.tolist()
    assert vectorizer.set_output(transform="default").transform(texts).tobytes() == table.to_numpy().tobytes()


def test_columns_are_named_as_in_the_feature_dictionary(tiny_bilm: Path) -> None:
    """Perplexities by the dictionary's names; vectors by number, twice as many with the largest values."""
    names = PerplexityVectorizer(tiny_bilm).get_feature_names_out().tolist()
    assert [entry["name"] for entry in perplexity_dictionary("spoken")] == names
    assert ["elmo.0000", "elmo.0011"] == ElmoVectorizer(tiny_bilm).get_feature_names_out().tolist()[::11]
    assert 24 == len(ElmoVectorizer(tiny_bilm, pooling="mean+max").get_feature_names_out())


def test_a_column_transformer_reads_a_column_of_text(vectorizer: Any) -> None:
    """Named by a string the column comes as a Series, by a list as a table; both are read."""
    table = pd.DataFrame({"age": range(len(TEXTS)), "said": TEXTS})
    by_name, by_list = (
        ColumnTransformer([("text", clone(vectorizer), column)]).fit_transform(table) for column in ("said", ["said"])
    )
    assert by_name.tobytes() == by_list.tobytes() == vectorizer.fit_transform(TEXTS).tobytes()


@pytest.mark.parametrize("hash_seed", ["0", "4242"])
def test_another_process_gives_the_same_bytes(tiny_bilm: Path, hash_seed: str) -> None:
    """Under another PYTHONHASHSEED nothing changes."""
    program = "import sys; sys.path.insert(0, sys.argv[1]); import test_vectorizers as t; print(t.digest(sys.argv[2]))"
    command = [sys.executable, "-c", program, str(Path(__file__).parent), str(tiny_bilm)]
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    assert digest(tiny_bilm) == done.stdout.strip()


@pytest.mark.parametrize("kind", [ElmoVectorizer, PerplexityVectorizer])
def test_jobs_change_nothing(tiny_bilm: Path, kind: Any) -> None:
    """Two processes give the bytes of one."""
    many = TEXTS * 3
    assert kind(tiny_bilm).transform(many).tobytes() == kind(tiny_bilm, n_jobs=2).transform(many).tobytes()


@pytest.mark.parametrize("kind", [ElmoVectorizer, PerplexityVectorizer])
def test_threads_share_a_language_model(tiny_bilm: Path, kind: Any) -> None:
    """Threads of one process that read at once (joblib's ``threading``) get the rows they would get alone."""
    expected = kind(tiny_bilm).transform(TEXTS)
    with ThreadPoolExecutor(8) as threads:
        rows = list(threads.map(lambda text: kind(tiny_bilm).transform([text]), TEXTS * 4))
    assert np.concatenate([expected] * 4).tobytes() == np.concatenate(rows).tobytes()


@pytest.mark.parametrize("kind", [ElmoVectorizer, PerplexityVectorizer])
def test_settings_are_the_whole_state(tiny_bilm: Path, kind: Any) -> None:
    """After reading, an estimator holds its parameters alone: what joblib sends to another process is small."""
    used = kind(tiny_bilm).fit(TEXTS)
    used.transform(TEXTS[:2])
    assert used.get_params().keys() == vars(used).keys()
    assert len(pickle.dumps(used)) < 2_000


def test_what_does_not_learn_needs_no_fit(tiny_bilm: Path) -> None:
    """``transform`` works at once and does not depend on what ``fit`` saw."""
    for name in ("elmo", "perplexity"):
        vectorizer = vectorizers(tiny_bilm)[name]
        before = vectorizer.transform(TEXTS[:2])
        assert before.tobytes() == vectorizer.fit(["something else"]).transform(TEXTS[:2]).tobytes()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"layer": 3}, r"layer: no layer '3'; use mean, 0 to 2, or 3 weights: 0\.5,0\.5,0\.5"),
        ({"layer": "top"}, "layer: no layer 'top'; .*"),
        ({"pooling": "max"}, r"pooling: no such value: 'max'; use mean or mean\+max"),
        ({"empty": "drop"}, "empty: no such value: 'drop'; use zero or nan"),
        ({"bilm": "no/such"}, "bilm: no.such: no such biLM folder; give a folder with .*"),
    ],
)
def test_a_wrong_setting_is_named(tiny_bilm: Path, settings: dict[str, Any], message: str) -> None:
    """``fit`` and ``transform`` name the parameter and its values; no option of the command line is mentioned."""
    wrong = ElmoVectorizer(tiny_bilm).set_params(**settings)
    for method in (wrong.fit, wrong.transform):
        with pytest.raises(InputError, match=f"^{message}$"):
            method(TEXTS)


def test_perplexity_needs_a_softmax(tiny_bilm: Path, tmp_path: Path) -> None:
    """Weights as they are published can embed, and not say how likely a word is."""
    for name in ("options.json", "weights.hdf5"):
        (tmp_path / name).write_bytes((tiny_bilm / name).read_bytes())
    assert (1, 12) == ElmoVectorizer(tmp_path).fit(TEXTS).transform(TEXTS[:1]).shape
    with pytest.raises(InputError, match=r"^bilm: .*no softmax\.hdf5 and vocabulary\.txt"):
        PerplexityVectorizer(tmp_path).fit(TEXTS)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"vector_size": 0}, "vector_size: no such value: 0; use a whole number of 1 or more"),
        ({"window": 1.5}, "window: no such value: 1.5; use a whole .*"),
        ({"min_count": "2"}, "min_count: no such value: '2'; use a whole .*"),
        ({"dm": 2}, r"dm: no such value: 2; use 1 \(PV-DM\) or 0 \(PV-DBOW\)"),
        ({"alpha": 0}, "alpha: no such value: 0; use a number above 0"),
        ({"alpha": None}, "alpha: no such value: None; use a number above 0"),
    ],
)
def test_a_wrong_setting_of_doc2vec_is_named(settings: dict[str, Any], message: str) -> None:
    """Where gensim would go on, or fail far from the cause, one line says which values there are."""
    with pytest.raises(InputError, match=f"^{message}$"):
        Doc2VecVectorizer(**settings).fit(TEXTS)


def test_one_string_is_no_collection(vectorizer: Any) -> None:
    """As in ``TfidfVectorizer``: a single string would be a document a letter."""
    for method in (vectorizer.fit, vectorizer.fit_transform, vectorizer.fit(TEXTS).transform):
        with pytest.raises(
            ValueError, match=r"^X: one string, not a sequence of documents; put it in a list: \[text\]$"
        ):
            method("The boy is on the stool.")


def test_an_iterator_that_was_read_is_refused() -> None:
    """``fit_transform`` reads its documents twice, so an iterator is refused and not taken for no documents."""
    with pytest.raises(InputError, match="an iterator can be read only once"):
        Doc2VecVectorizer(vector_size=4).fit_transform(iter(TEXTS))


@pytest.mark.parametrize("module", [adscreen.text.vectorizers, adscreen.estimator.doc2vec])
def test_the_examples_run(module: Any) -> None:
    """The docstrings' examples, with the biLM that ships, are true."""
    result = doctest.testmod(module)
    assert (0, True) == (result.failed, result.attempted > 0)
