"""Recordings -> rows of the feature table."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from adscreen.bilm.engine import BiLM, Reading
from adscreen.bilm.format import read_bilm
from adscreen.cohort import Recording, read_cohort
from adscreen.errors import InputError
from adscreen.extract import extraction
from adscreen.extract.extraction import (
    Extracted,
    ExtractSettings,
    extract_chunk,
    extract_cohort,
    extract_recordings,
    leave_out_each,
    map_chunks,
    pool_layers,
    read_recording,
)
from adscreen.extract.feature_table import (
    GROUP,
    INTERVIEWER_TOKENS,
    NOT_NUMBERS,
    SENTENCE_WORDS,
    SENTENCES,
    STATES,
    TOKENS,
)
from adscreen.extract.perplexity import score_sentences, summarise_perplexity
from adscreen.features import compute_features
from adscreen.features.coherence import sentence_vectors
from adscreen.parser import load_parser
from adscreen.records import Transcript, View
from adscreen.speech import split_sentences

SAID = (
    "the boy is up on the stool and &-um he (.) wants a cookie .",
    "<the water> [//] the sink is running over onto the floor .",
    "his sister is &+la laughing and she has her hand up .",
    "mother does not see it +...",
)


def chat(*lines: str) -> str:
    """Return a CHAT file of an interviewer's question and the participant's lines."""
    spoken = "".join(f"*PAR:\t{line}\n" for line in lines)
    return f"@UTF8\n@Begin\n@Participants:\tPAR Participant, INV Investigator\n*INV:\ttell me more .\n{spoken}@End\n"


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> list[Recording]:
    """Seven recordings: CHAT and plain text, of different lengths, the fourth and the last unreadable."""
    folder = tmp_path_factory.mktemp("cohort")
    files = {
        "a.cha": chat(*SAID),
        "b.txt": "Well. The boy is falling, I think, and the girl laughs. The zebra is not there.\n",
        "c.cha": chat("um ."),
        "d.cha": "%PDF-1.4",
        "e.cha": chat(*SAID[::-1], SAID[0]),
        "f.cha": chat(SAID[1]),
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    names = [*files, "missing.cha"]
    return [Recording(k + 1, f"r{k}", f"s{k}", folder / name) for k, name in enumerate(names)]


@pytest.fixture
def settings(tiny_bilm: Path) -> ExtractSettings:
    """The small random biLM with the default layer and view."""
    return ExtractSettings(tiny_bilm)


def rows(extracted: Iterator[Extracted]) -> list[tuple[str, str, str, str]]:
    """Return all that rows hold; repr tells every float apart and NaN alike."""
    return [(row.recording.recording_id, row.unreadable, repr(row.inputs), repr(row.sentences)) for row in extracted]


def test_an_unreadable_transcript_is_a_row_with_its_reason(
    recordings: list[Recording], settings: ExtractSettings
) -> None:
    """Each recording gives one row, in order; a bad file says why on one line and the others are complete."""
    extracted = list(extract_recordings(recordings, settings))
    assert recordings == [row.recording for row in extracted]
    assert [False, False, False, True, False, False, True] == [bool(row.unreadable) for row in extracted]
    for row in extracted:
        assert bool(row.unreadable) == (row.transcript is None) == (not row.inputs)
        assert len(row.unreadable.splitlines()) <= 1
    assert "d.cha" in extracted[3].unreadable
    assert "missing.cha: no such file" in extracted[6].unreadable
    readable = [recording for k, recording in enumerate(recordings) if k not in (3, 6)]
    kept = [row for row in rows(iter(extracted)) if not row[1]]
    assert kept == rows(extract_recordings(readable, settings))


def test_two_jobs_give_the_rows_of_one(
    recordings: list[Recording], settings: ExtractSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows are identical and in order when chunks are read by two processes."""
    alone = rows(extract_recordings(recordings, settings))
    monkeypatch.setattr(extraction, "CHUNK", 2)
    assert alone == rows(extract_recordings(recordings, settings, jobs=2))


