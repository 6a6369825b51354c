"""study.toml -> StudySettings, with defaults, and one line for whatever is wrong."""

from __future__ import annotations

import tomllib
from dataclasses import fields, replace
from pathlib import Path

import pytest
from sklearn.compose import ColumnTransformer

from adscreen.errors import InputError
from adscreen.estimator.study import (
    BLOCKS,
    PRESETS,
    MemberSettings,
    SearchSpace,
    StudySettings,
    choose_study,
    read_study,
)
from adscreen.extract.own_columns import RESERVED
from adscreen.features import FAMILIES


def saved(folder: Path, text: str) -> Path:
    """Write a study.toml and return its path."""
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_all_is_default() -> None:
    """No file and no override give the defaults."""
    assert StudySettings() == read_study(None)
    assert StudySettings() == read_study(None, folds=None, seed=None)


def test_the_documented_study_is_the_default() -> None:
    """docs/study.toml holds every setting with its default; those that have none stand there as comments."""
    path = Path(__file__).parents[2] / "docs" / "study.toml"
    assert StudySettings() == read_study(path)
    text = path.read_text(encoding="utf-8")
    shown = tomllib.loads(text)
    settings = text.partition("\n[blocks]")[0]
    offered = {line.split()[1] for line in settings.splitlines() if line.startswith("# ") and " = " in line}
    assert {field.name for field in fields(StudySettings)} == (set(shown) | offered)
    assert {field.name for field in fields(SearchSpace)} == set(shown["search"])


def test_the_documented_block_can_be_used(tmp_path: Path) -> None:
    """With its comment mark removed, the block of docs/study.toml is one that a member may read."""
    text = (Path(__file__).parents[2] / "docs" / "study.toml").read_text(encoding="utf-8")
    assert 1 == text.count("# acoustic = ")
    study = read_study(saved(tmp_path, text.replace("# acoustic = ", "acoustic = ")), members="adscreen,acoustic")
    assert {"acoustic": ("f0_mean", "jitter")} == study.blocks
    assert (*PRESETS["adscreen"].members, "acoustic") == study.members


def test_a_preset_may_stand_in_a_list(tmp_path: Path) -> None:
    """A preset in a list stands for its members and brings its search space."""
    blocks = {"acoustic": ["f0_mean"], "gait": ["speed"]}
    study = read_study(None, members="acoustic, paper, gait+lexical", blocks=blocks)
    assert ("acoustic", *PRESETS["paper"].members, "gait+lexical") == study.members
    assert PRESETS["paper"].search == study.search
    assert {"acoustic": ("f0_mean",), "gait": ("speed",)} == study.blocks


def test_blocks_of_the_command_line_join_those_of_the_file(tmp_path: Path) -> None:
    """An option adds a block to the file's, or replaces the columns of one with its name."""
    path = saved(tmp_path, "members = ['elmo', 'gait', 'acoustic']\n[blocks]\ngait = ['a']\nacoustic = ['b']\n")
    study = read_study(path, blocks={"acoustic": ["c", "d"]})
    assert {"gait": ("a",), "acoustic": ("c", "d")} == study.blocks


@pytest.mark.parametrize("study", [None, StudySettings()])
def test_members_may_read_the_tables_blocks(study: StudySettings | None) -> None:
    """A block that the table holds needs no declaration: those that are read become part of the study."""
    table_blocks = {"acoustic": ["f0_mean"], "gait": ["speed"]}
    chosen = choose_study(study, members="lexical+acoustic", table_blocks=table_blocks)
    assert ("lexical+acoustic",) == chosen.members
    assert {"acoustic": ("f0_mean",)} == chosen.blocks
    with pytest.raises(InputError, match="members: no block 'posture'"):
        choose_study(study, members="posture", table_blocks=table_blocks)


def test_a_block_of_own_columns_varies_the_classifier_alone() -> None:
    """It has no settings of its own."""
    space = SearchSpace(C=(1.0, 2.0))
    assert [{"classifier": "logistic", "C": C} for C in space.C] == [of.read() for of in space.candidates("acoustic")]


def test_every_name_of_ours_is_reserved() -> None:
    """No block of the user can be confused with one of ours, a preset, or a parameter of ColumnTransformer."""
    assert {*FAMILIES, *BLOCKS, *PRESETS, *ColumnTransformer([]).get_params(deep=False)} <= RESERVED


def test_a_study_is_read(tmp_path: Path) -> None:
    """Top-level settings and the search space are taken; the rest stays default; a single value is a list of one."""
    text = "folds = 4\ntest_share = 0.25\nseed = 7\n[search]\nC = [0.5, 2]\ndoc2vec_size = 20\n"
    expected = StudySettings(search=SearchSpace(C=(0.5, 2), doc2vec_size=(20,)), folds=4, test_share=0.25, seed=7)
    assert expected == read_study(saved(tmp_path, text))


def test_a_byte_order_mark_changes_nothing(tmp_path: Path) -> None:
    """A file that Windows' Notepad saved reads alike."""
    assert 4 == read_study(saved(tmp_path, "\ufefffolds = 4\n")).folds


