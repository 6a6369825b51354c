"""Cohorts simulated with an effect: does the 95% interval hold what the fitted models are worth on 100,000 others?

    python benchmarks/known_effect.py WORK [--cohorts 20] [--subjects 100] [--fresh 100000] [--effect 0.5] [--jobs 2]

Everything is SYNTHETIC. Each cohort is evaluated under ``subject`` (5 folds, one recording a subject) with one member,
``lexical+fluency``, whose features need no biLM, so that 100,000 recordings can be read. What the interval is about is
the mean AUC of the fold's own models on new subjects: the same five models score the fresh recordings, which no cohort
shares a seed with. WORK keeps the fresh recordings' features (a file a thousand) and a row a cohort, so a stopped run
goes on.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import NDArray

from adscreen.estimator.study import SearchSpace, StudySettings
from adscreen.estimator.tuning import on_one_thread, tune
from adscreen.evaluation import ADSCREEN, evaluate_protocol
from adscreen.evaluation.protocols import outer_splits
from adscreen.extract.feature_table import GROUP, INTERVIEWER_TOKENS, TOKENS, FeatureTable
from adscreen.features import FEATURES
from adscreen.features.feature import prepare_speech
from adscreen.ingest import read_transcript
from adscreen.metrics import weighted_auc
from adscreen.simulate import SyntheticRecording, simulate_recordings
from adscreen.speech import split_sentences

MEMBER = "lexical+fluency"
STUDY = StudySettings(SearchSpace(C=(0.1, 1.0)), folds=5, repeats=1, inner_folds=3, members=(MEMBER,))
CHUNK, FIRST_FRESH_SEED, NEEDED = 1000, 1_000_000, 17
READ = [feature for feature in FEATURES if feature.family in MEMBER.split("+")]


def make_table(recordings: Iterable[SyntheticRecording]) -> FeatureTable:
    """Return the table of simulated recordings, read from CHAT files as a user's would be."""
    subjects, inputs = [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recording.cha"
        for recording in recordings:
            path.write_text(recording.chat, encoding="utf-8")
            name = recording.row.subject_id
            transcript = read_transcript(path, recording_id=name, subject_id=name)
            speech = prepare_speech(transcript)
            tokens = [word.lower() for sentence in split_sentences(transcript) for word in sentence.tokens]
            subjects.append({"recording_id": name, "subject_id": name, "label": recording.row.label})
            fixed = {TOKENS: tokens, INTERVIEWER_TOKENS: [], GROUP: f"subject {name}"}
            inputs.append(fixed | {feature.key: feature.value(speech) for feature in READ})
    return FeatureTable(pd.DataFrame(subjects), pd.DataFrame(inputs), pd.DataFrame({"recording_id": []}))


def read_fresh(work: Path, number: int, *, effect: float) -> Path:
    """Make the features of one thousand fresh recordings where they are not there yet."""
    path = work / f"fresh_{effect:g}_{number:03d}.parquet"
    if not path.exists():
        seed = FIRST_FRESH_SEED + number
        table = make_table(simulate_recordings(subjects=CHUNK, visits=1, seed=seed, effect=effect))
        numbers = table.inputs[[feature.key for feature in READ]].assign(case=table.cases)
        numbers.to_parquet(path.with_suffix(".part"))
        path.with_suffix(".part").rename(path)
    return path


def judge_cohort(number: int, fresh: pd.DataFrame, *, subjects: int, effect: float) -> dict[str, float]:
    """Return a cohort's AUC with its interval, and the mean AUC of its folds' models on the fresh recordings."""
    table = make_table(simulate_recordings(subjects=subjects, visits=1, seed=number, effect=effect))
    study = replace(STUDY, seed=number)
    area = evaluate_protocol(table, study, protocol="subject").metric("auc", method=ADSCREEN)
    cases, labels = table.cases, fresh["case"].to_numpy().astype(bool)
    worth = []
    for _, (training, _) in outer_splits(table, study, protocol="subject"):
        own = table.rows(training)
        inner = own.folds(study.inner_folds, seed=study.seed)
        tuned = tune(own, study.candidates(), inner=inner, seed=study.seed)
        fitted = on_one_thread(tuned.build(seed=study.seed).fit, table.inputs.iloc[training], cases[training])
        worth.append(_area(fitted.decision_function(fresh), labels))
    return {"cohort": number, "auc": area.value, "low": area.low, "high": area.high, "truth": float(np.mean(worth))}


def _area(scores: NDArray[np.float64], labels: NDArray[np.bool_]) -> float:
    return float(weighted_auc(scores, labels, np.ones((1, len(labels))))[0])


def main() -> None:
    """Read the options, run what WORK lacks, print a row a cohort and the count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("--cohorts", type=int, default=20)
    parser.add_argument("--subjects", type=int, default=100)
    parser.add_argument("--fresh", type=int, default=100_000)
    parser.add_argument("--effect", type=float, default=0.5)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    workers = Parallel(n_jobs=options.jobs)
    chunks = range(-(-options.fresh // CHUNK))
    paths = workers(delayed(read_fresh)(options.work, number, effect=options.effect) for number in chunks)
    fresh = pd.concat([pd.read_parquet(path) for path in paths], ignore_index=True).iloc[: options.fresh]
    name = options.work / f"cohorts_{options.effect:g}_{options.subjects}_{options.fresh}.jsonl"
    rows = [json.loads(line) for line in name.read_text().splitlines()] if name.exists() else []
    for number in range(len(rows), options.cohorts):
        rows.append(judge_cohort(number, fresh, subjects=options.subjects, effect=options.effect))
        with name.open("a", encoding="utf-8") as file:
            file.write(json.dumps(rows[-1]) + "\n")
    frame = pd.DataFrame(rows)
    frame["holds"] = (frame["low"] <= frame["truth"]) & (frame["truth"] <= frame["high"])
    print(frame.round(3).to_string(index=False))
    bias = (frame["auc"] - frame["truth"]).mean()
    verdict = "as wanted" if frame["holds"].sum() >= NEEDED / 20 * len(frame) else "NOT AS WANTED"
    print(f"{frame['holds'].sum()} of {len(frame)} hold it, {verdict}; mean AUC less truth {bias:+.3f}")


if __name__ == "__main__":
    main()
