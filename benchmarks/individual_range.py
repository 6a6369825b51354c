"""Models of simulated cohorts on new people with a known truth: does what is said of one person hold?

    python benchmarks/individual_range.py WORK [--cohorts 200] [--people 200] [--jobs 2]

Everything is SYNTHETIC. A person has two blocks of Gaussian features, with unit covariance in cases and in controls, so
that the true log-odds are known: x . d, where d is the difference of the means, which lie at -d/2 and d/2. Half of a
cohort are cases. Each cohort is trained as `adscreen train` trains (tuning on inner folds, fusion, threshold, five
models without a fold each); its model then scores new people. Cohorts come in pairs with the same new people, so that
the second says what another cohort of the same size and kind would have answered. Designs: AUC 0.72 and 0.88, with 40,
100 and 300 subjects; five features, or twenty, of which three say something. Printed for each design:

- range: the share of people whose true log-odds it holds, the share whose range does not cross the threshold, and of
  these the share who have the other result by the paired cohort's model; for the least and greatest of the models
  without a fold, which share the whole model's fusion (as before), and for the jackknife (of the same models, and of
  models with a fusion of their own, which is what adscreen reports). Cohorts whose members get no weight have no range;
- sets: the share of cases and of controls whose conformal set at 0.9 holds their label, and the share decided;
- ppv: at a prevalence of 0.1 the stated positive predictive value, the true one of the model at its threshold, and the
  share of cohorts whose interval holds it; what was stated before, on the rows that chose the threshold
  (``ppv_same_rows``); the same of the negative one; and the mean of the prior-shifted probability
  in new people of that prevalence, who have a true mean of 0.1.

WORK keeps a row a pair of cohorts, so a stopped run goes on.
"""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy import special

from adscreen.estimator import Stack
from adscreen.estimator.study import SearchSpace, StudySettings
from adscreen.extract.feature_table import GROUP, INTERVIEWER_TOKENS, SENTENCES, TOKENS, FeatureTable
from adscreen.model.conformal import conformal_p_values, conformal_set
from adscreen.model.reference import ScoreReference, log_odds, predictive_values
from adscreen.model.trained_model import TrainedModel, fit_model
from adscreen.scoring.individual_range import jackknife_range

Floats = NDArray[np.float64]
BLOCKS = ("first", "second")
PREVALENCE, CONFIDENCE = 0.1, 0.9


