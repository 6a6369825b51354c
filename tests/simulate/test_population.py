"""The synthetic cohort: valid CHAT, reproducible to the byte, two groups that differ as far as ``effect`` says."""

from __future__ import annotations

import csv
import doctest
import math
import os
import random
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from statistics import correlation, fmean
from typing import NamedTuple

import numpy as np
import pylangacq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline

from adscreen.cohort import read_cohort
from adscreen.errors import InputError
from adscreen.ingest import read_transcript
from adscreen.simulate import SyntheticRecording, draw_subject, simulate_cohort, simulate_recording, simulate_recordings
from adscreen.simulate import disfluency as disfluency_module
from adscreen.simulate import speaker as speaker_module
from adscreen.simulate.disfluency import contract, disorder, split_tokens
from adscreen.simulate.grammar import read_grammar
from adscreen.simulate.narration import describe_picture
from adscreen.simulate.speaker import RATES, draw_speaker

ROOT = Path(__file__).resolve().parents[2]
LABELS = ("control", "case")
COLUMNS = "subject_id visit transcript label age sex education mmse site task language note".split()

WORD = r"[A-Za-z][a-z']*(?:\(g\))?"
MAIN_LINE_TOKEN = re.compile(
    rf"0?{WORD}|{WORD} \[/{{1,2}}\]|{WORD} \[: [a-z ]+\](?: \[\* s:r\])?"  # a word, repeated or retraced, or replaced
    rf"|<{WORD}(?: (?:{WORD}|\(\.+\)|\(\d\.\d\)))+> \[/{{1,2}}\]"  # a repeated or retraced phrase
    r"|&[-+][a-z]+|&=[a-z]+(?::[a-z]+)?|\(\.{1,2}\)|\(\d\.\d\)"  # filler, fragment, event, pause
)


def participant_lines(chat: str) -> list[str]:
    """Return the participant's main lines without the speaker code."""
    return [line.removeprefix("*PAR:\t") for line in chat.splitlines() if line.startswith("*PAR:\t")]


def spoken_text(chat: str) -> str:
    """Return the words uttered by the participant, fillers and fragments included, codes left out."""
    lines = " ".join(line for line in participant_lines(chat) if "[+ exc]" not in line)
    words = re.sub(r"\[[^\]]*\]|\([\d.]+\)|\+\.\.\.|&=\S+|\b0\S+|\bxxx\b|[<>.?()]", " ", lines)
    return re.sub(r"&[-+]", "", words).lower()


class Bag(NamedTuple):
    """A cohort as a bag-of-words study sees it."""

    texts: list[str]
    cases: np.ndarray
    subjects: list[str]


@cache
def bag(*, seed: int, effect: float) -> Bag:
    """Return the spoken text of 60 subjects."""
    recordings = list(simulate_recordings(subjects=60, seed=seed, effect=effect))
    return Bag(
        [spoken_text(recording.chat) for recording in recordings],
        np.array([recording.row.label == "case" for recording in recordings]),
        [recording.row.subject_id for recording in recordings],
    )


def auc(study: Bag, *, by_subject: bool) -> float:
    """Return the mean AUC over five folds of TF-IDF and logistic regression."""
    model = make_pipeline(TfidfVectorizer(token_pattern=r"\S+", sublinear_tf=True), LogisticRegression(C=10))
    folds = (StratifiedGroupKFold if by_subject else StratifiedKFold)(5, shuffle=True, random_state=0)
    groups = study.subjects if by_subject else None
    return float(cross_val_score(model, study.texts, study.cases, groups=groups, cv=folds, scoring="roc_auc").mean())


def digest(folder: Path) -> str:
    """Return one SHA-256 over the names and bytes of all files of a folder."""
    total = sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            total.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


