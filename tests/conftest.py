"""Fixtures that every test module may use."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings

from adscreen.bilm.format import Options, Weights, weight_shapes, write_bilm
from adscreen.estimator.study import SearchSpace, StudySettings
from adscreen.scoring.recording_report import (
    Contribution,
    RecordingReport,
    ReportFeature,
    ReportSentence,
    ReportWord,
    ScoreRow,
)

if TYPE_CHECKING:
    from adscreen.evaluation.results import ProtocolEvaluation
    from adscreen.extract.feature_table import FeatureTable

SHARED = Path(__file__).resolve().parents[2] / "shared"
TINY = Options(filters=((1, 4), (2, 4), (3, 8)), char_dim=4, dim=12, projection_dim=6)
STUDY = """\
folds = 2
repeats = 1
inner_folds = 2
splits = 2
test_share = 0.25
permutations = 20
[search]
C = [0.1]
doc2vec_size = [8]
doc2vec_alpha = [0.05]
elmo_size = [4]
paired_context = [0.5]
"""
COMMON_WORDS = (
    "a and boy chair cookie cookies fall falling floor girl he her his in is it jar kitchen mother no of on over oh "
    "reaching right running she sink stool taking the to uh um up water well window yeah"
).split()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the repository; the test skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("needs the data folder ../shared beside the repository")
    return SHARED


def random_weights(options: Options, *, seed: int = 0, scale: float = 1.0) -> Weights:
    """Return weights of a size that keeps every gate, highway and state in play; the same for the same seed."""
    rng = np.random.default_rng(seed)
    weights = {}
    for name, shape in weight_shapes(options).items():
        fan_in = 1 if name == "char_embed" or len(shape) == 1 else int(np.prod(shape[:-1]))
        weights[name] = (rng.standard_normal(shape) * scale / fan_in**0.5).astype(np.float32)
    return weights


def write_random_bilm(
    folder: Path, *, options: Options = TINY, vocabulary: Sequence[str] = COMMON_WORDS, seed: int = 0
) -> Path:
    """Write a biLM of random weights with softmax and vocabulary; return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    words = ["<S>", "</S>", "<UNK>", *vocabulary]
    rng = np.random.default_rng([seed, 1])
    softmax = (rng.standard_normal((len(words), options.projection_dim)), rng.standard_normal(len(words)))
    card = {"name": "tiny", "version": 1, "lowercase": True}
    weights = random_weights(options, seed=seed)
    write_bilm(folder, options, weights, softmax=softmax, vocabulary=words, card=card)
    return folder