class Design(NamedTuple):
    """A kind of cohort: subjects, the AUC of the true log-odds, features."""

    subjects: int
    auc: float
    features: int

    @property
    def difference(self) -> Floats:
        """The difference of the means (features,): equal in three features, at both ends and the middle."""
        from scipy.stats import norm

        size = math.sqrt(2) * float(norm.ppf(self.auc))
        d = np.zeros(self.features)
        d[[0, self.features // 2, self.features - 1]] = size / math.sqrt(3)
        return d

    @property
    def study(self) -> StudySettings:
        """The settings: two members, a block each, with the default folds."""
        names = [f"x{number}" for number in range(self.features)]
        half = self.features // 2
        blocks = dict(zip(BLOCKS, (names[:half], names[half:]), strict=True))
        return StudySettings(SearchSpace(C=(0.01, 0.1, 1.0)), members=BLOCKS, blocks=blocks)


DESIGNS = [
    *(Design(subjects, auc, 5) for subjects in (40, 100) for auc in (0.72, 0.88)),
    *(Design(subjects, 0.88, 20) for subjects in (40, 100)),
    *(Design(300, auc, 5) for auc in (0.72, 0.88)),
]


def draw_people(design: Design, cases: NDArray[np.int64], rng: np.random.Generator) -> Floats:
    """Return the features (n, features) of people."""
    return rng.normal(size=(len(cases), design.features)) + np.outer(cases - 0.5, design.difference)


def make_table(design: Design, features: Floats, cases: NDArray[np.int64]) -> FeatureTable:
    """Return the table of people, whose speech is one word."""
    ids = [f"S{number:04d}" for number in range(len(cases))]
    subjects = pd.DataFrame({"recording_id": ids, "subject_id": ids, "label": np.where(cases, "case", "control")})
    columns = [f"x{number}" for number in range(design.features)]
    subjects = pd.concat([subjects, pd.DataFrame(features, columns=columns)], axis=1)
    fixed = {TOKENS: ["word"], SENTENCES: [1.0], INTERVIEWER_TOKENS: [], "perplexity.oov_share": 0.0}
    inputs = pd.DataFrame([fixed | {GROUP: f"subject {name}"} for name in ids])
    return FeatureTable(subjects, inputs, pd.DataFrame({"recording_id": []}), {"view": "spoken", "adscreen": ""})


def judge_pair(design: Design, number: int, people: int) -> list[dict[str, float]]:
    """Train two cohorts and return, for each, what holds of the same new people."""
    rng = np.random.default_rng([design.subjects, round(1000 * design.auc), design.features, number])
    trained = [train_cohort(design, rng, seed=2 * number + which) for which in (0, 1)]
    labels = np.arange(people) % 2
    features = draw_people(design, labels, rng)
    inputs = as_inputs(design, features)
    truth = features @ design.difference
    answers = [special.expit(model.estimator.decision_function(inputs)) for model in trained]
    sides = [one >= model.manifest.threshold for one, model in zip(answers, trained, strict=True)]
    rows = []
    for which, model in enumerate(trained):
        about = {"cohort": 2 * number + which}
        about |= judge_ranges(model, inputs, truth, sides[which] != sides[1 - which], answers[1 - which])
        about |= judge_sets(model, answers[which], labels)
        about |= judge_values(model, design, rng)
        rows.append(about)
    return rows


def train_cohort(design: Design, rng: np.random.Generator, *, seed: int) -> TrainedModel:
    """Train on a cohort of the design, half of it cases."""
    cases = np.arange(design.subjects) % 2
    table = make_table(design, draw_people(design, cases, rng), cases)
    return fit_model(table, replace(design.study, seed=seed))[0]


def as_inputs(design: Design, features: Floats) -> pd.DataFrame:
    """Return features as an estimator reads them."""
    study = design.study
    names = [f"{block}.{column}" for block, columns in study.blocks.items() for column in columns]
    return pd.DataFrame(features, columns=names)


def with_fusion_of(stack: Stack, whole: Stack) -> Stack:
    """Return a fitted stack with another one's fusion, as models without a fold had it before."""
    other = Stack(stack.members, whole.centres, whole.weights, whole.intercept)
    other.fitted_ = [member if weight else None for member, weight in zip(stack.fitted_, whole.weights, strict=True)]
    return other


def judge_ranges(
    model: TrainedModel, inputs: pd.DataFrame, truth: Floats, changed: NDArray[np.bool_], other: Floats
) -> dict[str, float]:
    """Return how many people's truth, and the other cohort's answer, each range holds; and who changes sides."""
    fusion = model.estimator
    own = fusion.decision_function(inputs)
    spread = np.array([one.decision_function(inputs) for one in model.spread])
    shared = np.array([_shared(one, fusion, inputs, logits) for one, logits in zip(model.spread, spread, strict=True)])
    ranges = {
        "extremes": (np.minimum(own, shared.min(axis=0)), np.maximum(own, shared.max(axis=0))),
        "jackknife_shared": _jackknife(own, shared),
        "jackknife": _jackknife(own, spread),
    }
    cut, elsewhere = log_odds(model.manifest.threshold), np.log(other) - np.log1p(-other)
    found: dict[str, float] = {"changed": float(changed.mean()), "without_weight": float(not any(fusion.weights))}
    if not any(fusion.weights):  # one answer for everybody, and no range
        return found
    for name, (low, high) in ranges.items():
        firm = ~((low < cut) & (cut <= high))
        found |= {
            f"{name}_holds": float(np.mean((low <= truth) & (truth <= high))),
            f"{name}_holds_other": float(np.mean((low <= elsewhere) & (elsewhere <= high))),
            f"{name}_firm": float(firm.mean()),
            f"{name}_firm_changed": float((firm & changed).mean()),
        }
    return found


def _shared(one: Stack, whole: Stack, inputs: pd.DataFrame, own: Floats) -> Floats:
    if any(member is None and weight for member, weight in zip(one.fitted_, whole.weights, strict=True)):
        return own  # a member that got no weight without the fold was not fitted there
    return with_fusion_of(one, whole).decision_function(inputs)


def _jackknife(own: Floats, spread: Floats) -> tuple[Floats, Floats]:
    ends = np.array([jackknife_range(logit, of) for logit, of in zip(own.tolist(), spread.T.tolist(), strict=True)])
    return ends[:, 0], ends[:, 1]


def judge_sets(model: TrainedModel, probabilities: Floats, labels: NDArray[np.int64]) -> dict[str, float]:
    """Return the share of cases and of controls whose set holds their label, and of people with one label."""
    assert model.manifest.scores
    p_values = [conformal_p_values(model.manifest.scores, value) for value in probabilities.tolist()]
    sets = [conformal_set(*pair, confidence=CONFIDENCE) for pair in p_values]
    names = np.where(labels, "case", "control")
    holds = np.array([name in of.split("|") for name, of in zip(names, sets, strict=True)])
    decided = np.array([of in ("control", "case") for of in sets])
    return {
        "set_holds_control": float(holds[labels == 0].mean()),
        "set_holds_case": float(holds[labels == 1].mean()),
        "decided": float(decided.mean()),
        "decided_right": float((decided & holds).mean()),
    }


def judge_values(model: TrainedModel, design: Design, rng: np.random.Generator) -> dict[str, float]:
    """Return stated and true predictive values, whether the intervals hold the true ones, and the shifted mean."""
    assert model.manifest.scores
    reference = model.manifest.scores
    positive, negative = predictive_values(reference, PREVALENCE)
    labels = np.repeat([0, 1], 5000)
    inputs = as_inputs(design, draw_people(design, labels, rng))
    logits = model.estimator.decision_function(inputs)
    called = logits >= log_odds(model.manifest.threshold)
    sensitivity, false = float(called[labels == 1].mean()), float(called[labels == 0].mean())
    right, wrong = sensitivity * PREVALENCE, false * (1 - PREVALENCE)
    ppv = right / (right + wrong) if right + wrong else math.nan
    right, wrong = (1 - false) * (1 - PREVALENCE), (1 - sensitivity) * PREVALENCE
    npv = right / (right + wrong) if right + wrong else math.nan
    shifted = special.expit(logits - log_odds(reference.case_share) + log_odds(PREVALENCE))
    mean = PREVALENCE * shifted[labels == 1].mean() + (1 - PREVALENCE) * shifted[labels == 0].mean()
    return {
        "sensitivity": sensitivity,
        "sensitivity_stated": reference.sensitivity.value,
        "specificity": 1 - false,
        "specificity_stated": reference.specificity.value,
        "sensitivity_same_rows": reference.cases.weight(least=model.manifest.threshold) / reference.cases.subjects,
        "ppv_same_rows": _ppv_on_the_same_rows(reference, model.manifest.threshold),
        "ppv": ppv,
        "ppv_stated": positive.value,
        "ppv_width": positive.high - positive.low,
        "ppv_holds": float(positive.low <= ppv <= positive.high),
        "npv": npv,
        "npv_stated": negative.value,
        "npv_holds": float(negative.low <= npv <= negative.high),
        "shifted_mean": float(mean),
    }


def _ppv_on_the_same_rows(reference: ScoreReference, threshold: float) -> float:
    """Return the positive predictive value as it was stated before: on the rows that chose the threshold."""
    right = PREVALENCE * reference.cases.weight(least=threshold) / reference.cases.subjects
    wrong = (1 - PREVALENCE) * reference.controls.weight(least=threshold) / reference.controls.subjects
    return right / (right + wrong)


def collect(design: Design, work: Path, options: argparse.Namespace) -> pd.DataFrame:
    """Return a row a cohort of the design, made where WORK lacks it."""
    name = f"{design.subjects}_{design.auc:g}_{design.features}_{options.people}_{options.first}"
    path = work / f"{name}.jsonl"
    rows: list[dict[str, Any]] = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    missing = range(options.first + len(rows) // 2, options.first + options.cohorts // 2)
    calls = (delayed(judge_pair)(design, number, options.people) for number in missing)
    for pair in Parallel(n_jobs=options.jobs, return_as="generator")(calls):
        rows += pair
        with path.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in pair)
    return pd.DataFrame(rows)


def summarise(design: Design, rows: pd.DataFrame) -> dict[str, Any]:
    """Return the means of a design; changes of sides are over the people whose range does not cross the threshold."""
    means = rows.mean()
    about: dict[str, Any] = {"n": design.subjects, "auc": design.auc, "features": design.features, "rows": len(rows)}
    about["changed"] = means["changed"]
    for name in ("extremes", "jackknife_shared", "jackknife"):
        about[f"{name}_holds"] = means[f"{name}_holds"]
        about[f"{name}_holds_other"] = means[f"{name}_holds_other"]
        about[f"{name}_firm"] = means[f"{name}_firm"]
        firm = means[f"{name}_firm"]
        about[f"{name}_firm_changed"] = means[f"{name}_firm_changed"] / firm if firm else math.nan
    return about | means.drop([name for name in means.index if name in about or name.startswith(_OF_RANGES)]).to_dict()


_OF_RANGES = ("extremes", "jackknife", "cohort", "changed")


def main() -> None:
    """Read the options, run what WORK lacks, print the means of each design."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("--cohorts", type=int, default=200)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="the first pair's number: others than 0 are other cohorts")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    found = [summarise(design, collect(design, options.work, options)) for design in DESIGNS]
    print(pd.DataFrame(found).round(3).T.to_string(header=False))


if __name__ == "__main__":
    main()
