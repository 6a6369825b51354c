"""FeatureTable -> an Evaluation: measures, predictions, certificate and report; and a manifest's as a run folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from adscreen.auditing import Finding
from adscreen.cohort import Cohort
from adscreen.cohort.reading import AS_WRITTEN, Reading
from adscreen.errors import InputError
from adscreen.estimator.study import StudySettings, choose_study
from adscreen.evaluation import TFIDF, ProtocolEvaluation, count_steps, evaluate_protocol, join_cohorts
from adscreen.evaluation.certificate import Certificate, certify
from adscreen.evaluation.chance import describe_chance
from adscreen.evaluation.description import describe_cohort, describe_flow
from adscreen.evaluation.frames import as_frame, cohort_frames, evaluation_frames, predictions_frame
from adscreen.evaluation.instability import measure_instability
from adscreen.evaluation.levels import changing_subjects
from adscreen.evaluation.protocols import COHORT, TEST, check_apart, check_sexes, compare_ids
from adscreen.evaluation.results import Level
from adscreen.extract.extraction import ExtractSettings
from adscreen.extract.feature_table import FeatureTable, require_table, require_words
from adscreen.extract.usable import REFUSE, Rule, Unusable
from adscreen.progress import HIDDEN, Progress
from adscreen.report.evaluation.assemble import assemble_report
from adscreen.report.evaluation.page import write_page, write_report
from adscreen.studies.checks import check_cohorts, check_tables, list_errors
from adscreen.studies.cleaning_run import evaluate_cleanings
from adscreen.studies.feature_run import check_columns, check_language, read_training_table, write_skipped
from adscreen.studies.protocol_names import check_extras, name_protocols
from adscreen.studies.runs import check_free, new_run
from adscreen.writing import count, write_csv, write_json

SHOWN = ("auc", "balanced_accuracy", "sensitivity", "specificity")
_OF_MEMBERS = ("members", "search", "blocks", "most_candidates")


@dataclass(frozen=True, repr=False)
class Evaluation:
    """The outcome of ``evaluate``: one or more protocols, each with the evaluated method beside shortcut baselines.

    ``cohorts`` are the manifests that the table was read from, where that is known: what a condition left out of them
    is counted. ``skipped`` are, for each, the recordings that could not be used and were left out. ``settings`` says
    how the evaluation was made, as run.json holds it. ``checked`` are the findings on the cohorts, where they were
    checked with their transcripts.
    """

    table: FeatureTable
    study: StudySettings
    protocols: tuple[ProtocolEvaluation, ...]
    cohorts: tuple[Cohort, ...] = ()
    skipped: tuple[tuple[Unusable, ...], ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    checked: tuple[Finding, ...] | None = None

    def __repr__(self) -> str:
        """Say what was evaluated, and its AUC under the first protocol."""
        first = self.protocols[0]
        auc = first.metric("auc", level=first.leading)
        what = f"{first.main}, {first.protocol}, by {first.leading}"
        return f"<Evaluation of {what}: AUC {auc.value:.3f} ({auc.low:.3f} to {auc.high:.3f})>"

    @property
    def metrics(self) -> pd.DataFrame:
        """Every measure with its intervals: one row per protocol, method, level and measure (metrics.csv)."""
        return self.frames["metrics"]

    @property
    def differences(self) -> pd.DataFrame:
        """The evaluated method minus each other one, paired (differences.csv)."""
        return self.frames["differences"]

    @cached_property
    def predictions(self) -> pd.DataFrame:
        """Every out-of-fold prediction: one row per protocol, method, repeat and recording (predictions.csv)."""
        return pd.concat([predictions_frame(self.table, one) for one in self.protocols], ignore_index=True)

    @cached_property
    def certificate(self) -> Certificate:
        """What of the test side was known to the training side (certificate.json)."""
        return certify(self.table, self.protocols)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What to check before the figures are believed, errors first (findings.csv): copies, ids, shortcuts, classes.

        Habits of transcription are not in a table; ``audit`` of the cohort, and the command, examine them too.
        """
        return check_tables(list(self._parts().values())) if self.checked is None else self.checked

    @cached_property
    def frames(self) -> dict[str, pd.DataFrame]:
        """Every table of the evaluation but the predictions, by the stem of its file."""
        found = {"findings": as_frame(self.findings, Finding)}
        return evaluation_frames(self.protocols) | self._describe() | found

    @cached_property
    def notes(self) -> list[str]:
        """Sentences that say what the intervals cover, and how the evaluated method compares with TF-IDF."""
        return [
            *other_languages(self.table),
            *(note for cohort in self.cohorts for note in cohort.notes),
            *_notes(self.table, self.protocols),
        ]

    def show(self) -> pd.DataFrame:
        """Return a few measures: one row per protocol and method, the AUC with its interval.

        Methods are counted by subject where subjects have several visits (``by`` says so); the evaluated one by
        recording as well.
        """
        return show_metrics(self.metrics, {one.protocol: one.leading for one in self.protocols})

    def report(self, path: str | Path) -> Path:
        """Write the page of the evaluation (HTML) to ``path``; return it.

        Raises:
            InputError: the file exists, or cannot be written.
        """
        return write_page(self._assemble(), Path(path))

    def save(self, out: str | Path, *, force: bool = False) -> Path:
        """Write the run folder that ``adscreen evaluate`` writes: tables, report, certificate, run.json.

        Raises:
            InputError: ``out`` holds something, or cannot be written.
        """
        with new_run(Path(out), force=force, command="evaluate", settings=self.settings) as folder:
            for stem, frame in (self.frames | {"predictions": self.predictions}).items():
                write_csv(frame, folder / f"{stem}.csv")
            content = {stem: frame.to_dict("records") for stem, frame in self.frames.items()}
            write_json(content | {"notes": self.notes}, folder / "metrics.json")
            write_report(self._assemble(), folder)
            write_skipped([one for of_cohort in self.skipped for one in of_cohort], folder)
        return Path(out)

    def _assemble(self) -> Any:
        frames = self.frames | {"predictions": self.predictions}
        return assemble_report(frames, self.settings, self.certificate, synthetic=self.table.synthetic)

    def _parts(self) -> dict[str, FeatureTable]:
        """Return the table of the cohort, or those of the training and of the test cohort."""
        if self.protocols[0].protocol != "external":
            return {"cohort": self.table}
        tested = (self.table.subjects[COHORT] == TEST).to_numpy()
        return {name: self.table.rows(np.flatnonzero(rows)) for name, rows in (("training", ~tested), ("test", tested))}

    def _describe(self) -> dict[str, pd.DataFrame]:
        """Return Table 1 and the flow, of the test cohort as well."""
        described, flow, where = [], [], self.settings.get("where")
        for number, (name, own) in enumerate(self._parts().items()):
            cohort = self.cohorts[number] if self.cohorts else None
            left = {"left_out": cohort.left_out, "other_labels": cohort.other_labels} if cohort else {}
            described += describe_cohort(own, name=name)
            skipped = self.skipped[number] if self.skipped else ()
            flow += describe_flow(own, **left, skipped=skipped, name=name, where=where)
        return cohort_frames(described, flow)


