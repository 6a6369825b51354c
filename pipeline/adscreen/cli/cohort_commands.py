"""Commands on a cohort: simulate, manifest, ingest, features, audit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from adscreen.cli.app import command
from adscreen.cli.flags import with_flags
from adscreen.cli.options import (
    ExtractOptions,
    ForceOpt,
    JobsOpt,
    JsonOpt,
    LabelOptions,
    LanguageOpt,
    ManifestArg,
    OutArg,
    QuietOpt,
    ReadingOptions,
    SeedOpt,
    print_json,
    print_table,
    say,
    show_progress,
)
from adscreen.cli.panels import cohort_argument, cohort_option, output_option
from adscreen.errors import InputError


@command()
def simulate(
    out: OutArg,
    subjects: Annotated[int, typer.Option(min=4, help="Number of subjects, half of them cases.")] = 40,
    visits: Annotated[int, typer.Option(min=1, help="Most visits per subject.")] = 2,
    effect: Annotated[float, typer.Option(min=0.0, help="Strength of the signs in cases; 0 for none.")] = 1.0,
    seed: SeedOpt = None,
    force: ForceOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """Write a SYNTHETIC cohort of picture descriptions: CHAT files and manifest.csv.

    Example: adscreen simulate cohort --subjects 60 --visits 2 --seed 1
    """
    from adscreen.simulate import simulate_cohort
    from adscreen.studies.runs import new_run

    settings = {"subjects": subjects, "visits": visits, "effect": effect, "seed": seed or 0}
    with new_run(out, force=force, command="simulate", settings=settings) as folder:
        simulate_cohort(folder, subjects=subjects, visits=visits, seed=seed or 0, effect=effect)
    say(quiet, f"Wrote {out / 'manifest.csv'}")


@command()
def manifest(
    folder: Annotated[Path, typer.Argument(help="Corpus folder, a .zip of one, or a table.", show_default=False)],
    layout: Annotated[
        str,
        typer.Option(help="`folder` (files named LABEL/SUBJECT_VISIT.cha, .docx ...), `table`, `pitt` or `adress`."),
    ],
    pattern: Annotated[
        str | None,
        typer.Option(help="For `folder`: a regular expression for other names, with (?P<subject>...), (?P<label>...)."),
    ] = None,
    one_person: Annotated[
        bool, typer.Option("--one-person", help="For `pitt`: a number under Control and Dementia is one person.")
    ] = False,
    out: Annotated[Path | None, output_option("--out", "-o", help="File to write [FOLDER/manifest.csv].")] = None,
    force: ForceOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """Build a manifest from a corpus folder: one row per transcript.

    Example: adscreen manifest interviews --layout folder
    """
    from adscreen.cohort import build_manifest
    from adscreen.writing import write_csv

    if layout not in ("pitt", "adress", "folder", "table"):
        raise InputError(f"unknown layout {layout!r}", where="--layout", remedy="use pitt, adress, folder or table")
    path = out or (folder.parent if folder.is_file() else folder) / "manifest.csv"
    if path.exists() and not force:
        raise InputError("already exists", where=str(path), remedy="name another with --out, or add --force")
    if not path.parent.is_dir():
        raise InputError("no such folder", where=str(path.parent), remedy="make it, or name another file with --out")
    frame = build_manifest(
        folder,
        layout,  # type: ignore[arg-type]
        pattern=pattern,
        one_person=one_person,
        relative_to=path.parent,
    )
    write_csv(frame, path)
    if shared := frame.attrs["in_both_groups"]:
        treated = "taken for one person each" if one_person else "kept apart; if one person each, add --one-person"
        say(quiet, f"{len(shared)} subject numbers stand under Control and Dementia: {treated}")
    if left_out := frame.attrs["left_out"]:
        listed = ", ".join(f"{count} {ending}" for ending, count in sorted(left_out.items()))
        say(quiet, f"Left out {sum(left_out.values())} files: {listed}; `adscreen formats` says what is read")
    say(quiet, f"Wrote {path}: {len(frame)} recordings of {frame['subject_id'].nunique()} subjects")


@command()
def ingest(
    manifest: ManifestArg,
    out: OutArg,
    reading: ReadingOptions,
    strict: Annotated[bool, cohort_option("--strict", help="Fail, and write nothing, on any diagnostic.")] = False,
    jobs: JobsOpt = 1,
    force: ForceOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """Read every transcript; write transcripts.jsonl, ingest.csv (what was kept, dropped and why) and flow.csv.

    Example: adscreen ingest manifest.csv transcripts --jobs 2
    """
    from adscreen.ingest.whole_cohort import ingest_cohort, require_clean, start_readers
    from adscreen.studies.runs import new_run

    how = reading.reading()
    settings = {"manifest": manifest, "strict": strict} | how.arguments()
    with (
        start_readers(jobs) as readers,
        new_run(out, force=force, command="ingest", settings=settings) as folder,
        show_progress(quiet) as progress,
    ):
        cohort = how.read(manifest)
        progress.notes(cohort.notes)
        advance = progress.task("Reading", len(cohort.recordings))
        done = ingest_cohort(cohort, folder, readers=readers, progress=advance)
        if strict:
            require_clean(done, where=str(manifest))
    say(quiet, f"Wrote {out / 'transcripts.jsonl'}: {done.read} read, {done.unreadable} unreadable")


@command()
def features(
    manifest: ManifestArg,
    out: OutArg,
    extract_options: ExtractOptions,
    reading: ReadingOptions,
    jobs: JobsOpt = 1,
    force: ForceOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """Compute features.parquet, sentences.parquet and dictionary.json; nothing is fitted to the cohort.

    Example: adscreen features manifest.csv features --jobs 2
    """
    from adscreen.studies.feature_run import check_language, language_record, read_table, write_table
    from adscreen.studies.runs import check_free, new_run

    how = reading.reading()
    cohort = how.read(manifest)
    extract = extract_options.settings()
    settings: dict[str, Any] = {"manifest": manifest, "layer": extract.layer} | how.arguments()
    settings |= {"pooling": extract.pooling, "parser": extract.parser, "engine": extract.engine.name}
    settings["tasks"] = {task.name: task.digest for task in extract.tasks}
    settings["norms"] = {file.source: file.digest for file in extract.norms}
    allowed = extract_options.allow_other_language
    with show_progress(quiet) as progress:
        check_free(out, force=force)
        progress.notes(cohort.notes)
        other = check_language(cohort, extract, allowed=allowed, jobs=jobs, progress=progress)
        settings |= language_record(extract, other)
        with new_run(out, force=force, command="features", settings=settings) as folder:
            write_table(read_table(cohort, extract, other=other, jobs=jobs, progress=progress), folder)
    say(quiet, f"Wrote {out / 'features.parquet'}: {len(cohort)} recordings")


@command()
def audit(
    path: Annotated[Path, cohort_argument(help="A manifest, or the folder of an evaluation.", show_default=False)],
    reading: ReadingOptions,
    labels: LabelOptions,
    language: LanguageOpt = None,
    jobs: JobsOpt = 1,
    quiet: QuietOpt = False,
    json: JsonOpt = False,
) -> None:
    """Look for leakage, duplicates and shortcuts in a cohort or a finished evaluation.

    Example: adscreen audit manifest.csv
    """
    from dataclasses import asdict

    from adscreen.studies import audit_run

    with show_progress(quiet) as progress:
        found = audit_run.audit(
            path,
            **reading.reading(labels).arguments(),
            language=language,
            jobs=jobs,
            progress=progress,
        )
    findings = [
        {name: with_flags(value) if isinstance(value, str) else value for name, value in asdict(finding).items()}
        for finding in found
    ]
    if json:
        print_json(findings)
    elif not quiet:
        print_table(findings)