@pytest.fixture(scope="session")
def tiny_bilm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small biLM of random weights, for tests that need any complete biLM."""
    return write_random_bilm(tmp_path_factory.mktemp("bilm") / "tiny")


@pytest.fixture(scope="session")
def random_bilm() -> Callable[..., Path]:
    """``write_random_bilm``, for tests that need a biLM of their own."""
    return write_random_bilm


settings.register_profile("shared machine", deadline=None)  # a busy machine is no fault of the code
settings.load_profile("shared machine")


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SYNTHETIC cohort's folder: training.csv with 16 subjects, held_out.csv with 6 others, two visits each."""
    from adscreen.simulate import simulate_cohort

    folder = simulate_cohort(tmp_path_factory.mktemp("simulated") / "cohort", subjects=22, seed=1).parent
    header, *rows = (folder / "manifest.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    held_out = [row for row in rows if row >= "SYN0017"]
    (folder / "training.csv").write_text("".join([header, *rows[: -len(held_out)]]), encoding="utf-8")
    (folder / "held_out.csv").write_text("".join([header, *held_out]), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def simulated_table(simulated: Path, tiny_bilm: Path) -> FeatureTable:
    """The feature table of the simulated training cohort."""
    from adscreen.cohort import read_cohort
    from adscreen.extract.extraction import ExtractSettings, extract_cohort

    return extract_cohort(read_cohort(simulated / "training.csv"), ExtractSettings(tiny_bilm))


@pytest.fixture(scope="session")
def small_study() -> StudySettings:
    """A study of two candidates and few folds."""
    search = SearchSpace(C=(0.1, 1.0), doc2vec_size=(8,), doc2vec_alpha=(0.05,), elmo_size=(4,), paired_context=(0.5,))
    few = {"folds": 2, "repeats": 1, "inner_folds": 2, "splits": 2, "permutations": 20}
    return StudySettings(search, test_share=0.25, **few)


@pytest.fixture(scope="session")
def model_folder(
    tmp_path_factory: pytest.TempPathFactory, simulated_table: FeatureTable, small_study: StudySettings
) -> Path:
    """A model trained on the simulated training cohort."""
    from adscreen.model.trained_model import save_model, train_model

    folder = tmp_path_factory.mktemp("model")
    model, _ = train_model(simulated_table, small_study)
    save_model(model, folder)
    return folder


@pytest.fixture(scope="session")
def study_text() -> str:
    """The text of a study.toml with one candidate and few folds."""
    return STUDY


class Outcome(NamedTuple):
    """What a command did."""

    status: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run a command line in this process."""
    from adscreen.cli import main

    def call(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["adscreen", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            main()
        assert isinstance(caught.value.code, int)
        return Outcome(caught.value.code, *capsys.readouterr())

    return call


MODEL: dict[str, Any] = {
    "threshold": 0.4613,
    "inner_auc": 0.893,
    "settings": {"doc2vec.weight": 0.812, "doc2vec.C": 0.01, "elmo.weight": 0.0},
    "recordings": {"control": 104, "case": 121},
    "subjects": {"control": 54, "case": 66},
    "subject_key": "the-key-of-the-digests",
    "subject_digests": ["d1gest-of-a-subject"],
    "loose_subject_digests": ["d1gest-of-a-loose-id"],
    "provenance": {"adscreen": "0.0.7", "bilm": "speech-bilm", "bilm_digest": "9b1c", "view": "spoken"},
}
SCORE = ScoreRow(
    recording_id="S012_2",
    subject_id="S012",
    visit="2",
    result="screen_positive",
    reason="",
    probability=0.714,
    probability_low=0.58,
    probability_high=0.803,
    threshold=0.4613,
    words=11,
    sentences=2,
    perplexity=84.26,
    in_training=False,
    model_digest="4e5f6a7b8c9d",
    crosses_threshold=False,
    subject_threshold=0.4613,
)
SENTENCES = (
    ReportSentence(
        index=0,
        words=(
            ReportWord("the", "repeated"),
            ReportWord("boy", "repeated"),
            ReportWord("the", "word"),
            ReportWord("boy", "word"),
            ReportWord("uh", "filler"),
            ReportWord("fallin", "word", target="falling"),
        ),
        perplexity=184.4,
        out_of_vocabulary=1,
        shade=0.75,
        start_ms=67_200,
    ),
    ReportSentence(
        index=1,
        words=(
            ReportWord("she", "retraced"),
            ReportWord("wa", "fragment"),
            ReportWord("he", "word"),
            ReportWord("takes", "word"),
            ReportWord("flimp", "nonword"),
        ),
        perplexity=42.04,
        out_of_vocabulary=0,
        shade=0.0,
    ),
)
FEATURES = (
    ReportFeature("lexical.mattr", "lexical", "ratio", "mean over windows", 0.61249, 0.7, 0.8, 0.9),
    ReportFeature("lexical.honore_r", "lexical", "index", "100 ln N", 1600.4, 1400.0, 1900.0, 2500.0),
    ReportFeature("fluency.fillers", "fluency", "per 100 words", "fillers", 9.09, 0.0, 2.0, 5.0),
    ReportFeature(
        "fluency.pauses", "fluency", "per 100 words", "pauses", math.nan, 0.0, 2.0, 5.0, "plain text marks no pauses"
    ),
)
REPORT = RecordingReport(
    score=SCORE,
    positive_label="case",
    negative_label="control",
    sentences=SENTENCES,
    features=FEATURES,
    intercept=-0.1,
    contributions=(Contribution("elmo", -0.2), Contribution("lexical", 0.31), Contribution("perplexity", 0.9)),
    warnings=("The transcript marks no pauses.",),
    model=MODEL,
    task="cookie",
    source_digest="31ac",
)


@pytest.fixture(scope="session")
def make_report() -> Callable[..., RecordingReport]:
    """Return a function that makes a report; its keywords change fields of the report, else of its score."""

    def make(**changes: Any) -> RecordingReport:
        own = RecordingReport.__dataclass_fields__
        of_score = {name: changes.pop(name) for name in list(changes) if name not in own}
        return replace(REPORT, score=replace(SCORE, **of_score), **changes)

    return make


DRAWN = StudySettings(folds=3, repeats=2, splits=40, permutations=20)


def draw_evaluation(table: FeatureTable, protocol: Any) -> ProtocolEvaluation:
    """Return an evaluation on the real splits, with probabilities and thresholds that are drawn and not learned."""
    from adscreen.evaluation.chance import judge_chance, permute_folds
    from adscreen.evaluation.protocols import outer_splits
    from adscreen.evaluation.results import ADSCREEN, TFIDF, FoldResult, ProtocolEvaluation
    from adscreen.evaluation.summary import Folds, shared_subjects, summarise_methods

    rng = np.random.default_rng(0)
    folds = [
        FoldResult(method, *number, training, test, rng.uniform(size=len(test)), rng.uniform(0.3, 0.7), {})
        for number, (training, test) in outer_splits(table, DRAWN, protocol=protocol)
        for method in (ADSCREEN, TFIDF)
    ]
    found = Folds(protocol, folds, table, DRAWN)
    permuted = permute_folds(table, folds, protocol=protocol, permutations=DRAWN.permutations, seed=0)
    metrics, differences = summarise_methods(found)
    return ProtocolEvaluation(
        protocol,
        folds,
        methods=[],
        metrics=metrics,
        differences=differences,
        confusion=[],
        roc=[],
        calibration=[],
        decisions=[],
        subgroups=[],
        learning=[],
        families=[],
        apparent=[],
        permutations=permuted,
        chance=judge_chance(folds, permuted, table.cases, protocol=protocol),
        shared_subject_share=shared_subjects(found),
    )


def write_evaluation(
    out: Path,
    table: FeatureTable,
    evaluations: Sequence[ProtocolEvaluation],
    *,
    predictions: pd.DataFrame | None = None,
    command: str = "evaluate",
) -> Path:
    """Write a run folder as `evaluate` does; ``predictions`` stand in for the true ones."""
    from adscreen.evaluation.certificate import certify
    from adscreen.evaluation.frames import as_frame, predictions_frame
    from adscreen.evaluation.results import MetricRow
    from adscreen.studies.runs import new_run
    from adscreen.writing import write_csv, write_json

    settings = DRAWN.as_dict() | {"provenance": table.provenance, "positive": "case"}
    made = pd.concat([predictions_frame(table, one) for one in evaluations], ignore_index=True)
    with new_run(out, force=False, command=command, settings=settings) as folder:
        write_csv(made if predictions is None else predictions, folder / "predictions.csv")
        write_csv(as_frame([row for one in evaluations for row in one.metrics], MetricRow), folder / "metrics.csv")
        certificate = certify(table, evaluations)
        write_json(asdict(certificate), folder / "certificate.json")
    return out


@pytest.fixture(scope="session")
def draw() -> Callable[[FeatureTable, Any], ProtocolEvaluation]:
    """``draw_evaluation``."""
    return draw_evaluation


@pytest.fixture(scope="session")
def write_run() -> Callable[..., Path]:
    """``write_evaluation``."""
    return write_evaluation


@pytest.fixture
def visited() -> FeatureTable:
    """24 subjects with two recordings each, whose words are their own; an id begins as a formula does."""
    from adscreen.extract.feature_table import TOKENS, FeatureTable

    rows = [
        {"subject_id": "=S0" if n == 0 else f"S{n:02d}", "label": "case" if n % 2 else "control", "visit": str(visit)}
        for n in range(24)
        for visit in range(2)
    ]
    subjects = pd.DataFrame(rows)
    subjects.insert(0, "recording_id", subjects["subject_id"] + "_" + subjects["visit"])
    own = [[f"w{number // 2}_{word}" for word in range(8)] for number in range(48)]
    extra = [[f"r{number}_{word}" for word in range(22)] for number in range(48)]
    words = pd.Series([one + other for one, other in zip(own, extra, strict=True)], dtype=object)
    digests = {name: f"digest of {name}" for name in subjects["recording_id"]}
    return FeatureTable(
        subjects, pd.DataFrame({TOKENS: words}), pd.DataFrame({"recording_id": []}), {"transcripts": digests}
    )
