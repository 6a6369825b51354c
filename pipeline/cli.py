"""The command line: each command parses, makes one library call, and turns a typed error into one line.

Everything heavy is imported inside the commands, so that ``--help`` and usage errors answer at once.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from pipeline import __version__
from pipeline.errors import InputError

app = typer.Typer(
    name="adscreen",
    help="Screen transcripts of spontaneous speech for early signs of Alzheimer's disease. Research use only.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ManifestArg = Annotated[Path, typer.Argument(help="Cohort manifest: CSV, TSV, Parquet or Excel.", show_default=False)]
OutArg = Annotated[Path, typer.Argument(help="Folder to write; must not exist yet.", show_default=False)]
WhereOpt = Annotated[str | None, typer.Option("--where", help="Use only rows that meet this: 'mmse >= 20'.")]
PositiveOpt = Annotated[str | None, typer.Option("--positive", help="The label that is the case [not `control`].")]
BilmOpt = Annotated[Path | None, typer.Option("--bilm", help="biLM folder [the bundled speech-bilm].")]
LayerOpt = Annotated[str, typer.Option("--layer", help="biLM layer: mean, 0, 1, 2, or a weight each: 0.2,0.3,0.5.")]
PoolingOpt = Annotated[str, typer.Option("--pooling", help="From words to a recording: mean or mean+max.")]
EngineOpt = Annotated[str, typer.Option("--elmo-engine", help="numpy, torch or allennlp; they agree.")]
AllenNLPOpt = Annotated[
    Path | None,
    typer.Option("--allennlp-python", help="Interpreter of the engine allennlp [.venv-allennlp, built by make]."),
]
ConfigOpt = Annotated[Path | None, typer.Option("--config", help="study.toml: folds, repeats, [search] ...")]
JobsOpt = Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes to use; changes no result.")]
SeedOpt = Annotated[int | None, typer.Option("--seed", min=0, help="Seed of everything random [0].")]
ForceOpt = Annotated[bool, typer.Option("--force", help="Replace a run that is there.")]
QuietOpt = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
JsonOpt = Annotated[bool, typer.Option("--json", help="Print the table as JSON.")]


_INTERRUPTED = 130  # 128 + SIGINT, as shells have it

models = typer.Typer(help="List, fetch and verify biLMs.", rich_markup_mode=None)
app.add_typer(models, name="models")


def main() -> None:
    """Run the command line; exit 0 on success, 2 on bad input, 130 when interrupted, 1 on a fault of our own."""
    try:
        status = app(prog_name="adscreen", standalone_mode=False)
    except InputError as error:
        _fail(str(error))
    except typer.TyperException as error:
        _fail(_usage_line(error))
    except (typer.Abort, KeyboardInterrupt):
        status = _INTERRUPTED
    if status == _INTERRUPTED:  # as Typer answers Ctrl-C
        _fail("interrupted", status=_INTERRUPTED)
    sys.exit(status if isinstance(status, int) else 0)


def _usage_line(error: Any) -> str:
    """Return a usage error as one line that names the command's help."""
    message = error.format_message() if hasattr(error, "format_message") else str(error)
    context = getattr(error, "ctx", None)
    return f"{' '.join(message.split()).rstrip('.')}; see {context.command_path if context else 'adscreen'} --help"


def _fail(line: str, *, status: int = 2) -> NoReturn:
    print(f"adscreen: {' '.join(line.split())}", file=sys.stderr)
    sys.exit(status)


