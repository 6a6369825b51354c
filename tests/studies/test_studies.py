"""What the commands run: each writes one run folder whose files say what was found and how."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

from adscreen.cohort import read_cohort
from adscreen.errors import InputError
from adscreen.estimator.study import StudySettings, read_study
from adscreen.evaluation import evaluate_protocol
from adscreen.evaluation.frames import evaluation_frames
from adscreen.extract.extraction import extract_cohort, load_bilm
from adscreen.extract.feature_table import FeatureTable
from adscreen.extract.perplexity import score_sentences
from adscreen.features import FAMILIES
from adscreen.ingest import read_transcript
from adscreen.model.trained_model import load_model
from adscreen.progress import Progress
from adscreen.scoring.scoring import model_settings, score_recordings
from adscreen.speech import split_sentences
from adscreen.studies.evaluation_run import run_evaluation
from adscreen.studies.feature_run import extract_settings, write_table
from adscreen.studies.perplexity_run import perplexity_table
from adscreen.studies.runs import new_run
from adscreen.studies.training_run import run_training

STUDY = """\
folds = 2
repeats = 1
inner_folds = 2
splits = 2
test_share = 0.25
permutations = 20
[search]
C = [0.1, 1.0]
doc2vec_size = [8]
doc2vec_alpha = [0.05]
elmo_size = [4]
paired_context = [0.5]
"""
QUIET = Progress(shown=False)


class Evaluated(NamedTuple):
    """The folder of an evaluation under both protocols, and what was returned."""

    folder: Path
    metrics: pd.DataFrame
    notes: list[str]


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study.toml of the small study."""
    path = tmp_path_factory.mktemp("study") / "study.toml"
    path.write_text(STUDY)
    return path


@pytest.fixture(scope="module")
def evaluated(simulated: Path, tiny_bilm: Path, config: Path, tmp_path_factory: pytest.TempPathFactory) -> Evaluated:
    """An evaluation of the simulated cohort."""
    out = tmp_path_factory.mktemp("runs") / "evaluation"
    found = run_evaluation(
        simulated / "training.csv",
        out,
        protocol="both",
        study=read_study(config),
        extract=extract_settings(tiny_bilm),
        progress=QUIET,
    )
    return Evaluated(out, found.metrics, found.notes)


def test_an_evaluation_writes_what_it_found(
    evaluated: Evaluated, simulated_table: FeatureTable, small_study: StudySettings
) -> None:
    """metrics.csv, metrics.json and the returned table agree with the evaluation itself."""
    names = {path.name for path in evaluated.folder.iterdir()}
    assert {"metrics.csv", "metrics.json", "predictions.csv", "settings.csv", "run.json", "certificate.json"} <= names
    again = [
        evaluate_protocol(simulated_table, small_study, protocol=protocol)  # type: ignore[arg-type]
        for protocol in ("subject", "paper")
    ]
    pd.testing.assert_frame_equal(evaluation_frames(again)["metrics"], evaluated.metrics, check_exact=True)
    pd.testing.assert_frame_equal(pd.read_csv(evaluated.folder / "metrics.csv"), evaluated.metrics)
    content = json.loads((evaluated.folder / "metrics.json").read_text())
    stated = [math.nan if row["value"] is None else row["value"] for row in content["metrics"]]
    np.testing.assert_array_equal(evaluated.metrics["value"].to_numpy(), stated)
    assert evaluated.notes == content["notes"]


def test_predictions_are_out_of_fold_of_every_recording(evaluated: Evaluated, simulated: Path) -> None:
    """predictions.csv predicts each recording once a repeat under ``subject``, with the manifest's labels."""
    frame = pd.read_csv(evaluated.folder / "predictions.csv")
    subject = frame[(frame["protocol"] == "subject") & (frame["method"] == "adscreen")]
    recordings = read_cohort(simulated / "training.csv").recordings
    expected = {recording.recording_id: recording.label for recording in recordings}
    assert len(expected) == len(subject)
    assert expected == dict(zip(subject["recording_id"], subject["label"], strict=True))


def test_the_settings_chosen_are_written(evaluated: Evaluated) -> None:
    """settings.csv has one row an outer fold and method, with the threshold taken on its training side."""
    frame = pd.read_csv(evaluated.folder / "settings.csv")
    methods = frame["method"].nunique()
    assert 4 * methods == len(frame)  # two folds, two splits
    ours = frame[frame["method"] == "adscreen"]
    assert {0.1, 1.0} >= set(ours["doc2vec.C"])
    assert {(8.0, 4.0)} == set(zip(ours["doc2vec.doc2vec_size"], ours["elmo.elmo_size"], strict=True))
    assert (ours[[name for name in ours if name.endswith(".weight")]].to_numpy() >= 0).all()
    predictions = pd.read_csv(evaluated.folder / "predictions.csv")
    keys = ["protocol", "method", "repeat", "fold"]
    used = predictions.groupby(keys)["threshold"].unique().map(list)
    assert used.tolist() == [[value] for value in frame.set_index(keys)["threshold"].loc[used.index]]