def test_overrides_win(tmp_path: Path) -> None:
    """An option given on the command line replaces the file's; one not given leaves it."""
    study = read_study(saved(tmp_path, "folds = 4\nrepeats = 2\n"), folds=3, repeats=None, seed=0)
    assert (3, 2, 0) == (study.folds, study.repeats, study.seed)


def test_every_combination_is_a_candidate_in_a_fixed_order() -> None:
    """The last setting varies fastest, so the first candidate holds each setting's first value."""
    space = SearchSpace(C=(1.0, 2.0), doc2vec_size=(5,), doc2vec_alpha=(0.05,), elmo_size=(8, 9))
    blocks = ("doc2vec", "elmo")
    expected = [
        MemberSettings(blocks, C, doc2vec_size=5, doc2vec_alpha=0.05, elmo_size=size)
        for C in (1.0, 2.0)
        for size in (8, 9)
    ]
    assert expected == space.candidates("doc2vec+elmo")


def test_a_large_grid_can_be_searched_at_random() -> None:
    """As many of each member's candidates as asked, the same for the same seed; a small grid is searched whole."""
    search = SearchSpace(C=tuple(10.0**power for power in range(-3, 4)))
    study = StudySettings(search, members=("doc2vec", "paired"), most_candidates=5, seed=3)
    grid = search.candidates("doc2vec")
    drawn, paired = study.candidates()
    assert 5 == len(drawn) < len(grid)
    assert drawn == [settings for settings in grid if settings in drawn] != grid[:5]
    assert paired == search.candidates("paired")
    assert study.candidates() == [drawn, paired]
    assert drawn != replace(study, seed=4).candidates()[0]


def test_only_what_a_member_reads_is_varied() -> None:
    """A member of linguistic features varies C alone, `paired` the weight of its context and no C."""
    space = SearchSpace(C=(1.0, 2.0), paired_context=(0.0, 1.0))
    found = [settings.read() for settings in space.candidates("lexical+fluency")]
    assert [{"classifier": "logistic", "C": C} for C in (1.0, 2.0)] == found
    assert [{"paired_context": 0.0}, {"paired_context": 1.0}] == [of.read() for of in space.candidates("paired")]


def test_boosting_has_no_penalty_to_vary() -> None:
    """It is one candidate, whatever the values of C."""
    space = SearchSpace(C=(1.0, 2.0), classifier=("svm", "boosting"))
    found = [(settings.classifier, settings.C) for settings in space.candidates("lexical")]
    assert [("svm", 1.0), ("svm", 2.0), ("boosting", 1.0)] == found


def test_the_papers_pipeline_is_one_choice(tmp_path: Path) -> None:
    """One member on all blocks, PV-DM; ours is another, of several; what [search] says still wins."""
    paper = read_study(None, members="paper")
    assert (1, (1,)) == (len(paper.members), paper.search.doc2vec_dm)
    assert {"doc2vec", "elmo", "hybrid"} < set(paper.members[0].split("+"))
    ours = read_study(None)
    assert ours == read_study(None, members="adscreen") == StudySettings()
    assert len(ours.members) > 1
    told = read_study(saved(tmp_path, "members = 'paper'\n[search]\nC = [5.0]\n"))
    assert ((5.0,), (1,), paper.members) == (told.search.C, told.search.doc2vec_dm, told.members)