def evaluate(
    table: FeatureTable,
    *,
    estimator: Any = None,
    protocol: str | Sequence[str] = "subject",
    test: FeatureTable | None = None,
    study: StudySettings | str | Path | None = None,
    members: str | Sequence[str] | None = None,
    folds: int | None = None,
    repeats: int | None = None,
    seed: int | None = None,
    min_sensitivity: float | None = None,
    threshold: float | None = None,
    learning_curve: bool = False,
    instability: int = 0,
    jobs: int = 1,
    progress: Progress = HIDDEN,
) -> Evaluation:
    """Estimate, without leakage, how well a method tells the labels of unseen subjects apart.

    The method is adscreen's own estimator, tuned inside every fold, or ``estimator``: any scikit-learn classifier with
    ``predict_proba`` that is fitted to ``table.X``. Either is evaluated beside the same shortcut baselines, on the
    same folds: two calls with the same table, seed, folds and repeats test on the same folds, so that ``compare`` can
    pair them.

    Args:
        table: the cohort's features, (n recordings); every recording needs a label.
        estimator: an unfitted classifier; a parameter ``random_state`` that is None gets the seed.
        protocol: ``subject`` (no subject or cluster on both sides of a split), ``paper`` (random splits by recording,
            as published work had them: it leaks), ``both`` of these, or ``site`` (leave one site out); or several.
        test: another cohort's table: train on the whole of ``table``, test on this one (protocol ``external``).
        study: settings, or the path of a study.toml; the arguments after it win. Blocks that it declares are taken from
            the columns that the manifest carries; ``members`` may also read those that the table holds.
        learning_curve: also train on shares of the training groups.
        instability: refit the model to this many bootstrap cohorts, and say how far each person's probability moves.
        jobs: processes; changes no result.

    Raises:
        InputError: a recording has no label or no words, the cohort cannot be split so, a setting is wrong, or the
            estimator cannot read the table.

    >>> from sklearn.ensemble import RandomForestClassifier  # doctest: +SKIP
    >>> evaluate(table, estimator=RandomForestClassifier()).metrics  # doctest: +SKIP
    """
    require_table(table)
    if test is not None:
        require_table(test, where="test=")
    if estimator is not None and members is not None:
        what = "members are those of adscreen's own estimator"
        raise InputError(what, where="members=", remedy="choose columns inside your estimator: ColumnTransformer")
    named: dict[str, Any] = {"members": members, "folds": folds, "repeats": repeats, "seed": seed}
    named |= {"min_sensitivity": min_sensitivity, "threshold": threshold}
    chosen = choose_study(study, table_blocks=table.blocks, **named)
    table = table.with_blocks(chosen.blocks)
    protocols = ("external",) if test is not None else name_protocols(protocol)
    check_extras(protocols, instability=instability)
    require_words(table)
    if test is not None:
        require_words(test)
        test = test.with_blocks(chosen.blocks)
        labels = [(one.negative, one.positive) for one in (table, test)]
        _check_labels(*labels, name="the training cohort", where="test=")
        table = join_cohorts(table, test)
    run: list[ProtocolEvaluation] = []
    for one in protocols:
        steps = count_steps(table, chosen, protocol=one, learning_curve=learning_curve)
        advance = progress.task(f"Evaluating ({one})", steps)
        options: dict[str, Any] = {"learning_curve": learning_curve, "jobs": jobs, "progress": advance}
        run.append(evaluate_protocol(table, chosen, protocol=one, estimator=estimator, **options))
    if instability:
        place = _leak_free(run)
        advance = progress.task("Refitting the model to other people", instability)
        options = {"models": instability, "estimator": estimator, "jobs": jobs, "progress": advance}
        rows = measure_instability(table, chosen, protocol=run[place].protocol, **options)
        run[place] = replace(run[place], instability=rows)
    made: dict[str, Any] = {"positive": table.positive, "negative": table.negative, "protocols": list(protocols)}
    made |= {"learning_curve": learning_curve, "instability": instability, "provenance": table.provenance}
    if changing_subjects(table.subjects):
        made["label_by_visit"] = True
    settings = chosen.as_dict() | made
    if estimator is not None:  # members and their search are those of adscreen's own
        settings = {name: value for name, value in settings.items() if name not in _OF_MEMBERS}
        settings["estimator"] = run[0].methods[0].description
    return Evaluation(table, chosen, tuple(run), settings=settings)