@pytest.fixture(scope="module")
def recordings() -> list[SyntheticRecording]:
    """A cohort of 100 subjects."""
    return list(simulate_recordings(subjects=100, visits=3, seed=11))


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cohort of 30 subjects on disk."""
    return simulate_cohort(tmp_path_factory.mktemp("simulate") / "made" / "cohort", subjects=30, visits=2, seed=4)


def test_folder_holds_a_manifest_and_one_chat_file_a_row(manifest: Path) -> None:
    """The manifest lists exactly the files that lie in transcripts/, and nothing else is left on the disk."""
    with manifest.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert COLUMNS == list(rows[0])
    assert {f"transcripts/{row['subject_id']}-{row['visit']}.cha" for row in rows} == {r["transcript"] for r in rows}
    written = {path.relative_to(manifest.parent).as_posix() for path in manifest.parent.rglob("*") if path.is_file()}
    assert {"manifest.csv", *(row["transcript"] for row in rows)} == written
    assert ["cohort"] == [path.name for path in manifest.parent.parent.iterdir()]


def test_everything_says_that_it_is_synthetic(manifest: Path) -> None:
    """No file or row can be taken for clinical data."""
    with manifest.open(encoding="utf-8", newline="") as stream:
        assert {"SYNTHETIC"} == {row["note"] for row in csv.DictReader(stream)}
    for path in manifest.parent.glob("transcripts/*.cha"):
        comments = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("@Comment:")]
        assert any("SYNTHETIC" in comment for comment in comments), path.name


def test_ingest_reads_every_file_without_a_diagnostic(manifest: Path) -> None:
    """Manifest and transcripts meet adscreen's own contract, and hold every mark that its readers distinguish."""
    seen: Counter[str] = Counter()
    for recording in read_cohort(manifest).recordings:
        transcript = read_transcript(
            recording.transcript,
            recording_id=recording.recording_id,
            subject_id=recording.subject_id,
            task=recording.task,
        )
        assert ((), "PAR", "eng") == (transcript.diagnostics, transcript.participant, transcript.language)
        for utterance in transcript.utterances:
            seen.update(word.kind for word in utterance.words)
            for word in utterance.words:
                seen.update({"retraced": word.retraced, "repeated": word.repeated, "error": bool(word.error)})
            seen.update({utterance.terminator: 1, "pause": len(utterance.pauses), "event": len(utterance.events)})
            seen.update({"omission": utterance.omissions, "excluded": utterance.excluded})
    marks = "filler fragment retraced repeated error complete question trailing_off pause event omission excluded"
    assert set() == {mark for mark in marks.split() if not seen[mark]}


def test_pylangacq_reads_every_file(recordings: list[SyntheticRecording]) -> None:
    """An independent CHAT reader finds the participants, their @ID fields and between 60 and 160 participant words."""
    for recording in recordings:
        reader = pylangacq.CHAT.from_strs([recording.chat])
        (header,) = reader.headers()
        about = {person.code: person for person in header.participants}
        assert (["eng"], {"PAR", "INV"}) == (header.languages, set(about))
        par, row = about["PAR"], recording.row
        assert ("Participant", row.sex, row.label.capitalize()) == (par.role, par.sex, par.group)
        assert (str(row.education), str(row.mmse), f"{row.age};") == (par.education, par.custom, str(par.age))
        words = [word for word in reader.filter(participants="PAR").words() if word[0].isalpha()]
        assert 60 <= len(words) <= 160, row.transcript


def test_main_lines_are_well_formed(recordings: list[SyntheticRecording]) -> None:
    """Headers come in CHAT's order and every main line is tokens, one terminator and at most one postcode."""
    for recording in recordings:
        lines = recording.chat.split("\n")
        assert ["@UTF8", "@Begin", "@Languages:\teng"] == lines[:3]
        assert ["@End", ""] == lines[-2:]
        for line in participant_lines(recording.chat):
            assert_well_formed(line)


def assert_well_formed(line: str) -> None:
    """Check one participant line against the part of CHAT that the simulator uses."""
    match = re.fullmatch(r"(.+) (?:\.|\?|\+\.\.\.)(?: \[\+ (?:exc|gram)\])?", line)
    assert match, line
    for token in split_tokens(match.group(1)):
        assert MAIN_LINE_TOKEN.fullmatch(token), (token, line)


@settings(max_examples=60, deadline=None)
@given(key=st.text(max_size=8), severity=st.floats(-3.0, 6.0), stream=st.integers())
def test_any_speaker_at_any_severity_gives_valid_lines(key: str, severity: float, stream: int) -> None:
    """No combination of habits and severity breaks the CHAT."""
    lines = describe_picture(draw_speaker(key), severity=severity, rng=random.Random(stream))
    assert lines
    for line in lines:
        assert_well_formed(line)


def test_recordings_have_the_length_of_picture_descriptions(recordings: list[SyntheticRecording]) -> None:
    """About 100 to 130 words and 8 to 16 utterances on average and for most, and alike in the two groups."""
    words = {r.row.transcript: len(spoken_text(r.chat).split()) for r in recordings}
    turns = [len(participant_lines(r.chat)) for r in recordings]
    assert 100 <= fmean(words.values()) <= 130
    assert 80 <= min(words.values()) <= max(words.values()) <= 200
    assert fmean(8 <= count <= 16 for count in turns) > 0.9
    by_label = [fmean(words[r.row.transcript] for r in recordings if r.row.label == label) for label in LABELS]
    assert abs(by_label[0] - by_label[1]) < 6