def _version(value: bool) -> None:
    if value:
        print(f"adscreen {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    if context.invoked_subcommand is None:
        print(context.get_help())


@app.command()
def demo(
    out: Annotated[Path, typer.Argument(help="Folder to write.")] = Path("reports/demo"),
    jobs: JobsOpt = 2,
    seed: SeedOpt = None,
    force: ForceOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """Simulate a cohort, evaluate, train, score a held-out cohort and write reports; needs no input.

    Example: adscreen demo
    """
    from pipeline.demo import run_demo

    with _progress(quiet) as progress:
        found = run_demo(out, jobs=jobs, seed=seed or 0, force=force, progress=progress)
    if not quiet:
        print("SYNTHETIC data: the figures say nothing about people.")
        _print_table(found.metrics)
        print(f"Scores:  {found.scores}\nReports: open {found.index} in a browser")


@app.command()
def simulate(
    out: OutArg,
    subjects: Annotated[int, typer.Option(min=4, help="Number of subjects, half of them cases.")] = 40,
    visits: Annotated[int, typer.Option(min=1, help="Visits a subject, at most.")] = 2,
    effect: Annotated[float, typer.Option(min=0.0, help="Strength of the signs in cases; 0 for none.")] = 1.0,
    seed: SeedOpt = None,
    force: ForceOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """Write a SYNTHETIC cohort of picture descriptions: CHAT files and manifest.csv.

    Example: adscreen simulate cohort --subjects 60 --visits 2 --seed 1
    """
    from pipeline.runs import new_run
    from pipeline.simulate import simulate_cohort

    settings = {"subjects": subjects, "visits": visits, "effect": effect, "seed": seed or 0}
    with new_run(out, force=force, command="simulate", settings=settings) as folder:
        simulate_cohort(folder, subjects=subjects, visits=visits, seed=seed or 0, effect=effect)
    _say(quiet, f"Wrote {out / 'manifest.csv'}")


@app.command()
def manifest(
    folder: Annotated[Path, typer.Argument(help="Corpus folder, a .zip of one, or a table.", show_default=False)],
    layout: Annotated[str, typer.Option(help="pitt, adress, folder or table.")],
    pattern: Annotated[
        str | None, typer.Option(help="For `folder`: what paths match, with (?P<subject>...) and other columns.")
    ] = None,
    one_person: Annotated[
        bool, typer.Option("--one-person", help="For `pitt`: a number under Control and Dementia is one person.")
    ] = False,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File to write [FOLDER/manifest.csv].")] = None,
    force: ForceOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """Build a manifest from a corpus folder.

    Example: adscreen manifest Pitt --layout pitt
    """
    from pipeline.manifest import build_manifest
    from pipeline.runs import write_csv

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
        _say(quiet, f"{len(shared)} subject numbers stand under Control and Dementia: {treated}")
    _say(quiet, f"Wrote {path}: {len(frame)} recordings of {frame['subject_id'].nunique()} subjects")


@app.command()
def ingest(
    manifest: ManifestArg,
    out: OutArg,
    where: WhereOpt = None,
    participant: Annotated[
        str | None, typer.Option(help="Speaker to read where manifest and file do not tell: a label, or `longest`.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail, and write nothing, on any diagnostic.")] = False,
    jobs: JobsOpt = 1,
    force: ForceOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """Read every transcript; write transcripts.jsonl, ingest.csv (what was kept, dropped and why) and flow.csv.

    Example: adscreen ingest manifest.csv transcripts --jobs 2
    """
    from pipeline.ingest.cohort import ingest_cohort, require_clean, start_readers
    from pipeline.manifest import read_manifest
    from pipeline.runs import new_run

    settings = {"manifest": manifest, "where": where, "participant": participant, "strict": strict}
    with (
        start_readers(jobs) as readers,
        new_run(out, force=force, command="ingest", settings=settings) as folder,
        _progress(quiet) as progress,
    ):
        cohort = read_manifest(manifest, where=where)
        advance = progress.task("Reading", len(cohort.recordings))
        done = ingest_cohort(cohort, folder, readers=readers, participant=participant, progress=advance)
        if strict:
            require_clean(done, where=str(manifest))
    _say(quiet, f"Wrote {out / 'transcripts.jsonl'}: {done.read} read, {done.unreadable} unreadable")


@app.command()
def features(
    manifest: ManifestArg,
    out: OutArg,
    bilm: BilmOpt = None,
    layer: LayerOpt = "mean",
    pooling: PoolingOpt = "mean",
    elmo_engine: EngineOpt = "numpy",
    allennlp_python: AllenNLPOpt = None,
    where: WhereOpt = None,
    jobs: JobsOpt = 1,
    force: ForceOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """Compute features.parquet, sentences.parquet and dictionary.json; nothing is fitted to the cohort.

    Example: adscreen features manifest.csv features --jobs 2
    """
    from pipeline.manifest import read_manifest
    from pipeline.runs import new_run
    from pipeline.studies import extract_settings, read_table, write_table

    cohort = read_manifest(manifest, where=where)
    extract = extract_settings(bilm, layer=layer, pooling=pooling, engine=_engine(elmo_engine, allennlp_python))
    settings = {"manifest": manifest, "where": where, "layer": layer, "pooling": pooling, "engine": elmo_engine}
    with (
        new_run(out, force=force, command="features", settings=settings) as folder,
        _progress(quiet) as progress,
    ):
        table = read_table(cohort, extract, jobs=jobs, progress=progress)
        write_table(table, folder)
    _say(quiet, f"Wrote {out / 'features.parquet'}: {len(table)} recordings")


@app.command()
def evaluate(
    manifest: ManifestArg,
    out: OutArg,
    protocol: Annotated[str, typer.Option(help="subject, paper or both.")] = "subject",
    config: ConfigOpt = None,
    positive: PositiveOpt = None,
    where: WhereOpt = None,
    bilm: BilmOpt = None,
    layer: LayerOpt = "mean",
    pooling: PoolingOpt = "mean",
    elmo_engine: EngineOpt = "numpy",
    allennlp_python: AllenNLPOpt = None,
    folds: Annotated[int | None, typer.Option(help="Outer folds [5].")] = None,
    repeats: Annotated[int | None, typer.Option(help="Repeats of the outer folds [3].")] = None,
    jobs: JobsOpt = 1,
    seed: SeedOpt = None,
    force: ForceOpt = False,
    quiet: QuietOpt = False,
    json: JsonOpt = False,
) -> None:
    """Estimate how well screening works on people it has not seen, beside a TF-IDF baseline.

    `subject` keeps every subject (and cluster) on one side of each split; `paper` splits recordings at random, as
    published work did, and leaks.

    Example: adscreen evaluate manifest.csv evaluation --protocol both --jobs 2
    """
    from pipeline.studies import run_evaluation

    if protocol not in ("subject", "paper", "both"):
        raise InputError(f"unknown protocol {protocol!r}", where="--protocol", remedy="use subject, paper or both")
    overrides = {"folds": folds, "repeats": repeats, "seed": seed}
    with _progress(quiet) as progress:
        metrics, notes = run_evaluation(
            manifest,
            out,
            protocols=("subject", "paper") if protocol == "both" else (protocol,),  # type: ignore[arg-type]
            config=config,
            overrides=overrides,
            positive=positive,
            where=where,
            bilm=bilm,
            layer=layer,
            pooling=pooling,
            engine=_engine(elmo_engine, allennlp_python),
            jobs=jobs,
            force=force,
            progress=progress,
        )
    if json:
        _print_json(metrics)
    elif not quiet:
        _print_table(metrics)
        print("\n".join(notes))
        print(f"Wrote {out}")


@app.command()
def train(
    manifest: ManifestArg,
    model_dir: Annotated[Path, typer.Argument(help="Model folder to write.", show_default=False)],
    config: ConfigOpt = None,
    positive: PositiveOpt = None,
    where: WhereOpt = None,
    bilm: BilmOpt = None,
    layer: LayerOpt = "mean",
    pooling: PoolingOpt = "mean",
    elmo_engine: EngineOpt = "numpy",
    allennlp_python: AllenNLPOpt = None,
    jobs: JobsOpt = 1,
    seed: SeedOpt = None,
    force: ForceOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """Tune and train a screening model on a whole cohort.

    Example: adscreen train manifest.csv model --where 'mmse >= 20'
    """
    from pipeline.studies import run_training

    with _progress(quiet) as progress:
        trained = run_training(
            manifest,
            model_dir,
            config=config,
            overrides={"seed": seed},
            positive=positive,
            where=where,
            bilm=bilm,
            layer=layer,
            pooling=pooling,
            engine=_engine(elmo_engine, allennlp_python),
            jobs=jobs,
            force=force,
            progress=progress,
        )
    subjects = ", ".join(f"{count} {label}" for label, count in trained.subjects.items())
    _say(quiet, f"Trained on {subjects} subjects; inner AUC {trained.inner_auc:.3f}, threshold {trained.threshold:.3f}")
    _say(quiet, f"Wrote {model_dir}")


@app.command()
def score(
    model_dir: Annotated[Path, typer.Argument(help="Model folder.", show_default=False)],
    inputs: Annotated[list[Path], typer.Argument(help="A manifest, or transcripts.", show_default=False)],
    out: OutArg,
    where: WhereOpt = None,
    bilm: BilmOpt = None,
    elmo_engine: EngineOpt = "numpy",
    allennlp_python: AllenNLPOpt = None,
    min_words: Annotated[int | None, typer.Option(min=1, help="Fewest words scored [as in training].")] = None,
    allow_training_subjects: Annotated[
        bool, typer.Option("--allow-training-subjects", help="Score subjects of the training data too, marked.")
    ] = False,
    jobs: JobsOpt = 1,
    force: ForceOpt = False,
    quiet: QuietOpt = False,
    json: JsonOpt = False,
) -> None:
    """Score a held-out cohort: scores.csv, scores.parquet and one report per recording.

    Example: adscreen score model held_out.csv scores
    """
    from pipeline.studies import run_scoring

    with _progress(quiet) as progress:
        counts = run_scoring(
            model_dir,
            inputs,
            out,
            where=where,
            bilm=bilm,
            engine=_engine(elmo_engine, allennlp_python),
            minimum_words=min_words,
            allow_training_subjects=allow_training_subjects,
            jobs=jobs,
            force=force,
            progress=progress,
        )
    if json:
        _print_json(counts)
    elif not quiet:
        _print_table(counts)
        print(f"Scores:  {out / 'scores.csv'}\nReports: open {out / 'report' / 'index.html'} in a browser")


@app.command()
def audit(
    path: Annotated[Path, typer.Argument(help="A manifest, or the folder of an evaluation.", show_default=False)],
    positive: PositiveOpt = None,
    where: WhereOpt = None,
    bilm: BilmOpt = None,
    jobs: JobsOpt = 1,
    quiet: QuietOpt = False,
    json: JsonOpt = False,
) -> None:
    """Look for leakage, duplicates and shortcuts in a cohort or a finished evaluation.

    Example: adscreen audit manifest.csv
    """
    from pipeline.studies import run_audit

    with _progress(quiet) as progress:
        findings = run_audit(path, positive=positive, where=where, bilm=bilm, jobs=jobs, progress=progress)
    if json:
        _print_json(findings)
    elif not quiet:
        _print_table(findings)


@app.command()
def pretrain(
    corpus_dir: Annotated[Path, typer.Argument(help="Folder of .txt, .txt.gz or .txt.xz files.", show_default=False)],
    model_dir: Annotated[Path, typer.Argument(help="biLM folder to write.", show_default=False)],
    tokens: Annotated[int, typer.Option(min=1000, help="Training tokens to see.")] = 10_000_000,
    vocabulary_size: Annotated[int, typer.Option(min=100, help="Words of the softmax.")] = 20_000,
    dim: Annotated[int, typer.Option(min=8, help="LSTM cell size.")] = 1024,
    projection_dim: Annotated[int, typer.Option(min=4, help="Size of a direction's state.")] = 128,
    batch_tokens: Annotated[int, typer.Option(min=32, help="Tokens a batch.")] = 2048,
    negatives: Annotated[int, typer.Option(min=8, help="Sampled softmax words a batch.")] = 1024,
    learning_rate: Annotated[float, typer.Option(min=1e-6, help="Peak learning rate of Adam.")] = 2e-3,
    dropout: Annotated[float, typer.Option(min=0.0, max=0.9, help="Dropped share of the top states.")] = 0.05,
    start: Annotated[str | None, typer.Option(help="A biLM to go on from: a folder, or `bundled`.")] = None,
    weight: Annotated[list[str] | None, typer.Option(help="Passes of a source per epoch: NAME=2.5.")] = None,
    float32: Annotated[bool, typer.Option("--float32", help="No bfloat16 products.")] = False,
    threads: Annotated[int, typer.Option(min=1, help="Processor threads.")] = 2,
    seed: SeedOpt = None,
    quiet: QuietOpt = False,
) -> None:
    """Train a biLM on text and write it in AllenNLP's format (needs the extra `torch`).

    A run that was stopped goes on from its checkpoint in MODEL_DIR when the same command is given again.

    Example: adscreen pretrain texts my-bilm --tokens 20000000
    """
    _require_torch()
    from pipeline.bundled import bilm_folder
    from pipeline.pretrain import PretrainSettings, run_pretraining

    settings = PretrainSettings(
        tokens=tokens,
        vocabulary_size=vocabulary_size,
        dim=dim,
        projection_dim=projection_dim,
        tokens_per_batch=batch_tokens,
        negatives=negatives,
        learning_rate=learning_rate,
        dropout=dropout,
        bfloat16=not float32,
        seed=seed or 0,
        source_weights=_weights(weight or []),
    )
    with _progress(quiet) as progress:
        before = bilm_folder(start) if start else None
        validation = run_pretraining(corpus_dir, model_dir, settings, start=before, threads=threads, progress=progress)
    if not quiet:
        _print_table(validation)
        print(f"Wrote {model_dir}")


@app.command()
def perplexity(
    model: Annotated[str, typer.Argument(help="A biLM folder, or `bundled`.", show_default=False)],
    files: Annotated[list[Path], typer.Argument(help="Transcripts: CHAT or plain text.", show_default=False)],
    view: Annotated[str, typer.Option(help="spoken or fluent.")] = "spoken",
    elmo_engine: EngineOpt = "numpy",
    allennlp_python: AllenNLPOpt = None,
    quiet: QuietOpt = False,
    json: JsonOpt = False,
) -> None:
    """Print forward, backward and joint perplexity of every participant sentence; a likelier one has a lower value.

    Example: adscreen perplexity bundled S001-0.cha
    """
    from pipeline.studies import perplexity_table

    if view not in ("spoken", "fluent"):
        raise InputError(f"unknown view {view!r}", where="--view", remedy="use spoken or fluent")
    engine = _engine(elmo_engine, allennlp_python)
    table = perplexity_table(model, files, view=view, engine=engine)  # type: ignore[arg-type]
    if json:
        _print_json(table)
    elif not quiet:
        _print_table(table)


@models.command("list")
def list_models(quiet: QuietOpt = False, json: JsonOpt = False) -> None:
    """List the published biLMs that can be fetched. (The bundled one needs no fetching.)

    Example: adscreen models list
    """
    from pipeline.bilm.published import list_published

    rows = list_published()
    if json:
        _print_json(rows)
    elif not quiet:
        _print_table(rows)


@models.command("fetch")
def fetch_model(
    name: Annotated[str, typer.Argument(help="small, medium, original or 5.5B.", show_default=False)],
    out: Annotated[Path | None, typer.Argument(help="Folder to write [NAME].", show_default=False)] = None,
    embedding_only: Annotated[
        bool, typer.Option("--embedding-only", help="Leave out softmax and vocabulary (no perplexity then).")
    ] = False,
    quiet: QuietOpt = False,
) -> None:
    """Fetch a published biLM; the one command that uses the network. It says addresses and sizes, resumes, and checks.

    Where no SHA-256 is published, that of the first download is recorded in SHA256SUMS and checked ever after.

    Example: adscreen models fetch original elmo-original
    """
    from pipeline.bilm.published import ask_size, fetch, files_of, find_published

    model = find_published(name)
    files = files_of(model, embedding_only=embedding_only)
    for file in files:  # whatever --quiet says: what the network is used for is never silent
        size = ask_size(file)
        print(f"{file.name}: {file.address} ({'size unknown' if size is None else f'{size:,} bytes'})", file=sys.stderr)
    folder = out or Path(model.name)
    with _progress(quiet) as progress:
        fetch(model, files, folder, progress=progress)
    _say(quiet, f"Wrote {folder}; use it with --bilm {folder}")


@models.command("verify")
def verify_model(
    path: Annotated[Path, typer.Argument(help="A biLM folder.", show_default=False)],
    quiet: QuietOpt = False,
    json: JsonOpt = False,
) -> None:
    """Check a biLM folder: every file against its SHA-256, and that options and weights belong together.

    Example: adscreen models verify elmo-original
    """
    from pipeline.bilm.published import verify

    rows = verify(path)
    if json:
        _print_json(rows)
    elif not quiet:
        _print_table(rows)


@app.command()
def doctor(json: JsonOpt = False) -> None:
    """Say what is installed, what is missing, and how to mend it.

    Example: adscreen doctor
    """
    from dataclasses import asdict

    from pipeline.doctor import examine

    checks = [asdict(check) for check in examine()]
    _print_json(checks) if json else _print_table(checks)
    if any(check["status"] == "missing" for check in checks):
        raise InputError("something adscreen needs is missing", where="doctor", remedy="see the table above")


def _require_torch() -> None:
    from importlib.util import find_spec

    if find_spec("torch") is None:
        raise InputError("pretraining needs PyTorch", where="pretrain", remedy="pip install 'adscreen[torch]'")


def _engine(name: str, allennlp_python: Path | None) -> Any:
    from pipeline.bilm.engines import EngineChoice

    return EngineChoice(name, allennlp_python)


def _weights(pairs: list[str]) -> dict[str, float]:
    weights = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        try:
            weights[name] = float(value)
        except ValueError as error:
            raise InputError(f"{pair!r} is not NAME=NUMBER", where="--weight", remedy="write changelog=0.5") from error
        if not weights[name] >= 0:
            raise InputError(f"{pair!r} is below 0", where="--weight", remedy="give 0 or more")
    return weights


def _progress(quiet: bool) -> Any:
    from pipeline.progress import Progress

    return Progress(shown=not quiet)


def _say(quiet: bool, line: str) -> None:
    if not quiet:
        print(line)


def _rows(table: Any) -> list[dict[str, Any]]:
    return table if isinstance(table, list) else table.to_dict("records")


def _print_json(table: Any) -> None:
    from pipeline.runs import as_json

    print(as_json(_rows(table)))


def _print_table(table: Any) -> None:
    from pipeline.progress import print_rows

    print_rows(_rows(table))


if __name__ == "__main__":
    main()
