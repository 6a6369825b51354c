"""The command that fixes what will be judged, before the labels are opened: lock."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from adscreen.cli.app import command
from adscreen.cli.options import (
    LabelOptions,
    ManifestArg,
    MinWordsOpt,
    QuietOpt,
    ReadingOptions,
    say,
)
from adscreen.cli.panels import (
    cohort_option,
    output_argument,
    output_option,
    scoring_argument,
    scoring_option,
)
from adscreen.writing import count


@command()
def lock(
    model_dir: Annotated[Path, scoring_argument(help="Model folder.", show_default=False)],
    manifest: ManifestArg,
    lock_file: Annotated[Path, output_argument(help="File to write: lock.json.", show_default=False)],
    *,
    reading: ReadingOptions,
    labels: LabelOptions,
    outcome: Annotated[
        list[str] | None,
        cohort_option(
            "--outcome",
            metavar="<column>",
            help="A column that counts as a label beside `label`, such as mmse: it may come later. May be repeated.",
        ),
    ] = None,
    primary: Annotated[
        str, scoring_option("--primary", help="The measure that will be judged, as metrics.csv names it.")
    ] = "auc",
    level: Annotated[
        str | None,
        scoring_option("--level", help="Whether subjects or recordings count [subject where one has several]."),
    ] = None,
    prevalence: Annotated[
        float | None, scoring_option("--prevalence", help="Share of cases among those who would be screened: 0.08.")
    ] = None,
    confidence: Annotated[
        float | None, scoring_option("--confidence", help="Conformal sets at this confidence: 0.9.")
    ] = None,
    min_words: MinWordsOpt = None,
    allow_out_of_scope: Annotated[
        bool, scoring_option("--allow-out-of-scope", help="Score recordings unlike those of training too.")
    ] = False,
    force: Annotated[bool, output_option("--force", help="Replace a lock that is there.")] = False,
    quiet: QuietOpt = False,
) -> None:
    """Fix what will be judged, before the labels of a held-out cohort are opened.

    The file holds digests of the model, the manifest without its label columns, every transcript and the code of
    adscreen, with thresholds and the choices of the analysis; no word of a transcript. Give the options that
    `adscreen validate` will have. Rows may be in another order later, and labels may be added. On your own computer the
    file proves nothing about when it was made: deposit a copy, such as on OSF.

    Example: adscreen lock model other_clinic.csv lock.json --prevalence 0.1
    """
    from adscreen.scoring.shares import require_confidence, require_prevalence

    require_prevalence(prevalence)
    require_confidence(confidence)
    from adscreen.studies.lock import Choices, check_new, make_lock, write_lock  # loads scikit-learn

    check_new(lock_file, force=force)
    made = make_lock(
        model_dir,
        manifest,
        reading=reading.reading(labels),
        outcomes=outcome or (),
        primary=primary,
        level=level,
        choices=Choices(prevalence, confidence, min_words, allow_out_of_scope),
    )
    write_lock(made, lock_file, force=force)
    held = f"{count(made.manifest.recordings, 'recording')} of {count(made.manifest.subjects, 'subject')}"
    say(quiet, f"Locked {held}; primary measure: {made.analysis.primary} by {made.analysis.level}")
    say(quiet, f"Not part of the lock, because they are labels: {', '.join(made.manifest.label_columns)}")
    if made.manifest.labelled and not quiet:
        typer.echo("The manifest has labels already: the lock does not show that nobody knows them.", err=True)
    say(
        quiet, f"Wrote {lock_file}, digest {made.digest}. Deposit it, or send it to somebody, before labels are opened."
    )
    later = shlex.join(["adscreen", "validate", str(model_dir), str(manifest), "OUT", "--lock", str(lock_file)])
    say(quiet, f"Then, with the same options: {later}")
