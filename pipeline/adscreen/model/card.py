"""ModelManifest -> the model's card, README.md: Markdown under a YAML front matter.

The keys of the front matter, and model-index with its tasks, data sets and metrics, are those of the Hugging Face Hub's
model cards (huggingface/hub-docs, modelcard.md); what a card says follows Mitchell et al. 2019, Model Cards for Model
Reporting. No id, path or transcript text is in it, and no cell of fewer than five people.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from adscreen.checksums import sums_text
from adscreen.model.training_scope import short_languages
from adscreen.model.training_summary import FEWEST_MEASURED, FEWEST_SHOWN, Figure, SubgroupSummary, TrainingSummary
from adscreen.writing import count

if TYPE_CHECKING:
    from adscreen.model.trained_model import ModelManifest

CARD = "README.md"
TAGS = ("adscreen", "speech", "transcripts", "dementia", "alzheimers-disease", "screening", "research-only")
METRICS = {"auc": ("roc_auc", "AUC"), "brier": ("brier_score", "Brier score")}  # in the Hub's terms
TITLES = {
    "auc": "AUC",
    "balanced_accuracy": "Balanced accuracy",
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "brier": "Brier score",
    "calibration_slope": "Calibration slope (1 is ideal)",
    "calibration_intercept": "Calibration intercept (0 is ideal)",
}
_LONGEST = 60
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def write_card(manifest: ModelManifest, sums: Mapping[str, str]) -> str:
    """Return the card of a model; ``sums`` are the SHA-256 of its files. The same model gives the same text."""
    parts = [
        _front_matter(manifest),
        _introduction(manifest),
        _use(manifest),
        _cohort(manifest),
        _figures(manifest),
        _subgroups(manifest),
        _threshold(manifest),
        _one_person(manifest),
        _origin(manifest, sums),
        _scoring(manifest),
        _CITATION,
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def plain(text: str) -> str:
    """Return a user's text on one line of Markdown, shortened, with nothing in it read as markup.

    >>> plain("probable|AD\\n_x_")
    'probable\\\\|AD \\\\_x\\\\_'
    """
    line = " ".join(_UNSEEN.sub(" ", text).split())
    line = line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
    return _MARKUP.sub(r"\\\1", line)


def _labels(manifest: ModelManifest) -> tuple[str, str]:
    """Return the negative and the positive label in quotes."""
    return f"“{plain(manifest.negative_label)}”", f"“{plain(manifest.positive_label)}”"


def _front_matter(manifest: ModelManifest) -> str:
    """Return the YAML: metadata that a model hub reads. JSON strings are YAML strings."""
    languages = short_languages(manifest.scope) if manifest.scope else []
    lines = ["---", *(["language:", *(f"- {name}" for name in languages)] if languages else [])]
    lines += ["license: unknown  # choose one before you pass the model on", "library_name: adscreen"]
    lines += ["pipeline_tag: text-classification", "tags:", *(f"- {tag}" for tag in TAGS)]
    lines += _model_index(manifest, manifest.training) if manifest.training else []
    return "\n".join([*lines, "---"])


def _model_index(manifest: ModelManifest, training: TrainingSummary) -> Iterator[str]:
    found = {name: figure[0] for name, figure in training.measures.items() if name in METRICS}
    known = {name: value for name, value in found.items() if value is not None}
    if not known:
        return
    task = f"{manifest.positive_label} against {manifest.negative_label}"
    yield from ("metrics:", *(f"- {METRICS[name][0]}" for name in known))
    yield from ("model-index:", "- name: adscreen screening model", "  results:", "  - task:")
    yield from ("      type: text-classification", f"      name: {_quoted(task)}")
    yield from ("    dataset:", "      type: private", "      name: training cohort, inner folds (optimistic)")
    yield "    metrics:"
    for name, value in known.items():
        kind, title = METRICS[name]
        yield from (f"    - type: {kind}", f"      value: {value:.3f}", f"      name: {title} on inner folds")


def _quoted(text: str) -> str:
    return json.dumps(" ".join(_UNSEEN.sub(" ", text).split())[: 2 * _LONGEST], ensure_ascii=False)


def _introduction(manifest: ModelManifest) -> str:
    negative, positive = _labels(manifest)
    notice = "**SYNTHETIC**: trained on invented speech. Its figures say nothing about people.\n\n"
    return (
        f"# adscreen screening model: {positive} against {negative}\n\n"
        f"{notice if manifest.training and manifest.training.synthetic else ''}"
        f"It reads a transcript of spontaneous speech and returns the probability that the language is that of the "
        f"{positive} recordings it was trained on, rather than that of the {negative} ones. It was trained with "
        f"adscreen {plain(str(manifest.provenance.get('adscreen', '')))}.{_members(manifest)}"
    )


def _members(manifest: ModelManifest) -> str:
    weights = {name.removesuffix(".weight"): value for name, value in manifest.settings.items() if ".weight" in name}
    used = [f"{plain(name)} ({weight:.2f})" for name, weight in weights.items() if weight]
    return f" Its members and their weights: {', '.join(used)}." if used else ""


def _use(manifest: ModelManifest) -> str:
    positive = _labels(manifest)[1]
    scope = manifest.scope
    spoken = ", ".join(map(plain, scope.languages)) if scope and scope.languages else "not stated"
    tasks = ", ".join(map(plain, scope.tasks)) if scope and scope.tasks else "not stated"
    made = ", ".join(scope.sources) if scope and scope.sources else "not stated"
    return f"""\
