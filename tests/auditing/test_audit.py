"""An audit finds copies, shortcuts and leaks in a cohort or an evaluation, and says so in one line each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.auditing import Finding, audit_cohort
from adscreen.auditing.composition import describe_composition, expected_sharing
from adscreen.auditing.confounds import find_shortcuts
from adscreen.auditing.duplicates import find_duplicates, id_key, similar_subject_ids
from adscreen.cohort import read_cohort
from adscreen.evaluation.overlap import overlapping_pairs
from adscreen.extract.feature_table import TOKENS, FeatureTable
from adscreen.ingest import read_transcript
from adscreen.speech import split_sentences


def table_of(rows: Sequence[Mapping[str, Any]], digests: Mapping[str, str] | None = None) -> FeatureTable:
    """Return a table; a row without words has its own 30, a row without recording_id is named by subject and visit."""
    rows = [{"visit": str(number), "label": "control"} | dict(row) for number, row in enumerate(rows)]
    subjects = pd.DataFrame([{name: value for name, value in row.items() if name != "words"} for row in rows])
    subjects.insert(0, "recording_id", subjects["subject_id"] + "_" + subjects["visit"])
    words = [row.get("words") or [f"w{number}_{word}" for word in range(30)] for number, row in enumerate(rows)]
    inputs = pd.DataFrame({TOKENS: pd.Series(words, dtype=object)})
    provenance = {"transcripts": dict(digests or {name: f"digest of {name}" for name in subjects["recording_id"]})}
    return FeatureTable(subjects, inputs, pd.DataFrame({"recording_id": []}), provenance)


def cohort_of(count: int, *, visits: int = 1, **columns: Callable[[int, str], Any]) -> FeatureTable:
    """Return a cohort of ``count`` subjects, cases and controls in turn; a column is a function of number and label."""
    rows = []
    for number in range(count):
        label = "case" if number % 2 else "control"
        own = {name: make(number, label) for name, make in columns.items()}
        rows += [{"subject_id": f"S{number:03d}", "label": label, "visit": str(v)} | own for v in range(visits)]
    return table_of(rows)


def matched(ages: Sequence[int], *, shift: int = 0, cluster: bool = False) -> list[Finding]:
    """Return the findings on matching of pairs of these ages; ``shift`` makes the last case older than its control."""
    rows = [
        {"label": label, "sex": "female" if age % 2 else "male", "age": float(age)}
        for age in ages
        for label in ("control", "case")
    ]
    rows[-1]["age"] = ages[-1] + float(shift)
    frame = pd.DataFrame(rows).assign(subject_id=[f"S{number:02d}" for number in range(len(rows))])
    frame = frame.assign(recording_id=frame["subject_id"], text=0)
    if cluster:
        frame["match"] = [f"p{number // 2}" for number in range(len(rows))]
    words = pd.Series([["a", "boy"]] * len(rows), dtype=object)
    table = FeatureTable(frame, pd.DataFrame({TOKENS: words}), pd.DataFrame({"recording_id": []}))
    return [finding for finding in find_shortcuts(table) if finding.where == "match"]


def test_a_cohort_that_looks_matched_gets_a_question() -> None:
    """Equal ages and sexes of cases and controls are noted, unless pairs are named, one differs or few do."""
    (note,) = matched(range(60, 72))
    assert ("note", 12.0) == (note.level, note.value)
    assert "cases and controls look matched one to one: 12 of each, with the same age, sex" == note.what
    assert [] == matched(range(60, 72), shift=1)
    assert [] == matched(range(60, 72), cluster=True)
    assert [] == matched([70, 71, 72] * 4)


def of_level(findings: Sequence[Finding], level: str) -> list[str]:
    """Return what the findings of a level say."""
    return [finding.what for finding in findings if finding.level == level]


def only(findings: Sequence[Finding], where: str) -> Finding:
    """Return the one finding about ``where``."""
    (found,) = [finding for finding in findings if finding.where == where]
    return found


# Duplicates


def test_one_file_under_two_subjects_is_an_error() -> None:
    """No grouped split can keep the two on one side; the recordings are named, and reported once."""
    words = "the boy is on the stool".split()
    table = table_of(
        [{"subject_id": "A", "words": words}, {"subject_id": "B", "words": words}, {"subject_id": "C"}],
        {"A_0": "same", "B_1": "same", "C_2": "other"},
    )
    assert [
        Finding(
            "error",
            "2 recordings of 2 subjects are the same file",
            where="A_0, B_1",
            remedy="keep one, or correct the manifest",
            value=2.0,
        )
    ] == find_duplicates(table)


def test_one_file_twice_under_one_subject_is_a_warning() -> None:
    """It counts twice, but leaks nothing between subjects."""
    table = table_of([{"subject_id": "A"}, {"subject_id": "A"}], {"A_0": "same", "A_1": "same"})
    assert ["2 recordings of 1 subject are the same file"] == of_level(find_duplicates(table), "warning")


def test_the_same_words_in_two_files_are_an_error() -> None:
    """A copy with another header is a copy; that its labels differ is said."""
    words = "the boy is on the stool".split()
    rows = [{"subject_id": "A", "words": words}, {"subject_id": "B", "words": words, "label": "case"}]
    expected = ["2 recordings of 2 subjects with different labels have the same words"]
    assert expected == of_level(find_duplicates(table_of(rows)), "error")


def test_without_digests_the_words_tell() -> None:
    """A table that does not know its files is compared by words."""
    words = "the boy is on the stool".split()
    table = table_of([{"subject_id": name, "words": words} for name in "AB"], {"A_0": "", "B_1": ""})
    assert ["2 recordings of 2 subjects have the same words"] == of_level(find_duplicates(table), "error")


def test_a_few_words_may_agree_by_chance() -> None:
    """Two who say the same four words are no copies of each other."""
    table = table_of([{"subject_id": name, "words": ["i", "do", "not", "know"]} for name in "AB"])
    assert ["no two of 2 recordings hold the same or nearly the same speech"] == [
        finding.what for finding in find_duplicates(table)
    ]


def test_near_duplicates_between_subjects_are_one_finding() -> None:
    """Recordings that overlap in a chain are one group; the greatest index is stated."""
    words = [f"word{number}" for number in range(104)]  # 100 5-grams; every 4 words more or less change 4 of them
    rows = [
        {"subject_id": "A", "words": words},
        {"subject_id": "B", "words": words[:-4]},
        {"subject_id": "C", "words": words[4:]},
    ]
    assert [
        Finding(
            "warning",
            "3 recordings of 3 subjects share up to 96% of their 5-word sequences",
            where="A_0, B_1, C_2",
            remedy="see whether they are one person, or whether interviewer speech or a read text was transcribed",
            value=0.96,
        )
    ] == find_duplicates(table_of(rows))


def test_what_one_subject_says_twice_is_no_near_duplicate() -> None:
    """People tell the same story at each visit; below half of the 5-grams so may two people."""
    words = [f"word{number}" for number in range(104)]
    rows = [{"subject_id": "A", "words": words}, {"subject_id": "A", "words": words[:-4]}]
    rows.append({"subject_id": "B", "words": words[:52] + [f"other{number}" for number in range(52)]})
    assert [] == of_level(find_duplicates(table_of(rows)), "warning")


@given(st.lists(st.lists(st.sampled_from("ab"), max_size=14), max_size=7), st.sampled_from([1, 3, 256]))
def test_the_overlap_is_that_of_the_sets(texts: list[list[str]], block: int) -> None:
    """Pairs and indices are those of comparing the sets of 5-grams of every two texts, whatever the block."""
    grams = [{tuple(text[start : start + 5]) for start in range(len(text) - 4)} for text in texts]
    expected = {
        (i, j): len(grams[i] & grams[j]) / len(grams[i] | grams[j])
        for i in range(len(texts))
        for j in range(i + 1, len(texts))
        if 2 * len(grams[i] & grams[j]) >= len(grams[i] | grams[j]) > 0
    }
    first, second, index = overlapping_pairs(texts, block=block)
    assert expected == dict(zip(zip(first.tolist(), second.tolist(), strict=True), index.tolist(), strict=True))


@pytest.mark.parametrize(
    ("first", "second"),
    [("S001", "s1"), ("S 01", "S-1"), ("P.A.07", "pa7"), ("ES2002-A", "es2002a"), ("10", "010")],
)
def test_ids_that_may_be_one_person(first: str, second: str) -> None:
    """Leading zeros and punctuation may be how one person was written twice."""
    (finding,) = similar_subject_ids(table_of([{"subject_id": first}, {"subject_id": second}]))
    assert ("warning", 2.0) == (finding.level, finding.value)
    assert {repr(first), repr(second)} == set(finding.where.split(", "))


@pytest.mark.parametrize(
    ("first", "second"), [("S1-1", "S11"), ("S1", "S10"), ("S1", "T1"), ("0", "00x"), ("--", ".."), ("S1A2", "S12A")]
)
def test_ids_of_different_people(first: str, second: str) -> None:
    """Ids that differ in a letter or a number are different people."""
    assert [] == list(similar_subject_ids(table_of([{"subject_id": first}, {"subject_id": second}])))


@given(st.text(max_size=10))
def test_the_key_of_a_key_is_the_key(subject: str) -> None:
    """The key is a canonical form."""
    assert id_key(subject) == id_key(id_key(subject))


# Shortcuts


def test_a_shortcut_has_the_auc_of_its_values() -> None:
    """Cases of 70 and 80 against controls of 60 and 75: three of the four pairs are in order, AUC 0.75."""
    ages = iter([60.0, 70.0, 75.0, 80.0])
    assert 0.75 == only(find_shortcuts(cohort_of(4, age=lambda *_: next(ages))), "age").value


def test_word_count_is_a_shortcut() -> None:
    """Where every case says more words than any control, word count is perfect; 20 and 20: 0.899 to 1 (Newcombe)."""
    table = cohort_of(40, words=lambda n, label: [f"w{n}"] * (20 + n + 100 * (label == "case")))
    found = only(find_shortcuts(table), "word count")
    assert ("warning", 1.0) == (found.level, found.value)
    assert found.what.endswith("AUC 1.000 (95% interval 0.899 to 1.000), cases are higher")


def test_what_is_equal_in_both_classes_is_a_note() -> None:
    """Ages that each class has alike have AUC 0.5, and the interval holds it."""
    found = only(find_shortcuts(cohort_of(40, age=lambda n, _: 60.0 + n // 2)), "age")
    assert ("note", 0.5) == (found.level, found.value)


def test_the_interval_is_over_subjects() -> None:
    """Seeing everybody five times makes no interval narrower."""

    def age(number: int, label: str) -> float:
        return 60.0 + number % 7 + 2 * (label == "case")

    once, often = (only(find_shortcuts(cohort_of(40, visits=visits, age=age)), "age") for visits in (1, 5))
    assert once == often


def test_a_rare_direction_is_told() -> None:
    """A level that is rarer among cases is said to be."""
    table = cohort_of(40, sex=lambda n, label: "m" if label == "control" or n % 4 == 1 else "f")
    found = only(find_shortcuts(table), "sex m")
    assert "warning" == found.level
    assert found.what.endswith("rarer among cases")


def test_two_levels_are_one_finding_and_three_are_three() -> None:
    """The two AUCs of two levels say the same; a level of fewer than five subjects says nothing."""
    table = cohort_of(
        44, sex=lambda n, _: "fm"[n // 2 % 2], site=lambda n, _: "ABCD"[min(n // 2 % 4, 3) if n < 4 else n % 3]
    )
    places = [finding.where for finding in find_shortcuts(table)]
    assert ["sex m"] == [place for place in places if place.startswith("sex")]
    assert ["site A", "site B", "site C", "site"] == [place for place in places if place.startswith("site")]


def test_sites_of_one_label_are_a_warning() -> None:
    """The share of cases at each site is stated."""
    table = cohort_of(40, site=lambda n, label: "A" if label == "control" and n < 20 else "B")
    found = only(find_shortcuts(table), "site")
    assert ("warning", 1.0) == (found.level, found.value)
    assert "1 of 2 sites has one label only; share of case: A 0%, B 67%" == found.what


def test_what_is_missing_for_cases_alone_is_a_shortcut() -> None:
    """The absence of a value is a value."""
    table = cohort_of(40, age=lambda n, label: np.nan if label == "case" and n % 4 == 1 else 70.0 + n // 2)
    found = only(find_shortcuts(table), "absence of age")
    assert ("warning", 0.75) == (found.level, found.value)
    assert found.what.endswith("commoner among cases")


def test_a_value_that_one_class_lacks_has_no_auc() -> None:
    """Where no case has an age, no AUC is made up."""
    table = cohort_of(40, age=lambda n, label: np.nan if label == "case" else 70.0 + n)
    assert "age alone: no AUC, one class lacks it" == only(find_shortcuts(table), "age").what


def test_clusters_are_counted_and_gaps_in_them_are_told() -> None:
    """Clusters decide what is independent; a row without one is told, since its subject then stands alone."""
    table = cohort_of(40, cluster=lambda n, _: f"C{n // 4}")
    expected = "none of 10 clusters have one label only; they, not 40 subjects, are what is independent"
    assert expected == only(find_shortcuts(table), "cluster").what
    table.subjects.loc[0, "cluster"] = None
    gaps = [finding for finding in find_shortcuts(table) if finding.where == "cluster"]
    assert ["note", "warning"] == sorted(finding.level for finding in gaps)


def test_without_a_case_no_shortcut_is_judged() -> None:
    """Not knowing which label is the case is said, once."""
    table = cohort_of(8)
    unknown = table.subjects["label"].map({"case": "MCI", "control": "AD"})
    (finding,) = find_shortcuts(replace(table, subjects=table.subjects.assign(label=unknown), labels=None))
    assert ("note", "label") == (finding.level, finding.where)


def test_one_class_alone_is_told() -> None:
    """A cohort of cases only has nothing to compare."""
    table = replace(table_of([{"subject_id": "A", "label": "case"}]), labels=("control", "case"))
    (finding,) = find_shortcuts(table)
    assert "warning" == finding.level


# Composition


def test_class_balance_counts_recordings_and_subjects() -> None:
    """Enough of each class is a note; the share of cases among recordings is its value."""
    found = only(describe_composition(cohort_of(40, visits=2)), "label")
    assert Finding("note", "40 of 80 recordings (50%) and 20 of 40 subjects are case", "label", value=0.5) == found


def test_few_subjects_and_uneven_classes_are_warnings() -> None:
    """Few subjects make wide intervals; uneven classes make accuracy misleading."""
    few = only(describe_composition(cohort_of(12)), "label")
    assert ("warning", "expect wide intervals: a class has 6 subjects") == (few.level, few.remedy)
    rows = [{"subject_id": f"S{n}", "label": "case" if n < 20 else "control"} for n in range(120)]
    uneven = only(describe_composition(table_of(rows)), "label")
    assert ("warning", "read AUC, sensitivity and specificity, not accuracy") == (uneven.level, uneven.remedy)


def test_unlabelled_recordings_are_counted() -> None:
    """Some without a label are a warning beside the balance of the others; all without one are a note."""
    table = cohort_of(44)
    table.subjects.loc[[0, 1], "label"] = None
    whats = [finding.what for finding in describe_composition(table) if finding.where == "label"]
    assert ["2 recordings of 44 without a label", "21 of 42 recordings (50%) and 21 of 42 subjects are case"] == whats
    table.subjects["label"] = None
    assert "note" == only(describe_composition(replace(table, labels=None)), "label").level


def test_visits_and_what_a_random_split_shares() -> None:
    """Subjects with several recordings are counted, and so is what a split by recording would share."""
    findings = describe_composition(cohort_of(40, visits=2))
    visits, sharing = [finding for finding in findings if finding.where == "subject_id"]
    assert "40 subjects with 2.00 recordings each (2 to 2); 40 have more than one" == visits.what
    assert pytest.approx(1 - 15 / 79) == sharing.value  # the other recording is one of 15 more in the test, of 79
    single = describe_composition(cohort_of(40))
    assert 1 == len([finding for finding in single if finding.where == "subject_id"])


def test_expected_sharing_is_what_random_splits_share() -> None:
    """The formula agrees with drawing the splits of the published protocol."""
    rows = [
        {"subject_id": f"S{subject}", "label": "case" if subject % 2 else "control", "visit": str(visit)}
        for subject in range(60)
        for visit in range(1 + subject // 2 % 4)
    ]
    table = table_of(rows)
    subjects = table.subjects["subject_id"].to_numpy()
    splits = table.random_splits(400, test_share=0.2, seed=0)
    drawn = np.mean([np.isin(subjects[test], subjects[training]).mean() for training, test in splits])
    assert pytest.approx(drawn, abs=0.01) == expected_sharing(table.subjects.groupby("subject_id").size().tolist())


@given(st.lists(st.integers(1, 6), min_size=2, max_size=40))
def test_expected_sharing_is_a_share(visits: list[int]) -> None:
    """It lies from 0 to 1, and is 0 where everybody comes once."""
    share = expected_sharing(visits)
    assert -1e-12 <= share <= 1
    assert (share < 1e-12) == (max(visits) == 1)


def test_missing_covariates_are_told() -> None:
    """A column that is absent, and one with gaps, are notes."""
    table = cohort_of(40, age=lambda n, _: np.nan if n < 10 else 70.0)
    findings = describe_composition(table)
    assert Finding("note", "age is missing for 10 recordings of 40", "age", "fill it in, if it is known", 0.25) == only(
        findings, "age"
    )
    assert "sex is not given, so it was not examined" == only(findings, "sex").what


# The whole audit of a cohort


def test_a_finding_is_one_line_without_words() -> None:
    """Whatever the ids hold, a finding is one line; the speech is in none."""
    words = "sugar kettle mitten donkey parsnip".split()
    table = table_of([{"subject_id": "A\nB", "words": words}, {"subject_id": "a-b", "words": words}])
    findings = audit_cohort(table)
    assert {"error", "warning", "note"} == {finding.level for finding in findings}
    for text in (text for finding in findings for text in asdict(finding).values() if isinstance(text, str)):
        assert "\n" not in text
        assert not any(word in text for word in words)


def test_errors_come_first_and_the_order_of_rows_is_nothing() -> None:
    """Errors, then warnings, then notes; a manifest in another order has the same findings."""
    table = cohort_of(
        40,
        visits=2,
        age=lambda n, label: 60.0 + n % 7 + 4 * (label == "case"),
        words=lambda n, label: ["same"] * 9 if n in (3, 4) else [f"w{n}_{word}" for word in range(30)],
    )
    findings = audit_cohort(table)
    ranks = [("error", "warning", "note").index(finding.level) for finding in findings]
    assert sorted(ranks) == ranks
    turned = audit_cohort(table.rows(np.arange(len(table))[::-1]))
    assert {(one.level, one.what) for one in findings} == {(one.level, one.what) for one in turned}


def _ami(shared: Path) -> FeatureTable:
    """Return the table of the AMI excerpts without biLM columns, which an audit does not read."""
    cohort = read_cohort(shared / "ami" / "manifest_excerpts.csv")
    read = [
        read_transcript(one.transcript, recording_id=one.recording_id, subject_id=one.subject_id)
        for one in cohort.recordings
    ]
    words = [[token.lower() for sentence in split_sentences(item) for token in sentence.tokens] for item in read]
    return FeatureTable(
        subjects=cohort.frame(),
        inputs=pd.DataFrame({TOKENS: pd.Series(words, dtype=object)}),
        sentences=pd.DataFrame({"recording_id": []}),
        provenance={"transcripts": {item.recording_id: item.source_digest for item in read}},
    )


def test_a_real_cohort(shared: Path) -> None:
    """AMI: no copies; site tells the whole label; nearly every test recording of a random split meets its speaker."""
    findings = audit_cohort(_ami(shared))
    assert [] == of_level(findings, "error")
    assert "3 of 3 sites have one label only; share of case: ES 0%, IS 100%, TS 100%" in of_level(findings, "warning")
    assert only(findings, "site ES").value == 0.0
    assert any("puts 99% of test recordings" in what for what in of_level(findings, "note"))


def test_a_copy_in_a_real_cohort_is_found(shared: Path) -> None:
    """A transcript that is put under a second subject, with a tenth of its words left out, is found."""
    table = _ami(shared)
    own = table.subjects["recording_id"]
    words = list(table.inputs[TOKENS].iloc[0])
    table.inputs[TOKENS] = [
        words[: len(words) * 9 // 10] if n == 5 else said for n, said in enumerate(table.inputs[TOKENS])
    ]
    (found,) = [one for one in find_duplicates(table) if "5-word sequences" in one.what]
    assert f"{own[0]}, {own[5]}" == found.where
