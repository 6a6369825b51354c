"""Options and output that commands share. A record of options stands for its fields (see ``app.command``)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adscreen.cli.panels import (
    cohort_argument,
    cohort_option,
    estimator_option,
    language_option,
    output_argument,
    output_option,
    scoring_option,
)
from adscreen.errors import InputError
from adscreen.writing import count

if TYPE_CHECKING:
    from adscreen.bilm.engines import EngineChoice
    from adscreen.cohort.missing_codes import Missing
    from adscreen.cohort.reading import Reading
    from adscreen.estimator.study import StudySettings
    from adscreen.extract.extraction import ExtractSettings
    from adscreen.extract.usable import Rule

INCOMPLETE = 3  # exit status: done, and some recordings have no result
WIDE = 130  # columns of a terminal from which on a table of long texts is easy to read

ManifestArg = Annotated[Path, cohort_argument(help="Cohort manifest: CSV, TSV, Parquet or Excel.", show_default=False)]

BilmOpt = Annotated[Path | None, language_option("--bilm", help="biLM folder [the bundled speech-bilm].")]
LanguageOpt = Annotated[
    Path | None,
    language_option("--language", metavar="<path>", help="Language file (TOML), for speech that is not English."),
]
OtherLanguageOpt = Annotated[
    bool,
    language_option("--allow-other-language", help="Measure recordings in another language too; all results say so."),
]
CacheOpt = Annotated[
    Path | None,
    language_option(
        "--cache",
        envvar="ADSCREEN_CACHE",
        help="Folder that keeps what was read of transcripts, so that the next run is quick. It holds their words.",
    ),
]

TrainedParserOpt = Annotated[
    str | None, language_option("--spacy-model", help="spaCy pipeline or its folder [that of training].")
]
MinWordsOpt = Annotated[int | None, scoring_option("--min-words", min=1, help="Fewest words scored [as in training].")]

SeedOpt = Annotated[int | None, typer.Option("--seed", min=0, help="Seed of everything random [0].")]

OutArg = Annotated[Path, output_argument(help="Folder to write; must not exist yet.", show_default=False)]
JobsOpt = Annotated[int, output_option("--jobs", "-j", min=1, help="Processes to use; changes no result.")]
ForceOpt = Annotated[bool, output_option("--force", help="Replace a run that is there.")]
QuietOpt = Annotated[bool, output_option("--quiet", "-q", help="Print nothing but errors.")]
JsonOpt = Annotated[bool, output_option("--json", help="Print the table as JSON.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelOptions:
    """Which labels are the cases, and which the controls."""

    positive: Annotated[
        str | None,
        cohort_option("--positive", help="The label of the cases [not a control]; several: MCI,ProbableAD."),
    ] = None
    negative: Annotated[
        str | None,
        cohort_option("--negative", help="The label of the controls, or several; rows of neither side are left out."),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingOptions:
    """How a manifest is read."""

    where: Annotated[str | None, cohort_option("--where", help="Use only rows that meet this: 'mmse >= 20'.")] = None
    missing: Annotated[
        list[str] | None,
        cohort_option(
            "--missing",
            metavar="<column=codes>",
            help="Codes for missing values: age=-99,999, or those of a study: nacc, adni. May be repeated.",
        ),
    ] = None
    sex: Annotated[
        str | None,
        cohort_option("--sex", metavar="<codes>", help="What codes of the column `sex` mean: 0=male,1=female."),
    ] = None
    label_by_visit: Annotated[
        bool, cohort_option("--label-by-visit", help="Allow a subject's label to differ between visits.")
    ] = False
    same_id: Annotated[
        bool, cohort_option("--same-id", help="Ids that differ only in leading zeros (7, 007) are the same.")
    ] = False

    participant: Annotated[
        str | None,
        cohort_option(help="Speaker to read if neither the manifest nor the file specifies it: a label, or `longest`."),
    ] = None
    task: Annotated[str | None, cohort_option(help="Task if neither the manifest nor the file specifies it.")] = None
    sheet: Annotated[str | None, cohort_option(help="Sheet of an Excel manifest: its name or number [1].")] = None
    gem: Annotated[
        str | None, cohort_option(help="Gem of CHAT files to read if the manifest names none, or `all`.")
    ] = None

    def reading(self, labels: LabelOptions | None = None) -> Reading:
        """Return how the manifest is read.

        Raises:
            InputError: an option cannot be understood.
        """
        from adscreen.cohort.reading import Reading

        return Reading(
            where=self.where,
            missing=self._codes(),
            sex=self._sexes(),
            label_by_visit=self.label_by_visit,
            same_id=self.same_id,
            participant=self.participant,
            task=self.task,
            sheet=self.sheet,
            gem=self.gem,
            **(asdict(labels) if labels else {}),
        )

    def _codes(self) -> Missing:
        """Return the codes for missing values by column, after the studies whose codes are asked for.

        Raises:
            InputError: one is neither ``column=code,...`` nor a study.
        """
        from adscreen.cohort.missing_codes import STUDIES

        codes: dict[str, list[str]] = {}
        studies: list[str] = []
        for one in self.missing or ():
            column, equals, own = one.partition("=")
            if not equals and one.strip().casefold() in STUDIES:
                studies.append(one.strip().casefold())
            elif not (equals and column.strip() and own.strip()):
                remedy = f"write age=-99,999, or the name of a study: {', '.join(STUDIES)}"
                raise InputError(f"{one!r} names no codes", where="--missing", remedy=remedy)
            else:
                codes.setdefault(column.strip(), []).extend(code.strip() for code in own.split(","))
        return [*dict.fromkeys(studies), codes] if studies else codes

    def _sexes(self) -> dict[str, str]:
        """Return what codes of sex mean.

        Raises:
            InputError: one is not ``code=meaning``, or a code comes twice.
        """
        sexes: dict[str, str] = {}
        for one in self.sex.split(",") if self.sex is not None else ():
            code, equals, meaning = (part.strip() for part in one.partition("="))
            if not (equals and code and meaning) or code in sexes:
                what = f"{code!r} comes twice" if code in sexes else f"{one!r} does not say what a code means"
                raise InputError(what, where="--sex", remedy="write 0=male,1=female")
            sexes[code] = meaning
        return sexes


@dataclass(frozen=True, slots=True, kw_only=True)
class UsableOptions:
    """What becomes of recordings that cannot be used."""

    skip_unreadable: Annotated[
        bool,
        cohort_option(
            "--skip-unreadable", help="Leave out recordings that cannot be read, and list them; the exit status is 3."
        ),
    ] = False
    strict: Annotated[
        bool, cohort_option("--strict", help="Fail, and write nothing, on any diagnostic of a transcript.")
    ] = False

    def rule(self) -> Rule:
        """Return what becomes of recordings that cannot be used.

        Raises:
            InputError: the options contradict each other.
        """
        from adscreen.extract.usable import Rule

        return Rule(skip=self.skip_unreadable, strict=self.strict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOptions:
    """What computes the biLM."""

    elmo_engine: Annotated[str, language_option("--elmo-engine", help="numpy, torch or allennlp; they agree.")] = (
        "numpy"
    )
    allennlp_python: Annotated[
        Path | None,
        language_option(
            "--allennlp-python", help="Interpreter of the engine allennlp [.venv-allennlp, built by make]."
        ),
    ] = None

    def choice(self) -> EngineChoice:
        """Return the engine that the options name."""
        from adscreen.bilm.engines import EngineChoice

        return EngineChoice(self.elmo_engine, self.allennlp_python)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractOptions:
    """What is read from transcripts, and with what."""

    language: LanguageOpt = None
    allow_other_language: OtherLanguageOpt = False
    bilm: BilmOpt = None
    layer: Annotated[
        str, language_option("--layer", help="biLM layer: mean, 0, 1, 2, or a weight each: 0.2,0.3,0.5.")
    ] = "mean"
    pooling: Annotated[str, language_option("--pooling", help="From words to a recording: mean or mean+max.")] = "mean"
    spacy_model: Annotated[
        str | None,
        language_option(
            "--spacy-model", help="Tagger and parser: an installed spaCy pipeline, or its folder [the bundled one]."
        ),
    ] = None
    task_file: Annotated[
        list[Path] | None,
        language_option(
            "--task-file", metavar="<path>", help="Information units of a picture or story (TOML); may be repeated."
        ),
    ] = None
    norms: Annotated[
        list[Path] | None,
        language_option(
            "--norms",
            metavar="<path>",
            help="Word norms, CSV or TSV: word,aoa; each column becomes features. May be repeated.",
        ),
    ] = None
    engine: EngineOptions
    cache: CacheOpt = None

    def settings(self) -> ExtractSettings:
        """Return the settings of extraction.

        Raises:
            InputError: what ``extract_settings`` raises.
        """
        from adscreen.studies.feature_run import extract_settings

        return extract_settings(
            self.bilm,
            language=self.language,
            layer=self.layer,
            pooling=self.pooling,
            parser=self.spacy_model,
            task_files=self.task_file or (),
            norms=self.norms or (),
            engine=self.engine.choice(),
            cache=self.cache,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyOptions:
    """What is learned, and how it is tuned."""

    config: Annotated[
        Path | None, estimator_option("--config", help="study.toml: folds, [search] ... (all: adscreen settings)")
    ] = None
    members: Annotated[
        str | None,
        estimator_option(
            "--members",
            help="What the estimator is made of: adscreen, paper, or blocks joined by + and separated by commas, such "
            "as doc2vec+elmo,paired. A preset may stand in the list: adscreen,acoustic. [adscreen]",
        ),
    ] = None
    block: Annotated[
        list[str] | None,
        estimator_option(
            "--block",
            metavar="<str>",
            help="Numeric columns of the manifest as a block for --members: acoustic=f0_mean,jitter. May be repeated.",
        ),
    ] = None
    min_sensitivity: Annotated[
        float | None,
        estimator_option(
            "--min-sensitivity", help="Threshold with at least this sensitivity on inner folds [Youden's index]."
        ),
    ] = None
    threshold: Annotated[
        float | None, estimator_option("--threshold", help="Threshold, a probability [Youden's index].")
    ] = None
    seed: Annotated[int | None, estimator_option("--seed", min=0, help="Seed of everything random [0].")] = None

    def settings(self, *, folds: int | None = None, repeats: int | None = None) -> StudySettings:
        """Return the study: --config with what the other options say; None leaves a setting as it is.

        Raises:
            InputError: what ``read_study`` raises.
        """
        from adscreen.estimator.study import read_study

        return read_study(
            self.config,
            folds=folds,
            repeats=repeats,
            seed=self.seed,
            members=self.members,
            blocks=self._blocks(),
            min_sensitivity=self.min_sensitivity,
            threshold=self.threshold,
        )

    def _blocks(self) -> dict[str, list[str]]:
        """Return the columns of each block.

        Raises:
            InputError: one is not ``name=column,...``, or a name comes twice.
        """
        blocks: dict[str, list[str]] = {}
        for one in self.block or ():
            name, equals, columns = one.partition("=")
            if not equals or name.strip() in blocks:
                what = f"block {name.strip()!r} comes twice" if equals else f"{one!r} names no columns"
                raise InputError(what, where="--block", remedy="write each block once: acoustic=f0_mean,jitter")
            blocks[name.strip()] = [column.strip() for column in columns.split(",")]
        return blocks


def show_progress(quiet: bool) -> Any:
    """Return progress bars and notes on standard error, none where quiet."""
    from adscreen.cli.flags import with_flags
    from adscreen.progress import Progress

    return Progress(shown=not quiet, wording=with_flags)


def say(quiet: bool, line: str) -> None:
    """Print a line unless quiet."""
    if not quiet:
        print(line)


def say_skipped(quiet: bool, skipped: int, out: Path) -> None:
    """Say where the recordings are listed that were left out."""

    if skipped:
        say(quiet, f"Left out {count(skipped, 'recording')}; {out / 'skipped.csv'} lists them with their reasons")


def exit_incomplete(missing: int) -> None:
    """End the command with status 3 where recordings have no result."""
    if missing:
        raise typer.Exit(INCOMPLETE)


def as_rows(table: Any) -> list[dict[str, Any]]:
    """Return a table, a frame or a list of rows, as rows."""
    return table if isinstance(table, list) else table.to_dict("records")


def print_json(table: Any) -> None:
    """Print a table as JSON."""
    from adscreen.writing import as_json

    print(as_json(as_rows(table)))


def print_table(table: Any) -> None:
    """Print a table for people."""
    from adscreen.cli.printing import print_rows

    print_rows(as_rows(table))


def print_records(table: Any) -> None:
    """Print a table of long texts for people: as a table where the terminal is wide, else row by row."""
    from adscreen.cli.printing import print_blocks, print_rows, terminal_width

    width = terminal_width()
    print_rows(as_rows(table)) if width >= WIDE else print_blocks(as_rows(table), width=width)
