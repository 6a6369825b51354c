"""What each part is worth: AUC of every embedding and perplexity alone and together, on the same folds as TF-IDF.

    python benchmarks/hybrid.py WORK --manifest ../shared/ami/manifest_excerpts.csv [--repeats 5] [--jobs 2]
    python benchmarks/hybrid.py WORK --simulated [--subjects 100]
    python benchmarks/hybrid.py WORK --manifest ... --shuffled
    python benchmarks/hybrid.py WORK --manifest ... --fit

Protocol ``subject``: subjects (and clusters) together, 5 folds a repeat, 3 inner folds. Each outer fold tunes every
member once on its inner folds; a row of several members fuses their out-of-fold log-odds, as the estimator does.
Intervals are 95% jackknife intervals over clusters where there are any, else over subjects; ``difference`` is a row's
AUC less TF-IDF's on the same folds. WORK keeps a file a fold, so a stopped run goes on.

``--shuffled``: the hybrid head fitted on half of the groups, tested on the others: the share of their sentences of 6 to
25 words that have a lower perplexity than a random order of the same words, which the biLM reads anew.
``--fit``: seconds of processor time to fit the estimator once on the whole cohort, and where they go.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import NDArray

from adscreen.bundled import BUNDLED_BILM, bundled
from adscreen.cohort import read_cohort
from adscreen.estimator import HybridHead, build_member, fit_fusion, words_classifier
from adscreen.estimator.study import PRESETS, MemberSettings, SearchSpace, StudySettings
from adscreen.estimator.tuning import on_one_thread, score_candidates, tune
from adscreen.evaluation.protocols import outer_splits
from adscreen.extract.extraction import ExtractSettings, extract_cohort, load_bilm
from adscreen.extract.feature_table import GROUP, SENTENCE_WORDS, STATES, TOKENS, FeatureTable
from adscreen.metrics import Groups, Predictions, jackknife
from adscreen.metrics.measures import basic_measures
from adscreen.simulate import simulate_cohort

LINGUISTIC = "lexical+syntactic+fluency+semantic"
PAPER = PRESETS["paper"]
SINGLE: dict[str, tuple[str, SearchSpace]] = {  # name -> blocks, search space
    "doc2vec": ("doc2vec", SearchSpace()),
    "doc2vec (PV-DM)": ("doc2vec", SearchSpace(doc2vec_dm=(1,))),
    "elmo": ("elmo", SearchSpace()),
    "bilm": ("bilm", SearchSpace()),
    "hybrid": ("hybrid", SearchSpace()),
    "paired": ("paired", SearchSpace()),
    "bilm+hybrid": ("bilm+hybrid", SearchSpace()),
    "doc2vec+elmo": ("doc2vec+elmo", SearchSpace()),
    "linguistic": (LINGUISTIC, SearchSpace()),
    "words": ("words", SearchSpace()),
    "paper": (PAPER.members[0], PAPER.search),
}
ROWS: dict[str, tuple[str, ...]] = {  # row of the table -> members fused
    "Doc2Vec alone (PV-DBOW)": ("doc2vec",),
    "Doc2Vec alone (PV-DM)": ("doc2vec (PV-DM)",),
    "ELMo alone": ("elmo",),
    "perplexity alone: bilm": ("bilm",),
    "perplexity alone: hybrid": ("hybrid",),
    "perplexity alone: paired": ("paired",),
    "perplexity, all three": ("bilm+hybrid", "paired"),
    "hybrid embedding, side by side": ("doc2vec+elmo",),
    "hybrid embedding, fused": ("doc2vec", "elmo"),
    "hybrid embedding + perplexity": ("doc2vec", "elmo", "bilm+hybrid", "paired"),
    "linguistic features alone": ("linguistic",),
    "words alone (TF-IDF, C tuned)": ("words",),
    "everything but words": ("paired", "doc2vec", "elmo", "bilm+hybrid", "linguistic"),
    "everything (adscreen)": ("paired", "doc2vec", "elmo", "bilm+hybrid", "linguistic", "words"),
    "the paper's one member": ("paper",),
}
BASELINE = "TF-IDF + logistic regression"
NAMES = tuple(SINGLE)


def run_fold(table: FeatureTable, study: StudySettings, number: tuple[int, int], split: Any, path: Path) -> None:
    """Tune, fit and fuse on an outer fold's training rows; write the log-odds of its test rows under every row."""
    training, test = split
    cases, own = table.cases, table.rows(training)
    inner = own.folds(study.inner_folds, seed=study.seed + number[0])
    candidates = [space.candidates(blocks) for blocks, space in SINGLE.values()]
    tuned = tune(own, candidates, inner=inner, seed=study.seed)
    inputs, new = table.inputs.iloc[training], table.inputs.iloc[test]
    logits = score_candidates(table, list(tuned.members), split, cases, study.seed).T
    baseline = words_classifier().fit(inputs[TOKENS], cases[training]).decision_function(new[TOKENS])
    found: dict[str, Any] = {BASELINE: baseline.tolist()}
    weights = {}
    for row, members in ROWS.items():
        places = [NAMES.index(name) for name in members]
        fusion = fit_fusion(tuned.logits[:, places], cases[training])
        found[row] = fusion.logits(logits[:, places]).tolist()
        scales = tuned.logits[:, places].std(axis=0)
        weights[row] = dict(zip(members, (np.array(fusion.weights) * scales).round(3).tolist(), strict=True))
    content = {"repeat": number[0], "fold": number[1], "rows": test.tolist(), "logits": found, "weights": weights}
    path.write_text(json.dumps(content | {"settings": [str(settings) for settings in tuned.members]}))