def test_the_run_says_how_it_was_made(evaluated: Evaluated, simulated: Path) -> None:
    """run.json holds the study, the labels, the biLM's digest and every transcript's."""
    record = json.loads((evaluated.folder / "run.json").read_text())
    settings = record["settings"]
    assert ("evaluate", "case", "control") == (record["command"], settings["positive"], settings["negative"])
    assert (2, [0.1, 1.0]) == (settings["folds"], settings["search"]["C"])
    assert 64 == len(settings["provenance"]["bilm_digest"])
    recordings = read_cohort(simulated / "training.csv").recordings
    assert {recording.recording_id for recording in recordings} == settings["provenance"]["transcripts"].keys()


def test_the_notes_name_the_leak(evaluated: Evaluated) -> None:
    """One note says what the intervals are over; one a protocol says how many speakers are on both sides."""
    assert "low, high: 95% interval over 16 subjects." == evaluated.notes[0]
    assert evaluated.notes[1].startswith("subject: AUC of adscreen minus baseline ")
    assert evaluated.notes[1].endswith("0% of test recordings have a training recording of their speaker.")
    assert evaluated.notes[2].startswith("paper: ")
    assert " 0% of test recordings" not in evaluated.notes[2]


def test_clusters_have_columns_and_a_note_of_their_own(
    simulated: Path, tiny_bilm: Path, config: Path, tmp_path: Path
) -> None:
    """With clusters, metrics hold their interval and a note counts them."""
    frame = pd.read_csv(simulated / "training.csv", dtype=str)
    number = frame["subject_id"].str[-4:].astype(int)
    frame["cluster"] = frame["label"] + (number // 4).astype(str)
    manifest = simulated / "clustered.csv"
    frame.to_csv(manifest, index=False)
    evaluated = partial(
        run_evaluation, manifest, study=read_study(config), extract=extract_settings(tiny_bilm), progress=QUIET
    )
    found = evaluated(tmp_path / "out")
    assert {"cluster_low", "cluster_high"} <= set(found.metrics)
    count = frame["cluster"].nunique()
    assert f"cluster_low, cluster_high: the same over {count} clusters, which folds keep together." == found.notes[1]
    last = number // 4 >= 3
    frame[~last].to_csv(manifest, index=False)
    frame[last].to_csv(simulated / "other.csv", index=False)
    notes = evaluated(tmp_path / "external", test=simulated / "other.csv").notes
    tested = frame.loc[last, "cluster"].nunique()
    assert 1 < tested < count
    assert f"cluster_low, cluster_high: the same over {tested} clusters, which folds keep together." == notes[1]


def test_training_writes_a_model_that_scores(
    simulated: Path, tiny_bilm: Path, config: Path, model_folder: Path, tmp_path: Path
) -> None:
    """The folder is a model, with each member's candidates and their AUC beside it."""
    manifest, skipped = run_training(
        simulated / "training.csv",
        tmp_path / "m",
        study=read_study(config),
        extract=extract_settings(tiny_bilm),
        progress=QUIET,
    )
    assert () == skipped
    names = {path.name for path in (tmp_path / "m").iterdir()}
    assert {"README.md", "model.json", "estimators.skops", "SHA256SUMS", "candidates.csv", "run.json"} == names
    assert load_model(model_folder).digest == load_model(tmp_path / "m").digest
    candidates = pd.read_csv(tmp_path / "m" / "candidates.csv")
    assert [0.1, 1.0] == candidates.loc[candidates["member"] == "doc2vec", "C"].tolist()
    assert 11 == len(candidates)
    assert candidates["inner_auc"].between(0, 1).all()
    assert 0 <= manifest.inner_auc <= 1
    assert json.loads((tmp_path / "m" / "model.json").read_text())["threshold"] == manifest.threshold


def test_a_model_scores_with_the_word_norms_of_training(
    simulated: Path, tiny_bilm: Path, config: Path, tmp_path: Path
) -> None:
    """The model carries the file: its features are learned from, have ranges, and stand in each report."""
    norms = tmp_path / "norms.csv"
    norms.write_text("word,AoA\nboy,2\nmother,2.5\nwater,2\nstool,5\nthe,3\ncookie,3\nis,2\n", encoding="utf-8")
    run_training(
        simulated / "training.csv",
        tmp_path / "m",
        study=read_study(config, members="lexical"),
        extract=extract_settings(tiny_bilm, norms=[norms]),
        progress=QUIET,
    )
    norms.unlink()
    model = load_model(tmp_path / "m")
    extract = model_settings(model, tiny_bilm)
    (report,) = score_recordings(model, read_cohort(simulated / "held_out.csv").recordings[:1], extract)
    shown = {feature.name: feature for feature in report.features if feature.name.startswith("aoa_")}
    assert ["aoa_mean", "aoa_coverage"] == list(shown)
    assert ("lexical", "AoA") == (shown["aoa_mean"].family, shown["aoa_mean"].unit)
    assert 2 <= shown["aoa_mean"].low <= shown["aoa_mean"].middle <= shown["aoa_mean"].high <= 5
    assert 0 < shown["aoa_coverage"].value < 1
    with new_run(tmp_path / "out", force=False, command="features", settings={}) as folder:
        write_table(extract_cohort(read_cohort(simulated / "held_out.csv"), extract), folder)
    entries = {entry["name"]: entry for entry in json.loads((tmp_path / "out" / "dictionary.json").read_text())}
    assert "norms.csv" == entries["lexical.aoa_mean"]["source"]
    written = pd.read_parquet(tmp_path / "out" / "features.parquet")
    assert shown["aoa_mean"].value == written["lexical.aoa_mean"][0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layer": "3"}, "layer: no layer '3'; use mean, 0 to 2"),
        ({"layer": "top"}, "layer: no layer 'top'"),
        ({"pooling": "max"}, "pooling: no pooling 'max'"),
    ],
)
def test_extraction_settings_are_checked_first(tiny_bilm: Path, options: dict[str, str], message: str) -> None:
    """A layer or pooling that the biLM does not have is refused before any transcript is read."""
    with pytest.raises(InputError, match=message):
        extract_settings(tiny_bilm, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("run", [run_evaluation, run_training])
def test_a_transcript_without_a_word_cannot_be_learned_from(
    simulated: Path, tiny_bilm: Path, config: Path, tmp_path: Path, run: Callable[..., Any]
) -> None:
    """Where all of the participant's speech is excluded there is nothing to learn from: one line names the row."""
    text = "@UTF8\n@Begin\n@Participants:\tPAR Participant\n*PAR:\tcan I stop now ? [+ exc]\n@End\n"
    (simulated / "transcripts" / "excluded.cha").write_text(text)
    header, first, *rest = (simulated / "training.csv").read_text().splitlines()
    silent = first.replace("SYN0001-1.cha", "excluded.cha")
    (simulated / "silent.csv").write_text("\n".join([header, silent, *rest]) + "\n")
    with pytest.raises(InputError, match=r"row 1: excluded\.cha: the participant has no words; ") as caught:
        run(
            simulated / "silent.csv",
            tmp_path / "out",
            study=read_study(config),
            extract=extract_settings(tiny_bilm),
            progress=QUIET,
        )
    assert "stop" not in str(caught.value)
    assert [] == list(tmp_path.iterdir())


def test_the_table_written_holds_no_words(simulated_table: FeatureTable, tmp_path: Path) -> None:
    """features.parquet has the subjects and every number, described in dictionary.json; nothing that was said."""
    marked = replace(simulated_table, inputs=simulated_table.inputs.copy())
    marked.inputs["tokens"] = [[*tokens, "xylophone"] for tokens in marked.inputs["tokens"]]
    with new_run(tmp_path / "out", force=False, command="features", settings={}) as folder:
        write_table(marked, folder)
    written = pd.read_parquet(tmp_path / "out" / "features.parquet")
    assert {"recording_id", "subject_id", "label", "mmse", "elmo.0003", "lexical.mattr"} <= set(written)
    assert np.array_equal(written["lexical.mattr"], simulated_table.inputs["lexical.mattr"])
    for path in (tmp_path / "out").iterdir():
        assert b"xylophone" not in path.read_bytes(), path.name
    described = {entry["name"] for entry in json.loads((tmp_path / "out" / "dictionary.json").read_text())}
    numbers = {name for name in written if name.startswith(("perplexity.", *(f"{family}." for family in FAMILIES)))}
    assert numbers == described
    sentences = pd.read_parquet(tmp_path / "out" / "sentences.parquet")
    assert len(simulated_table.sentences) == len(sentences)


def test_perplexity_of_files_is_that_of_their_sentences(simulated: Path, tiny_bilm: Path) -> None:
    """One row a participant sentence, file by file."""
    files = sorted((simulated / "transcripts").glob("SYN000[12]-1.cha"))
    table = perplexity_table(str(tiny_bilm), files, view="fluent")
    assert ["SYN0001-1", "SYN0002-1"] == table["recording_id"].drop_duplicates().tolist()
    transcript = read_transcript(files[0], recording_id="r", subject_id="s")
    expected = score_sentences(split_sentences(transcript, view="fluent"), load_bilm(tiny_bilm))
    own = table[table["recording_id"] == "SYN0001-1"]
    assert [one.joint for one in expected] == pytest.approx(own["joint"].tolist(), nan_ok=True)
    assert [one.words for one in expected] == own["tokens"].tolist()