## Intended use and limits

- For research: batch screening, and comparison of methods. **A score is not a diagnosis**; only a clinical
  assessment can establish or rule out a condition.
- It applies to recordings like those of training. Language: {spoken}. Task: {tasks}. Transcribed: {made}.
  It does not score another language or task, or a recording with fewer than
  {count(manifest.minimum_words, "word")}, unless asked to.
- A probability says how far the language resembles that of the {positive} recordings. It is not the chance that a
  person has the condition; that depends on how common the condition is among those screened.
- Hearing, mood, fatigue, medicines, schooling, dialect, a second language, other illness, and how the speech was
  recorded and transcribed move the score too. Labels were taken as correct.
- Validate it on a labelled cohort of your own before you rely on it.
- The files hold the words of the training transcripts that the model counts, without their order, and keyed digests of
  the subjects' ids, by which training subjects are recognised. Check consent and licence before you pass the model
  on."""


def _cohort(manifest: ModelManifest) -> str:
    negative, positive = manifest.negative_label, manifest.positive_label
    heads = _labels(manifest)
    rows = [
        ("Recordings", *(f"{manifest.recordings.get(label, 0):,}" for label in (negative, positive))),
        ("Subjects", *(_subjects(manifest.subjects.get(label, 0)) for label in (negative, positive))),
    ]
    ages = manifest.training.age if manifest.training else []
    rows += [("Age in years, mean (SD)", *(f"{mean:.1f} ({sd:.1f})" for _, mean, sd in ages))] if ages else []
    return f"## Training cohort\n\n{_table(('', *heads), rows)}"


def _subjects(number: int) -> str:
    return f"fewer than {FEWEST_SHOWN}" if number < FEWEST_SHOWN else f"{number:,}"


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    first, *others = ([*row] for row in (heads, *rows))
    lines = [first, ["---"] * len(first), *others]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _figures(manifest: ModelManifest) -> str:
    training = manifest.training
    if training is None:
        area = f"{manifest.inner_auc:.3f}" if math.isfinite(manifest.inner_auc) else "not defined"
        return f"## Figures\n\nAUC on inner folds, without interval: {area}. Train again for the other figures."
    rows = [(TITLES[name], _written(figure)) for name, figure in training.measures.items()]
    over = count(training.groups, training.over.removesuffix("s"))
    return f"""\
## Figures on held-out training recordings

{_table(("By recording", "Value (95% interval)"), rows)}

Each recording was predicted on {count(training.inner_folds, "inner fold")} by estimators trained on neither it nor
any other recording of its subject or cluster, at a threshold chosen without it. But settings were chosen on these
same predictions, so **the figures are optimistic, and they are not those of a nested cross-validation**.
`adscreen evaluate` on the same cohort gives nested figures; report those. Intervals are jackknife intervals over
{over}, which count them as tested and as trained on. They do not cover the choices above, another clinic, language or
transcriber."""


def _written(figure: Figure) -> str:
    """Return a figure with its interval, where it has them.

    >>> _written([0.91234, 0.8, 1.0]), _written([0.5, None, None]), _written([None, None, None])
    ('0.912 (0.800 to 1.000)', '0.500 (no interval)', 'not defined')
    """
    value, low, high = figure
    if value is None:
        return "not defined"
    return f"{value:.3f} (no interval)" if low is None or high is None else f"{value:.3f} ({low:.3f} to {high:.3f})"


def _subgroups(manifest: ModelManifest) -> str:
    if manifest.training is None:
        return ""
    hidden = (
        f"Subgroups with 1 to {FEWEST_SHOWN - 1} subjects of a label are not shown, nor those from which they could be "
        "worked out"
    )
    if not manifest.training.subgroups:
        return f"## Subgroups\n\n{hidden}; there is no other."
    negative, positive = _labels(manifest)
    heads = ("Subgroup", f"Subjects {negative} / {positive}", "AUC", "Sensitivity", "Specificity")
    rows = [_subgroup_row(one) for one in manifest.training.subgroups]
    return f"""\