def run(table: FeatureTable, work: Path, *, repeats: int, jobs: int) -> None:
    """Run what WORK lacks and print the table."""
    study = StudySettings(repeats=repeats)
    splits = outer_splits(table, study, protocol="subject")
    files = [work / f"fold_{repeat}_{fold}.json" for (repeat, fold), _ in splits]
    missing = [(*split, path) for split, path in zip(splits, files, strict=True) if not path.exists()]
    Parallel(n_jobs=jobs)(
        delayed(on_one_thread)(run_fold, table, study, number, split, path) for number, split, path in missing
    )
    folds = [json.loads(path.read_text()) for path in files]
    frame = tabulate(table, folds, repeats=repeats)
    frame.to_csv(work / "table.csv", index=False)
    print(frame.to_string(index=False))
    shares = pd.DataFrame([fold["weights"]["everything (adscreen)"] for fold in folds])
    print("\nweights of `everything`, a standard deviation of each member, mean over folds:")
    print(shares.mean().round(2).to_string())


def tabulate(table: FeatureTable, folds: list[dict[str, Any]], *, repeats: int) -> pd.DataFrame:
    """Return AUC and its difference from the baseline, with intervals, for every row."""
    cases = table.cases
    groups = Groups.of(table.groups)
    measured = {}
    for row in (BASELINE, *ROWS):
        joined = []
        for repeat in range(repeats):
            own = [fold for fold in folds if fold["repeat"] == repeat]
            joined.append(Predictions.join((fold["rows"], fold["logits"][row], 0.0) for fold in own))
        measured[row] = jackknife(joined, cases, groups, basic_measures, training="estimated")
    listed = []
    for row, found in measured.items():
        area, gap = found.intervals()["auc"], found.minus(measured[BASELINE]).intervals()["auc"]
        listed.append(
            {
                "row": row,
                "AUC": f"{area.value:.3f} ({area.low:.3f} to {area.high:.3f})",
                "difference": f"{gap.value:+.3f} ({gap.low:+.3f} to {gap.high:+.3f})",
            }
        )
    return pd.DataFrame(listed)


def shuffled(table: FeatureTable) -> None:
    """Print how often the hybrid head prefers a sentence to its words in a random order."""
    groups = np.unique(table.groups)
    half = set(np.random.default_rng(0).permutation(groups)[: len(groups) // 2].tolist())
    training = np.array([group in half for group in table.inputs[GROUP]])
    head = on_one_thread(HybridHead().fit, table.inputs[training])
    bilm, rng = load_bilm(bundled(BUNDLED_BILM)), np.random.default_rng(1)
    tests = table.inputs[~training]
    lower = []
    for number in range(len(tests)):
        row = tests.iloc[number : number + 1]
        intact, lengths = row[TOKENS].iloc[0], row[SENTENCE_WORDS].iloc[0]
        mixed = [word for part in _split(intact, lengths) for word in rng.permutation(part).tolist()]
        readings = bilm.read([part for part in _split(mixed, lengths) if part])
        states = np.concatenate([reading.layers[-1] for reading in readings]).astype(np.float16)
        changed = row.assign(**{TOKENS: [mixed], STATES: [states]})
        pair = [head.sentence_log_perplexities(rows)[0] for rows in (row, changed)]
        counts = [length for length in lengths if length]
        lower += [a < b for a, b, words in zip(*pair, counts, strict=True) if 6 <= words <= 25]
    share = float(np.mean(lower))
    error = 1.96 * (share * (1 - share) / len(lower)) ** 0.5
    print(f"intact lower than shuffled: {share:.3f} (±{error:.3f}) of {len(lower):,} sentences of 6 to 25 words")


def _split(words: list[str], lengths: list[int]) -> list[list[str]]:
    ends = np.cumsum(lengths).tolist()
    return [words[end - length : end] for end, length in zip(ends, lengths, strict=True)]


def time_fit(table: FeatureTable) -> None:
    """Print processor seconds of one fit of each member of the default estimator."""
    cases: NDArray[np.int64] = table.cases
    words = int(table.inputs[TOKENS].map(len).mean())
    total = 0.0
    for name in PRESETS["adscreen"].members:
        settings: MemberSettings = SearchSpace().candidates(name)[-1]
        start = time.process_time()
        on_one_thread(build_member(settings).fit, table.inputs, cases)
        total += time.process_time() - start
        print(f"{name:40} {time.process_time() - start:6.1f} s")
    print(f"{'all':40} {total:6.1f} s for {len(table)} recordings of {words} words")


def read_table(arguments: argparse.Namespace) -> FeatureTable:
    """Return the cohort's table."""
    settings = ExtractSettings(bundled(BUNDLED_BILM))
    if arguments.simulated:
        manifest = arguments.work / "cohort" / "manifest.csv"
        if not manifest.exists():
            manifest = simulate_cohort(arguments.work / "cohort", subjects=arguments.subjects, visits=2, seed=0)
        return extract_cohort(read_cohort(manifest), settings)
    cohort = read_cohort(arguments.manifest)
    return extract_cohort(cohort, settings)


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("--manifest", type=Path)
    parser.add_argument("--simulated", action="store_true")
    parser.add_argument("--subjects", type=int, default=100)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--shuffled", action="store_true")
    parser.add_argument("--fit", action="store_true")
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    table = read_table(arguments)
    if arguments.shuffled:
        shuffled(table)
    elif arguments.fit:
        time_fit(table)
    else:
        run(table, arguments.work, repeats=arguments.repeats, jobs=arguments.jobs)


if __name__ == "__main__":
    main()