def test_groups_are_balanced_in_every_prefix(recordings: list[SyntheticRecording]) -> None:
    """Each pair of subjects is one control and one case, in either order, and a subject keeps its label."""
    labels = {r.row.subject_id: r.row.label for r in recordings}
    assert [f"SYN{number:04d}" for number in range(1, 101)] == list(labels)
    order = list(labels.values())
    pairs = list(zip(order[::2], order[1::2], strict=True))
    assert {LABELS, LABELS[::-1]} == set(pairs)
    assert len(recordings) == len({(r.row.subject_id, r.row.visit) for r in recordings})


def test_groups_are_alike_but_for_mmse(recordings: list[SyntheticRecording]) -> None:
    """Age, sex and education do not tell the groups apart; the MMSE does, at 28 to 30 against about 20 (SD 4)."""
    first = [r.row for r in recordings if r.row.visit == 1]
    control, case = ([row for row in first if row.label == label] for label in LABELS)
    assert abs(fmean(r.age for r in control) - fmean(r.age for r in case)) < 2
    assert abs(fmean(r.education for r in control) - fmean(r.education for r in case)) < 1
    assert Counter(r.sex for r in control) == Counter(r.sex for r in case)
    assert Counter(r.site for r in control) == Counter(r.site for r in case)
    assert {28, 29, 30} == {r.mmse for r in control}
    scores = [r.mmse for r in case]
    assert fmean(scores) == pytest.approx(20, abs=1.5)
    assert float(np.std(scores)) == pytest.approx(4, abs=1.2)


def test_most_subjects_make_all_visits() -> None:
    """About a fifth of the subjects miss the last visit; nobody misses the only one."""
    visits = Counter(draw_subject(number, visits=3, seed=0).visits for number in range(1, 501))
    assert {2, 3} == set(visits)
    assert visits[2] / 500 == pytest.approx(0.2, abs=0.06)
    assert {1} == {draw_subject(number, visits=1, seed=0).visits for number in range(1, 101)}


def test_visits_are_a_year_apart(recordings: list[SyntheticRecording]) -> None:
    """Within a subject only age and MMSE change, and age by one year a visit."""
    for subject in {r.row.subject_id for r in recordings}:
        rows = [r.row for r in recordings if r.row.subject_id == subject]
        assert list(range(1, len(rows) + 1)) == [row.visit for row in rows]
        assert [rows[0].age + step for step in range(len(rows))] == [row.age for row in rows]
        assert len({(row.label, row.sex, row.education, row.site) for row in rows}) == 1


def test_same_seed_gives_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    """Nothing depends on the process or on PYTHONHASHSEED."""
    program = (
        "import sys; from pathlib import Path; from adscreen.simulate import simulate_cohort; "
        "simulate_cohort(Path(sys.argv[1]), subjects=8, visits=2, seed=5)"
    )
    for hash_seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT / "pipeline")}
        command = [sys.executable, "-c", program, str(tmp_path / hash_seed)]
        subprocess.run(command, env=environment, check=True, cwd=tmp_path)
    here = simulate_cohort(tmp_path / "here", subjects=8, visits=2, seed=5)
    assert {digest(here.parent)} == {digest(tmp_path / "1"), digest(tmp_path / "2")}


def test_other_seeds_give_other_texts() -> None:
    """No recording is common to two seeds, nor to two visits or subjects of one."""
    texts = [tuple(participant_lines(r.chat)) for seed in (0, 1) for r in simulate_recordings(subjects=20, seed=seed)]
    assert len(texts) == len(set(texts))


def test_larger_cohort_begins_with_the_smaller_one() -> None:
    """A recording depends on the seed and its subject's number only."""
    small, large = (list(simulate_recordings(subjects=subjects, seed=2)) for subjects in (10, 16))
    assert small == large[: len(small)]


def test_interviewer_changes_no_participant_line() -> None:
    """Leaving the interviewer out leaves the participant's lines as they are and the investigator unmentioned."""
    arguments = {"subjects": 10, "seed": 6}
    with_turns = list(simulate_recordings(**arguments, interviewer=True))
    alone = list(simulate_recordings(**arguments, interviewer=False))
    for pair in zip(with_turns, alone, strict=True):
        assert participant_lines(pair[0].chat) == participant_lines(pair[1].chat)
        assert "*INV:\t" in pair[0].chat
        assert "INV" not in pair[1].chat


def test_bag_of_words_tells_the_groups_apart_at_effect_one() -> None:
    """TF-IDF and logistic regression, grouped by subject, come to an AUC of 0.80 to 0.90 on average over cohorts."""
    assert 0.80 <= fmean(auc(bag(seed=seed, effect=1.0), by_subject=True) for seed in range(6)) <= 0.90


