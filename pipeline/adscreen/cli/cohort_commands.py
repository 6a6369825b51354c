"""Commands on a cohort: simulate, ingest, features, audit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from adscreen.cli.app import command
from adscreen.cli.early_checks import read_cohort_for
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
    UsableOptions,
    exit_incomplete,
    print_json,
    print_table,
    say,
    say_skipped,
    show_progress,
)
from adscreen.cli.panels import cohort_argument, cohort_option


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

    Exit status: 0 all are read; 3 some are unreadable, and have their reason in ingest.csv; 2 bad input, nothing
    written.

    Example: adscreen ingest manifest.csv transcripts --jobs 2
    """
    from adscreen.ingest.reasons import list_reasons
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
    if done.unreadable:
        say(quiet, f"{done.unreadable} unreadable: {list_reasons(done.reasons)}; see {out / 'ingest.csv'}")
    exit_incomplete(done.unreadable)


@command()
def features(
    manifest: ManifestArg,
    out: OutArg,
    extract_options: ExtractOptions,
    reading: ReadingOptions,
    usable: UsableOptions,
    jobs: JobsOpt = 1,
    force: ForceOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """Compute features.parquet, sentences.parquet and dictionary.json; nothing is fitted to the cohort.

    Exit status: 0 done; 3 done, with recordings left out by `--skip-unreadable`; 2 bad input, nothing written.

    Example: adscreen features manifest.csv features --jobs 2
    """
    from adscreen.studies.feature_run import check_language, language_record, read_usable, write_skipped, write_table
    from adscreen.studies.runs import new_run

    rule = usable.rule()
    how = reading.reading()
    cohort = read_cohort_for(out, manifest, how, force=force)
    extract = extract_options.settings()
    settings: dict[str, Any] = {"manifest": manifest, "layer": extract.layer} | how.arguments()
    settings |= {"skip_unreadable": rule.skip, "strict": rule.strict}
    settings |= {"pooling": extract.pooling, "parser": extract.parser, "engine": extract.engine.name}
    settings["tasks"] = {task.name: task.digest for task in extract.tasks}
    settings["norms"] = {file.source: file.digest for file in extract.norms}
    allowed = extract_options.allow_other_language
    with show_progress(quiet) as progress:
        progress.notes(cohort.notes)
        other = check_language(cohort, extract, allowed=allowed, jobs=jobs, progress=progress)
        settings |= language_record(extract, other)
        with new_run(out, force=force, command="features", settings=settings) as folder:
            table, skipped = read_usable(cohort, extract, rule, other=other, jobs=jobs, progress=progress)
            write_table(table, folder)
            write_skipped(skipped, folder)
    say(quiet, f"Wrote {out / 'features.parquet'}: {len(table)} recordings")
    say_skipped(quiet, len(skipped), out)
    exit_incomplete(len(skipped))


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

    how = reading.reading(labels)
    source, arguments = (path, how.arguments()) if path.is_dir() else (how.read(path), {})
    from adscreen.studies import audit_run  # after the checks, for it loads scikit-learn

    with show_progress(quiet) as progress:
        found = audit_run.audit(source, **arguments, language=language, jobs=jobs, progress=progress)
    findings = [
        {name: with_flags(value) if isinstance(value, str) else value for name, value in asdict(finding).items()}
        for finding in found
    ]
    if json:
        print_json(findings)
    elif not quiet:
        print_table(findings)