## Subgroups

{_table(heads, rows)}

On the same held-out predictions. {hidden}; figures need {FEWEST_MEASURED} subjects of each label."""


def _subgroup_row(one: SubgroupSummary) -> tuple[str, ...]:
    measured = [_written(figure) for figure in one.measures.values()] or ["too few subjects", "", ""]
    column = "Label in the manifest" if one.column == "original_label" else one.column.capitalize()
    name = f"{column}: {plain(one.name)}"
    return (name, f"{one.negative_subjects:,} / {one.positive_subjects:,}", *measured)


def _threshold(manifest: ModelManifest) -> str:
    rule = manifest.training.threshold_rule if manifest.training else "one chosen on the inner folds"
    return f"""\
## Threshold and calibration

A recording is screened positive at a probability of {manifest.threshold:.4f} or more. This threshold is {rule}.
Probabilities are calibrated on inner folds to the share of cases in training; where cases are rarer or more common,
they are too high or too low."""


def _one_person(manifest: ModelManifest) -> str:
    """Return what scores say of one person, with the rates that they stand on."""
    if manifest.scores is None:
        return ""
    rates = [
        (name, _written([one.value, one.low, one.high]))
        for name, one in (("Sensitivity", manifest.scores.sensitivity), ("Specificity", manifest.scores.specificity))
    ]
    return f"""\
## What a score says of one person

- **Individual range** (`probability_low` to `probability_high`): how far the probability depends on which people the
  model was trained on. In simulations such a range held the true probability of 82% to 95% of people, by the size of
  the cohort and the number of features. It is not the chance of a disease, nor how scores of one person differ from
  recording to recording.
- **Sets** (`--confidence 0.9`): which of the two labels can be ruled out, or that neither can, which is no decision.
  About 90% of new people of either label keep it, if they are like those of training.
- **Predictive values** (`--prevalence 0.1`) follow from these rates, at thresholds that were chosen without the
  recording, each subject counting once:

{_table(("", "Value (exact 95% interval)"), rates)}"""


def _origin(manifest: ModelManifest, sums: Mapping[str, str]) -> str:
    made = manifest.provenance
    rows = [
        ("Language model (biLM)", _named(made.get("bilm"), made.get("bilm_digest"))),
        ("Parser", _named(made.get("parser_name"), made.get("parser_digest"))),
        ("Set of features", str(made.get("feature_set", ""))),
        ("View of the speech", str(made.get("view", ""))),
        ("Seed", str(manifest.seed)),
    ]
    return f"""\
## Digests

{_table(("", "Name and SHA-256"), rows)}

Files of the model, as in `SHA256SUMS`; they are checked whenever it is loaded. This card is not among them: you may
edit it.

```
{sums_text(sums).rstrip()}
```"""


def _named(name: object, digest: object) -> str:
    """Return a name without folders, and a digest."""
    last = re.split(r"[/\\]", str(name or ""))[-1]
    return f"{plain(last)} `{digest or ''}`" if last else f"`{digest or ''}`"


def _scoring(manifest: ModelManifest) -> str:
    asked = sorted({column for columns in manifest.blocks.values() for column in columns})
    needs = f" The manifest must have the columns {', '.join(map(plain, asked))}." if asked else ""
    return f"""\
## How to score

    adscreen score MODEL_DIR manifest.csv scores

`MODEL_DIR` is this folder.{needs} Subjects of the training cohort get no score. In Python:

```python
import adscreen

model = adscreen.ScreeningModel.load("MODEL_DIR")
```"""


_CITATION = """\
## Citation

The method is that of Y. Li, *A Robust Classification Method using Hybrid Word Embedding for Early Diagnosis of
Alzheimer's Disease* (arXiv 2510.14332, DOI 10.1145/3446132.3446197). Cite it, adscreen, and the corpus that the model
was trained on."""