def test_text_says_nothing_of_the_label_at_effect_zero() -> None:
    """The mean AUC over six null cohorts of 60 lies within three standard errors of one half.

    With 30 subjects a group one AUC has a standard error of about sqrt(61 / (12 * 30 * 30)) = 0.075 (Hanley & McNeil).
    """
    standard_error = math.sqrt(61 / (12 * 30 * 30)) / math.sqrt(6)
    found = fmean(auc(bag(seed=seed, effect=0.0), by_subject=True) for seed in range(6))
    assert found == pytest.approx(0.5, abs=3 * standard_error)


def test_effect_zero_gives_a_subject_the_same_words_whatever_the_label() -> None:
    """At effect 0 a recording does not depend on its subject's illness at all."""
    for number in range(1, 9):
        subject = draw_subject(number, visits=2, seed=1)
        other = replace(subject, label="control" if subject.label == "case" else "case", illness=1.3 - subject.illness)
        chats = [simulate_recording(who, visit=2, seed=1, effect=0.0).chat for who in (subject, other)]
        assert participant_lines(chats[0]) == participant_lines(chats[1])


def test_splitting_by_recording_leaks_the_subject() -> None:
    """With labels that say nothing, folds that part a subject's visits still score above those that keep them whole."""
    studies = [bag(seed=seed, effect=0.0) for seed in range(6)]
    gaps = [auc(study, by_subject=False) - auc(study, by_subject=True) for study in studies]
    assert fmean(gaps) > 0.06


def test_visits_of_a_subject_resemble_each_other() -> None:
    """Two visits of one speaker are more alike than visits of two speakers with the same label."""
    study = bag(seed=3, effect=1.0)
    vectors = TfidfVectorizer(token_pattern=r"\S+", sublinear_tf=True).fit_transform(study.texts)
    alike = (vectors @ vectors.T).toarray()
    subjects = np.array(study.subjects)
    upper = np.triu(np.ones(alike.shape, dtype=bool), k=1)
    same_subject = upper & (subjects[:, None] == subjects)
    same_label = upper & (study.cases[:, None] == study.cases) & ~same_subject
    assert alike[same_subject].mean() > alike[same_label].mean() + 0.05


@pytest.mark.parametrize(
    ("mark", "pattern"),
    [
        ("fillers", r"&-"),
        ("fragments", r"&\+"),
        ("repetitions", r"\[/\]"),
        ("retracings", r"\[//\]"),
        ("pauses", r"\((?:\.+|\d\.\d)\)"),
        ("trailing off", r"\+\.\.\."),
        ("substitutions", r"\[\* s:r\]"),
        ("omitted words", r"\b0[a-z]"),
        ("indefinite words", r"\b(?:thing|things|something|somebody|stuff|that one|this one|the other one)\b"),
        ("pronouns", r"\b(?:he|she|it|they)(?:'|\b)"),
        ("remarks off the picture", r"\bwe (?:used|had)\b|\bmy (?:son|knee|back|hip|glasses)\b|\bI (?:bought|had)\b"),
    ],
)
def test_cases_show_more_of_every_mark(recordings: list[SyntheticRecording], mark: str, pattern: str) -> None:
    """Every mark of impaired speech comes more often in a recording of a case."""
    means = [
        fmean(len(re.findall(pattern, " ".join(participant_lines(r.chat)))) for r in recordings if r.row.label == label)
        for label in LABELS
    ]
    assert means[1] > 1.1 * means[0], mark


UNITS = "cookie jar stool water sink overflow floor dishes window curtains cups plate apron reaching tipping".split()


def unit_count(chat: str) -> int:
    """Return how many of some of the picture's content words the participant says."""
    words = set(spoken_text(chat).split())
    return sum(unit in words for unit in UNITS)


def test_cases_mention_fewer_information_units(recordings: list[SyntheticRecording]) -> None:
    """The groups differ in content and yet overlap: some case names more than some control."""
    control, case = ([unit_count(r.chat) for r in recordings if r.row.label == label] for label in LABELS)
    assert fmean(case) < fmean(control) - 1
    assert max(case) > min(control)


def test_mmse_of_cases_follows_how_they_speak(recordings: list[SyntheticRecording]) -> None:
    """Among cases a lower MMSE goes with fewer content words."""
    cases = [r for r in recordings if r.row.label == "case"]
    assert correlation([r.row.mmse for r in cases], [unit_count(r.chat) for r in cases]) > 0.2