def _leak_free(evaluations: Sequence[ProtocolEvaluation]) -> int:
    """Return the place of the first protocol whose folds keep subjects together."""
    return next(number for number, one in enumerate(evaluations) if one.protocol != "paper")


def _check_labels(training: tuple[str, str], test: tuple[str, str], *, name: str, where: str) -> None:
    """Raise InputError where a test cohort has other labels than the training cohort of this name."""
    if training != test:
        what = f"its labels are {', '.join(test)}, those of {name} are {', '.join(training)}"
        remedy = "use the same two labels in both, or name their sides with positive= and negative="
        raise InputError(what, where=where, remedy=remedy)


def run_evaluation(
    manifest: Path | Cohort,
    out: Path,
    *,
    extract: ExtractSettings,
    study: StudySettings,
    allow_other_language: bool = False,
    protocol: str | Sequence[str] = "subject",
    test: Path | Cohort | None = None,
    learning_curve: bool = False,
    instability: int = 0,
    cleaning_sensitivity: bool = False,
    reading: Reading = AS_WRITTEN,
    rule: Rule = REFUSE,
    jobs: int = 1,
    force: bool = False,
    progress: Progress = HIDDEN,
) -> Evaluation:
    """Evaluate the cohort of a manifest and write the run folder.

    ``test`` is the manifest of another cohort to test on, under the protocol ``external`` alone. A Cohort is what
    ``reading`` read of its manifest already. What ``rule`` allows to leave out is listed in flow.csv and skipped.csv.
    ``cleaning_sensitivity`` reads and evaluates the cohort under every other cleaning of its transcripts as well.
    """
    check_free(out, force=force)
    protocols = ("external",) if test is not None else name_protocols(protocol)
    check_extras(protocols, instability=instability, cleaning_sensitivity=cleaning_sensitivity)
    first = reading.read(manifest)
    others = [] if test is None else [reading.read(test, known=first.grouped_labels)]
    cohorts = [first, *others]
    for other in others:
        _check_labels(first.labels, other.labels, name=first.path.name, where=other.path.name)
        check_sexes(first.frame(), other.frame())
        check_apart(first.frame(), other.frame(), same_id=reading.same_id)
        if not reading.same_id:
            notes = compare_ids(first.frame(), other.frame())
            cohorts[1] = replace(other, notes=(*other.notes, *notes))
    for cohort in cohorts:
        progress.notes(cohort.notes)
    _ = first.labels  # before the work
    for cohort in cohorts:
        check_columns(cohort, study.blocks)
    given: dict[str, Any] = {"jobs": jobs, "progress": progress}
    foreign = [check_language(cohort, extract, allowed=allow_other_language, **given) for cohort in cohorts]
    read = [
        read_training_table(cohort, extract, rule, other=own, **given)
        for cohort, own in zip(cohorts, foreign, strict=True)
    ]
    tables, skipped = zip(*read, strict=True)
    usable = [cohort.without(one.recording for one in left) for cohort, left in zip(cohorts, skipped, strict=True)]
    checked = check_cohorts(usable, jobs=jobs, progress=progress)
    progress.notes(list_errors(checked))
    options: dict[str, Any] = {"study": study, "learning_curve": learning_curve, "instability": instability} | given
    found = evaluate(tables[0], protocol=protocol, test=tables[1] if others else None, **options)
    if cleaning_sensitivity:
        place = _leak_free(found.protocols)
        options = {"table": found.table, "study": found.study, "extract": extract, "foreign": foreign}
        rows = evaluate_cleanings(usable, found.protocols[place], **options, **given)
        changed = list(found.protocols)
        changed[place] = replace(changed[place], cleaning=rows)
        found = replace(found, protocols=tuple(changed))
    about: dict[str, Any] = {"manifest": first.path, "test_manifest": others[0].path if others else None}
    about |= reading.arguments() | {"label_groups": first.label_groups}
    settings = found.study.as_dict() | about | dict(found.settings)  # run.json names the study first
    settings |= {"skip_unreadable": rule.skip, "strict": rule.strict, "skipped": sum(map(len, skipped))}
    settings |= {"cleaning_sensitivity": cleaning_sensitivity}
    named = replace(found, cohorts=tuple(cohorts), skipped=skipped, checked=checked, settings=settings)
    named.save(out, force=force)
    return named