@pytest.mark.parametrize("chunk", [1, 3, 100])
def test_chunks_do_not_matter(
    recordings: list[Recording], settings: ExtractSettings, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    """A row is the same whichever recordings are read with it, and progress counts every recording."""
    expected = rows(extract_recordings(recordings, settings))
    monkeypatch.setattr(extraction, "CHUNK", chunk)
    counts: list[int] = []
    assert expected == rows(extract_recordings(recordings, settings, progress=counts.append))
    assert len(recordings) == sum(counts)
    assert -(-len(recordings) // chunk) == len(counts)


def test_the_order_of_recordings_does_not_matter(recordings: list[Recording], settings: ExtractSettings) -> None:
    """Reversed recordings give reversed rows; none give none."""
    expected = rows(extract_recordings(recordings, settings))
    assert expected[::-1] == rows(extract_recordings(recordings[::-1], settings))
    assert [] == list(extract_recordings([], settings))


@pytest.mark.parametrize("view", ["spoken", "fluent"])
def test_a_row_holds_what_the_stages_give(
    recordings: list[Recording], settings: ExtractSettings, tiny_bilm: Path, view: View
) -> None:
    """Tokens, log-perplexities, pooled vector, summary and features are those of the modules, in the view asked."""
    (row,) = extract_recordings(recordings[:1], replace(settings, view=view))
    transcript = read_recording(recordings[0])
    assert isinstance(transcript, Transcript)
    assert transcript == row.transcript
    sentences = split_sentences(transcript, view=view)
    bilm = BiLM(read_bilm(tiny_bilm))
    scores = score_sentences(sentences, bilm)
    assert scores == row.sentences
    assert [token.lower() for sentence in sentences for token in sentence.tokens] == row.inputs[TOKENS]
    assert ("um" in row.inputs[TOKENS]) == (view == "spoken")
    assert [math.log(score.joint) for score in scores] == pytest.approx(row.inputs[SENTENCES], rel=1e-12)
    layers = [reading.layers for reading in bilm.read([sentence.tokens for sentence in sentences])]
    words = np.concatenate(layers, axis=1)
    pooled = [row.inputs[f"elmo.{number:04d}"] for number in range(bilm.size)]
    np.testing.assert_allclose(pooled, words.astype(float).mean(axis=(0, 1)), rtol=1e-6, atol=1e-9)
    summary = {f"perplexity.{name}": value for name, value in summarise_perplexity(scores).items()}
    features = compute_features(transcript, vectors=sentence_vectors(layers))
    assert repr(summary | features) == repr({name: row.inputs[name] for name in summary | features})
    assert ["tell", "me", "more"] == row.inputs[INTERVIEWER_TOKENS]
    assert [len(sentence.tokens) for sentence in sentences] == row.inputs[SENTENCE_WORDS]
    top = np.concatenate([of[-1] for of in layers])
    assert (np.float16, top.shape) == (row.inputs[STATES].dtype, row.inputs[STATES].shape)
    np.testing.assert_allclose(row.inputs[STATES], top, rtol=1e-3, atol=1e-3)
    assert "subject s0" == row.inputs[GROUP]
    assert set(NOT_NUMBERS) == {name for name in row.inputs if "." not in name}


def test_speech_without_a_word_in_the_view_is_nan(tmp_path: Path, settings: ExtractSettings) -> None:
    """Only a filler, read fluently, or nothing but excluded lines: a row of NaN and no tokens, not a failure."""
    (tmp_path / "filler.cha").write_text(chat("&-uh ."))
    (tmp_path / "excluded.cha").write_text(chat("can I stop now ? [+ exc]"))
    recordings = [Recording(k, name, "s", tmp_path / f"{name}.cha") for k, name in enumerate(("filler", "excluded"))]
    for row in extract_recordings(recordings, replace(settings, view="fluent")):
        assert "" == row.unreadable
        assert [] == row.inputs[TOKENS] == row.inputs[SENTENCES]
        assert 12 == sum(name.startswith("elmo.") for name in row.inputs)
        assert all(math.isnan(value) for name, value in row.inputs.items() if name.startswith(("elmo.", "perplexity.")))


def reading(*vectors: list[float]) -> Reading:
    """Return a reading whose three layers are these vectors, ten times and a hundred times them."""
    layer = np.array(vectors, dtype=np.float32).reshape(-1, 2)
    return Reading(np.stack([layer, 10 * layer, 100 * layer]))


@pytest.mark.parametrize(
    ("layer", "expected"), [("0", [2.0, 5.0]), ("1", [20.0, 50.0]), ("2", [200.0, 500.0]), ("mean", [74.0, 185.0])]
)
def test_pooling_is_a_mean_over_words(layer: str, expected: list[float]) -> None:
    """Each word counts once, whatever the length of its sentence; ``mean`` averages the layers."""
    vector = pool_layers([reading([1, 2], [2, 4]), reading(), reading([3, 9])], layer=layer)
    assert np.float64 == vector.dtype
    assert expected == pytest.approx(vector.tolist())


def test_pooling_no_words_is_nan() -> None:
    """Without a word the vector is NaN, of the right size."""
    for layer in ("mean", "1"):
        vector = pool_layers([reading(), reading()], layer=layer)
        assert (2,) == vector.shape
        assert np.isnan(vector).all()


def test_a_missing_biLM_is_an_input_error(recordings: list[Recording], tmp_path: Path) -> None:
    """It is told before any transcript is read."""
    with pytest.raises(InputError, match="no such biLM folder"):
        list(extract_recordings(recordings, ExtractSettings(tmp_path / "none")))


@pytest.fixture
def manifest(recordings: list[Recording]) -> Callable[[str], Path]:
    """Write a manifest of the named files beside them."""

    def write(names: str) -> Path:
        path = recordings[0].transcript.parent / "manifest.csv"
        lines = [f"s{name},{name},{70 + k}" for k, name in enumerate(names.split())]
        path.write_text("\n".join(["subject_id,transcript,age", *lines]) + "\n")
        return path

    return write


def test_a_cohort_becomes_a_table(manifest: Callable[[str], Path], settings: ExtractSettings, tiny_bilm: Path) -> None:
    """One row a recording in the manifest's order, one a sentence, and what the numbers depend on."""
    cohort = read_cohort(manifest("f.cha a.cha b.txt"))
    table = extract_cohort(cohort, settings)
    assert ["sf.cha", "sa.cha", "sb.txt"] == table.subjects["recording_id"].tolist()
    assert [70.0, 71.0, 72.0] == table.subjects["age"].tolist()
    expected = list(extract_recordings(cohort.recordings, settings))
    assert [row.inputs[TOKENS] for row in expected] == table.inputs[TOKENS].tolist()
    assert [row.inputs["elmo.0003"] for row in expected] == table.inputs["elmo.0003"].tolist()
    assert [len(row.sentences) for row in expected] == [
        (table.sentences["recording_id"] == name).sum() for name in table.subjects["recording_id"]
    ]
    assert [score.joint for row in expected for score in row.sentences] == table.sentences["joint"].tolist()
    digests = {row.recording.recording_id: row.transcript.source_digest for row in expected if row.transcript}
    assert digests == table.provenance["transcripts"]
    assert read_bilm(tiny_bilm).digest == table.provenance["bilm_digest"]
    assert ("tiny", "mean", "spoken") == tuple(table.provenance[name] for name in ("bilm", "layer", "view"))
    assert ("bundled", load_parser().digest) == (table.provenance["parser"], table.provenance["parser_digest"])


def test_a_cohort_with_unreadable_transcripts_is_refused(
    manifest: Callable[[str], Path], settings: ExtractSettings
) -> None:
    """Training needs every row: one line counts those that cannot be read and names the first; the details name all."""
    path = manifest("a.cha d.cha missing.cha")
    with pytest.raises(InputError, match=r"2 recordings cannot be used, first row 2: .*d\.cha: ") as caught:
        extract_cohort(read_cohort(path), settings)
    assert str(path) == caught.value.where
    assert 1 == len(str(caught.value).splitlines())
    assert ["row 2: d.cha", "row 3: missing.cha"] == [":".join(one.split(":")[:2]) for one in caught.value.details]


def test_leaving_a_sentence_out_is_measuring_without_it(
    tmp_path: Path, recordings: list[Recording], settings: ExtractSettings
) -> None:
    """Inputs without a sentence are, to the bit, those of a transcript in which it was never said."""
    (row,) = extract_chunk(recordings[:1], settings, keep_readings=True)
    left = dict(leave_out_each(row, settings))
    assert list(range(len(SAID))) == list(left)
    for number, inputs in left.items():
        path = tmp_path / "without.cha"
        path.write_text(chat(*SAID[:number], *SAID[number + 1 :]), encoding="utf-8")
        (expected,) = extract_recordings([replace(recordings[0], transcript=path)], settings)
        assert repr(expected.inputs) == repr(inputs)


def test_sentences_without_words_are_not_left_out(tmp_path: Path, settings: ExtractSettings) -> None:
    """An empty one changes nothing that is read; without the only one that holds words there is nothing to read."""
    for lines, expected in ((("xxx .", SAID[0], SAID[1]), [1, 2]), (("xxx .", SAID[0]), [])):
        (tmp_path / "a.cha").write_text(chat(*lines), encoding="utf-8")
        (row,) = extract_chunk([Recording(1, "a", "a", tmp_path / "a.cha")], settings, keep_readings=True)
        assert expected == [number for number, _ in leave_out_each(row, settings)]


def test_chunks_are_read_as_rows_are_taken(
    recordings: list[Recording], settings: ExtractSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows do not pile up: when the first is taken, only the chunks that processes may be ahead have been read."""
    monkeypatch.setattr(extraction, "CHUNK", 1)
    done: list[int] = []

    def read(chunk: list[Recording], *, threads: int) -> list[str]:
        done.append(len(chunk))
        return [recording.recording_id for recording in chunk]

    many = recordings * 10
    rows = map_chunks(read, many)
    first = next(rows)
    assert len(done) <= extraction.AHEAD
    assert [recording.recording_id for recording in many] == [first, *rows]


def test_a_table_knows_what_its_transcripts_say_of_themselves(
    manifest: Callable[[str], Path], settings: ExtractSettings
) -> None:
    """Task, language and format are columns of the subjects, missing where nobody tells."""
    path = manifest("a.cha b.txt")
    header, *lines = path.read_text().splitlines()
    path.write_text("\n".join([f"{header},task,language", f"{lines[0]},cookie,eng", f"{lines[1]},,"]) + "\n")
    subjects = extract_cohort(read_cohort(path), settings).subjects
    assert ["chat", "text"] == subjects["source_format"].tolist()
    assert (["cookie"], ["eng"]) == (subjects["task"].dropna().tolist(), subjects["language"].dropna().tolist())