def test_existing_folder_is_refused_unless_empty(tmp_path: Path) -> None:
    """A folder with content, or a file, is named in the error and left as it is; an empty folder is used."""
    full, file, empty = tmp_path / "full", tmp_path / "file", tmp_path / "empty"
    full.mkdir()
    (full / "kept.txt").write_text("kept")
    file.write_text("kept")
    empty.mkdir()
    for taken in (full, file, file / "below"):
        with pytest.raises(InputError, match=re.escape(str(taken))):
            simulate_cohort(taken, subjects=2)
    assert ["empty", "file", "full"] == sorted(path.name for path in tmp_path.iterdir())
    assert ["kept.txt"] == [path.name for path in full.iterdir()]
    assert simulate_cohort(empty, subjects=2).is_file()


@pytest.mark.parametrize(
    ("name", "value", "limits"),
    [
        ("subjects", 1, "2 to 9999"),
        ("subjects", 10_000, "2 to 9999"),
        ("visits", 0, "1 to 20"),
        ("visits", 21, "1 to 20"),
        ("seed", -1, "from 0"),
        ("effect", -0.5, "0.0 to 3.0"),
        ("effect", 3.5, "0.0 to 3.0"),
        ("effect", float("nan"), "0.0 to 3.0"),
    ],
)
def test_number_out_of_range_is_refused(tmp_path: Path, name: str, value: float, limits: str) -> None:
    """The error names the parameter, the value and the legal range; nothing is written."""
    with pytest.raises(InputError) as caught:
        simulate_cohort(tmp_path / "cohort", **{name: value})  # type: ignore[arg-type]
    message = str(caught.value)
    assert message.startswith(f"{name}: {value}")
    assert limits in message
    assert [] == list(tmp_path.iterdir())


def test_grammar_is_rich_and_closed() -> None:
    """At least 60 different clauses about the picture; every {hole} is a choice or a slot; no slot is unused."""
    grammar = read_grammar()
    clauses = [clause for topic in grammar.topics for clause in topic.clauses]
    assert len(clauses) >= 60
    patterns = [*clauses, *(text for texts in grammar.phrases.values() for text in texts)]
    holes = {hole for pattern in patterns for hole in re.findall(r"\{([^}]*)\}", pattern)}
    assert set(grammar.slots) == {hole for hole in holes if "|" not in hole}
    assert len(clauses) == len(set(clauses))


def test_every_word_that_can_be_mistaken_can_be_said() -> None:
    """Each substitution's target occurs in the grammar, and none stands for itself."""
    grammar = read_grammar()
    texts = [text for slot in grammar.slots.values() for text in slot.say]
    texts += [clause for topic in grammar.topics for clause in topic.clauses]
    words = set(re.findall(r"[a-z]+", " ".join(texts)))
    assert set() == set(grammar.substitutions) - words
    assert all(target not in wrong for target, wrong in grammar.substitutions.items())


def test_rates_rise_with_severity() -> None:
    """A higher severity never makes a mark of impairment rarer, and leaves manners alone."""
    speaker = draw_speaker("someone")
    mild, severe = speaker.rates(severity=0.0), speaker.rates(severity=2.0)
    risen = {name for name in RATES if severe[name] > mild[name]}
    assert {name for name, rate in RATES.items() if rate.slope > 0} == risen
    assert all(severe[name] == mild[name] for name, rate in RATES.items() if rate.slope == 0)


def test_contractions_follow_english() -> None:
    """``is`` may join a word that can carry it, ``are`` only a pronoun; the auxiliary is spelled out elsewhere."""
    always = {"contraction": 1.0, "clipping": 0.0}
    said = {
        text: " ".join(contract(text.split(), always, random.Random(0)))
        for text in ("the boy ~is up", "the dishes ~is wet", "they ~are up", "the kids ~are up", "she ~has got it")
    }
    expected = ["the boy's up", "the dishes is wet", "they're up", "the kids are up", "she's got it"]
    assert expected == list(said.values())


@given(stream=st.integers(), length=st.integers(1, 9))
def test_disorder_invents_no_word(stream: int, length: int) -> None:
    """Ungrammatical speech is made of the words of its two clauses."""
    tokens, other = [f"w{n}" for n in range(length)], ["the", "x", "of", "y"]
    shuffled = disorder(tokens, other, random.Random(stream))
    assert {token.removeprefix("0") for token in shuffled} <= {*tokens, *other}


@pytest.mark.parametrize("module", [disfluency_module, speaker_module])
def test_docstring_examples_run(module: object) -> None:
    """The examples in the docstrings are true."""
    results = doctest.testmod(module)  # type: ignore[arg-type]
    assert results.attempted > 0
    assert 0 == results.failed