def other_languages(table: FeatureTable) -> list[str]:
    """Return a sentence on recordings in another language than the models'; none where there are none."""
    found = table.provenance.get("other_language", "")
    return [f"{found}."] if found else []


def show_metrics(metrics: pd.DataFrame, leading: Mapping[str, Level]) -> pd.DataFrame:
    """Return a few measures for people at each protocol's leading level: one row a method, the AUC with its interval.

    Where results by subject lead, the first method, which is the evaluated one, has a second row by recording.
    """
    clustered = bool(pd.notna(metrics["cluster_low"]).any())
    rows = []
    for (protocol, method), found in metrics.groupby(["protocol", "method"], sort=False):
        evaluated = bool(metrics.loc[metrics["protocol"] == protocol, "method"].iloc[0] == method)
        levels = [leading[str(protocol)]]
        levels += ["recording"] if evaluated and levels == ["subject"] else []
        for level in levels:
            values = found[found["level"] == level].set_index("measure")
            row = {"protocol": protocol, "method": method, "by": level}
            rows.append(row | _show_values(values, clustered=clustered))
    return pd.DataFrame(rows)


def _show_values(values: pd.DataFrame, *, clustered: bool) -> dict[str, Any]:
    auc = values.loc["auc"]
    shown: dict[str, Any] = {
        "AUC": "–" if pd.isna(auc["value"]) else f"{auc['value']:.3f} ({auc['low']:.3f} to {auc['high']:.3f})"
    }
    if clustered:
        shown["over clusters"] = f"{auc['cluster_low']:.3f} to {auc['cluster_high']:.3f}"
    return shown | {name.replace("_", " "): values.loc[name, "value"] for name in SHOWN[1:]}