@pytest.mark.parametrize("given", ["doc2vec+elmo, paired", ["doc2vec+elmo", "paired"]])
def test_members_can_be_listed(given: str | list[str]) -> None:
    """On the command line set apart by commas, in study.toml as a list."""
    study = read_study(None, members=given)
    assert ("doc2vec+elmo", "paired") == study.members
    assert [("doc2vec", "elmo"), ("paired",)] == [of_member[0].blocks for of_member in study.candidates()]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fold = 4", "unknown setting 'fold'; use search, folds, "),
        (
            "[search]\nc = [1]",
            "[search]: unknown setting 'c'; use C, classifier, doc2vec_dm, doc2vec_size, doc2vec_alpha",
        ),
        ("[search]\nclassifier = ['forest']", "[search]: classifier must be of logistic, elastic_net, svm, boosting"),
        ("[search]\ndoc2vec_dm = [2]", "[search]: doc2vec_dm must be 0 (PV-DBOW) or 1 (PV-DM); write doc2vec_dm = [0]"),
        ("[search]\ndoc2vec_dm = [true]", "[search]: doc2vec_dm must be 0 (PV-DBOW) or 1 (PV-DM)"),
        ("[search]\npaired_context = [1.5]", "[search]: paired_context must be numbers from 0 to 1"),
        ("members = 'papers'", "members: no block 'papers'; name adscreen or paper, or list members"),
        ("members = []", "members must be a preset or a list"),
        ("members = [3]", "members must be a preset or a list"),
        ("members = ['elmo+elmo']", "members: 'elmo+elmo' repeats itself"),
        ("members = ['elmo', 'elmo']", "members: 'elmo' repeats itself"),
        ("members = ['elmo+paired']", "members: paired is a member of its own, not a part of 'elmo+paired'"),
        ("members = ['adscreen', 'paper']", "members: adscreen and paper are two presets; name one of them"),
        ("members = ['adscreen', 'elmo']", "members: 'elmo' repeats itself"),
        ("blocks = 3", "[blocks]: blocks is not a table; write [blocks] and one block per line below"),
        ("[blocks]\nacoustic = 'f0'", "block 'acoustic' needs a list of columns; name them: acoustic = [\"f0_mean\""),
        ("[blocks]\nacoustic = []", "[blocks]: block 'acoustic' needs a list of columns"),
        ("[blocks]\nacoustic = [3]", "[blocks]: block 'acoustic' needs a list of columns"),
        ("[blocks]\nacoustic = ['a', 'a']", "[blocks]: block 'acoustic' names column 'a' twice; name it once"),
        ("[blocks]\nAcoustic = ['a']", "[blocks]: 'Acoustic' cannot be the name of a block; use lower-case letters"),
        ("[blocks]\na__b = ['a']", "[blocks]: 'a__b' cannot be the name of a block"),
        ("[blocks]\n1a = ['a']", "[blocks]: '1a' cannot be the name of a block"),
        ("[blocks]\nlexical = ['a']", "[blocks]: the name 'lexical' is taken by adscreen; choose another name"),
        ("[blocks]\nacoustic = ['a']", "no member reads block 'acoustic'; add it, such as members = adscreen,acoustic"),
        (
            "members = ['gait']\n[blocks]\nacoustic = ['a']",
            "no block 'gait'; name adscreen or paper, or list members such as doc2vec+elmo, of doc2vec, elmo, bilm, "
            "hybrid, paired, words, lexical, syntactic, fluency, semantic, acoustic",
        ),
        ("folds = '4'", "folds: must be a whole number of at least 2, not '4'"),
        ("folds = 4.0", "folds: must be a whole number of at least 2, not 4.0"),
        ("folds = 1", "folds: must be a whole number of at least 2, not 1"),
        ("inner_folds = 1", "inner_folds: must be a whole number of at least 2, not 1"),
        ("repeats = true", "repeats: must be a whole number of at least 1, not True"),
        ("splits = 0", "splits: must be a whole number of at least 1, not 0"),
        ("bootstrap = 2000", "`bootstrap` is no setting any more: intervals need no resamples; remove it"),
        ("most_candidates = 0", "most_candidates: must be a whole number of at least 1, not 0"),
        ("seed = -1", "seed: must be a whole number of at least 0, not -1"),
        ("seed = 4294967296", "seed: must be at most 2147483647, not 4294967296"),
        ("min_sensitivity = 1.5", "min_sensitivity: must lie between 0 and 1, not 1.5"),
        ("threshold = 0", "threshold: must lie between 0 and 1, not 0"),
        ("threshold = 0.4\nmin_sensitivity = 0.9", "both a threshold and min_sensitivity; leave one of them out"),
        ("test_share = 1.0", "test_share: must lie between 0 and 1, not 1.0"),
        ("test_share = 'a'", "test_share: must lie between 0 and 1, not 'a'"),
        ("search = 3", "[search]: search is not a table"),
        ("[search]\nC = []", "[search]: C must be numbers above 0; write C = [0.01]"),
        ("[search]\nC = ['1']", "[search]: C must be numbers above 0"),
        ("[search]\nC = [true]", "[search]: C must be numbers above 0"),
        ("[search]\nC = [0.0]", "[search]: C must be numbers above 0"),
        ("[search]\nC = [inf]", "[search]: C must be numbers above 0"),
        ("[search]\nC = [nan]", "[search]: C must be numbers above 0"),
        ("[search]\ndoc2vec_size = [50.5]", "[search]: doc2vec_size must be whole numbers above 0"),
        ("[search]\nelmo_size = [0]", "[search]: elmo_size must be whole numbers above 0"),
        ("folds 4", "not TOML ("),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, message: str) -> None:
    """A misspelt name, a value of the wrong kind or range, or a broken file is one line that names file and fault."""
    path = saved(tmp_path, text)
    with pytest.raises(InputError) as caught:
        read_study(path)
    assert str(caught.value).startswith(str(path))
    assert message in str(caught.value)
    assert 1 == len(str(caught.value).splitlines())


def test_a_wrong_option_is_named_without_a_file() -> None:
    """An override out of range is named too."""
    with pytest.raises(InputError, match=r"^folds: must be a whole number of at least 2, not 1$"):
        read_study(None, folds=1)


@pytest.mark.parametrize("content", [None, b"folds = 4 # \xff"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes | None) -> None:
    """A missing file and one that is not UTF-8 are refused by name."""
    path = tmp_path / "study.toml"
    if content:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"study\.toml: (cannot be read|not TOML)"):
        read_study(path)


def test_a_preset_brings_its_search_space_to_a_study() -> None:
    """The paper's members search PV-DM, as in study.toml; a search space that the study has of its own stays."""
    assert read_study(None, members="paper").search == choose_study(StudySettings(), members="paper").search
    own = StudySettings(SearchSpace(C=(0.5,)))
    assert own.search == choose_study(own, members="paper").search