def _notes(table: FeatureTable, evaluations: Sequence[ProtocolEvaluation]) -> list[str]:
    tested = np.unique(np.concatenate([fold.rows for item in evaluations for fold in item.folds]))
    subjects, groups = table.subjects["subject_id"].iloc[tested].nunique(), len(np.unique(table.groups[tested]))
    notes = [f"low, high: 95% interval over {subjects} subjects."]
    if table.group_column == "cluster":
        matched = f" ({count(table.matched_sets, 'matched set')} among them)" if table.matched_sets else ""
        notes.append(f"cluster_low, cluster_high: the same over {groups} clusters{matched}, which folds keep together.")
    for evaluation in evaluations:
        gap = next(
            row
            for row in evaluation.differences
            if (row.method, row.level, row.measure) == (TFIDF, evaluation.leading, "auc")
        )
        clustered = table.group_column == "cluster"
        low, high = (gap.cluster_low, gap.cluster_high) if clustered else (gap.low, gap.high)
        notes.append(
            f"{evaluation.protocol}: AUC of {evaluation.main} minus baseline by {evaluation.leading} {gap.value:+.3f} "
            f"({low:+.3f} to {high:+.3f}, over {table.group_column} groups); "
            f"{evaluation.shared_subject_share:.0%} of test recordings have a training recording of their speaker."
        )
    notes += [describe_chance(evaluation) for evaluation in evaluations]
    notes += [note for evaluation in evaluations for note in _unused(evaluation)]
    notes += [f"{row.method}: not run, {row.absent}." for row in evaluations[0].methods if row.absent]
    return notes


def _unused(evaluation: ProtocolEvaluation) -> list[str]:
    """Say which members of the estimator had no weight in any fold."""
    chosen = [fold.settings for fold in evaluation.folds if fold.method == evaluation.main]
    names = [name for name in chosen[0] if name.endswith(".weight")]
    unused = [name.removesuffix(".weight") for name in names if all(one.get(name) == 0 for one in chosen)]
    return [
        f"{evaluation.protocol}: {name} had weight 0 in all {len(chosen)} folds, so it changed no prediction."
        for name in unused
    ]
