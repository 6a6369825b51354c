"""Text -> a trained biLM folder."""

from __future__ import annotations

import hashlib
import json
import math
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from adscreen.bilm.corpus import read_corpus
from adscreen.bilm.engine import BiLM
from adscreen.bilm.format import read_bilm
from adscreen.errors import InputError
from adscreen.progress import Progress

torch = pytest.importorskip("torch", reason="needs PyTorch")

from adscreen.pretrain.batches import BatchMaker  # noqa: E402
from adscreen.pretrain.log import append_row, read_log, write_log  # noqa: E402
from adscreen.pretrain.run import run_pretraining, train  # noqa: E402
from adscreen.pretrain.sampled_softmax import SampledSoftmax, inclusion_probabilities  # noqa: E402
from adscreen.pretrain.settings import PICTURE_WORDS, PretrainSettings  # noqa: E402
from adscreen.pretrain.trainer import Trainer  # noqa: E402

pytestmark = pytest.mark.torch

SETTINGS = PretrainSettings(
    tokens=12_000,
    vocabulary_size=110,
    dim=32,
    projection_dim=16,
    tokens_per_batch=60,
    negatives=60,
    learning_rate=0.01,
    warmup_batches=5,
    bfloat16=False,
    seed=7,
)
SHORT = replace(SETTINGS, tokens=1_200)
QUIET = Progress(shown=False)


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> None:
    """Sums in one order: PyTorch on one thread."""
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def corpus_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sources of sentences with a grammar; lines 2,500 to 2,599 of the first are held out."""
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "long.txt").write_text(described(2_600))
    (folder / "short.txt").write_text(described(200))
    return folder


@pytest.fixture(scope="module")
def small_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A source so small that a short run passes it several times."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "only.txt").write_text(described(60))
    return folder


def described(lines: int) -> str:
    """Return lines that follow a grammar: who it is decides what is done."""
    rng = random.Random(0)
    done = {"boy": "takes the cookie", "girl": "is laughing", "mother": "dries a dish"}
    text = []
    for _ in range(lines):
        who, where = rng.choice(list(done)), rng.choice(["kitchen", "garden", "window"])
        text.append(f"the {who} {done[who]} in the {where}" if rng.random() < 0.7 else f"uh the {who} {done[who]}")
    return "\n".join(text) + "\n"


def trained(corpus_dir: Path, folder: Path, settings: PretrainSettings = SETTINGS) -> Trainer:
    """Return a trainer after its whole run."""
    trainer = Trainer(read_corpus(corpus_dir), settings)
    train(trainer, checkpoint=folder / "checkpoint.pt", report=lambda row: None)
    return trainer


def parameters(trainer: Trainer) -> bytes:
    """Return the bytes of everything that is learned."""
    return b"".join(array.detach().numpy().tobytes() for array in trainer.parameters)


@pytest.fixture(scope="module")
def finished(corpus_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Trainer:
    """A finished run, not interrupted."""
    return trained(corpus_dir, tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="module")
def written(corpus_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    """A biLM folder written by ``run_pretraining``, and the validation that it returned."""
    folder = tmp_path_factory.mktemp("written") / "my-bilm"
    return folder, run_pretraining(corpus_dir, folder, SETTINGS, threads=1, progress=QUIET)


def test_training_lowers_held_out_perplexity(corpus_dir: Path, finished: Trainer) -> None:
    """From that of word frequencies to near what the grammar leaves open; a source with nothing held out has none."""
    before = Trainer(read_corpus(corpus_dir), SETTINGS).validate()
    after = finished.validate()
    assert {"long"} == set(before) == set(after)
    assert before["long"] > 10
    assert after["long"] < 2


def test_a_run_repeats_and_follows_its_seed(small_dir: Path, tmp_path: Path) -> None:
    """The same corpus, settings and seed give the same weights to the bit; another seed gives others."""
    runs = []
    for number, seed in enumerate((7, 7, 8)):
        folder = tmp_path / str(number)
        folder.mkdir()
        runs.append(parameters(trained(small_dir, folder, replace(SHORT, seed=seed))))
    assert runs[0] == runs[1] != runs[2]


class Stopped(Exception):
    """Stands for the moment at which a run is killed."""


@pytest.mark.parametrize("batches", [3, 14])
def test_an_interrupted_run_ends_with_the_same_weights(small_dir: Path, tmp_path: Path, batches: int) -> None:
    """A run stopped in its first or a later epoch goes on from its checkpoint as if it had not been stopped."""
    reports = 0

    def stop(row: dict[str, Any]) -> None:
        nonlocal reports
        reports += "loss" in row
        if reports > batches:
            raise Stopped

    corpus, checkpoint = read_corpus(small_dir), tmp_path / "other.pt"
    whole = trained(small_dir, tmp_path, SHORT)
    stopped = Trainer(corpus, SHORT)
    with pytest.raises(Stopped):
        train(stopped, checkpoint=checkpoint, report=stop, report_every_s=-1.0, checkpoint_every_s=-1.0)
    resumed = Trainer(corpus, SHORT)
    train(resumed, checkpoint=checkpoint, report=lambda row: None)
    assert batches + 1 == stopped.batches_seen < resumed.batches_seen
    assert parameters(stopped) != parameters(resumed)
    assert (whole.tokens_seen, whole.batches_seen) == (resumed.tokens_seen, resumed.batches_seen)
    assert parameters(whole) == parameters(resumed)


def test_a_run_stops_at_its_tokens(finished: Trainer) -> None:
    """The first batch that passes the tokens asked is the last."""
    assert SETTINGS.tokens <= finished.tokens_seen < SETTINGS.tokens + SETTINGS.tokens_per_batch


def test_the_written_folder_is_the_trained_biLM(
    corpus_dir: Path, written: tuple[Path, list[dict[str, Any]]], finished: Trainer
) -> None:
    """Read by the NumPy engine, the folder has the trained weights in float16, and PyTorch's states and log p."""
    folder, _ = written
    files = read_bilm(folder)
    assert files.softmax is not None
    for name, array in finished.model.arrays.items():
        assert np.array_equal(array.detach().numpy().astype(np.float16).astype(np.float32), files.weights[name])
    stored = Trainer(read_corpus(corpus_dir), SETTINGS)
    arrays = {f"arrays.{name}": torch.from_numpy(array) for name, array in files.weights.items()}
    stored.model.load_state_dict(arrays)
    stored.softmax.data = torch.from_numpy(files.softmax.weights)
    stored.bias.data = torch.from_numpy(files.softmax.bias)
    assert stored.vocabulary == list(files.softmax.index)
    source = stored.corpus.sources[0]
    pairs = [(0, number) for number in (0, 5, 2_550)]
    sentences = [[stored.corpus.types[k] for k in source.sentence(number)] for _, number in pairs]
    batch = stored.maker.make(pairs)
    readings = BiLM(files).read(sentences, log_probabilities=True)
    with torch.no_grad():
        characters = torch.from_numpy(batch.characters).long()
        tops = stored.model(characters, *(torch.from_numpy(words) for words in batch.words))
    for k, (words, reading) in enumerate(zip(sentences, readings, strict=True)):
        n = len(words)
        top = np.concatenate([tops[0][1 : n + 1, k].numpy(), tops[1][1 : n + 1, k].numpy()[::-1]], axis=1)
        np.testing.assert_allclose(reading.layers[-1], top, atol=1e-5, rtol=0)
        for direction, log_p in enumerate((reading.forward, reading.backward)):
            logits = tops[direction][: n + 1, k] @ stored.softmax.T + stored.bias
            targets = torch.from_numpy(batch.targets[direction][: n + 1, k])
            expected = torch.log_softmax(logits, dim=1)[torch.arange(n + 1), targets]
            assert log_p is not None
            np.testing.assert_allclose(log_p, expected.detach().numpy(), atol=1e-5, rtol=0)


def test_validation_is_exact_perplexity(written: tuple[Path, list[dict[str, Any]]], corpus_dir: Path) -> None:
    """The held-out perplexity returned is that of the engine over the held-out sentences, to float16 storage."""
    folder, validation = written
    corpus = read_corpus(corpus_dir)
    source = corpus.sources[0]
    held = [[corpus.types[k] for k in source.sentence(n)] for n in np.flatnonzero(source.held_out).tolist()]
    readings = BiLM(read_bilm(folder)).read(held, log_probabilities=True)
    log_p = np.concatenate([part for r in readings for part in (r.forward, r.backward) if part is not None])
    assert ["long"] == [row["source"] for row in validation]
    assert math.isclose(math.exp(-log_p.mean()), validation[0]["held_out_perplexity"], rel_tol=5e-3)


def test_the_card_says_how_the_biLM_was_made(written: tuple[Path, list[dict[str, Any]]], corpus_dir: Path) -> None:
    """model.json has settings, sources and perplexities; SHA256SUMS has each file's digest; no checkpoint stays."""
    folder, validation = written
    card = json.loads((folder / "model.json").read_text())
    assert ("my-bilm", True, 7) == (card["name"], card["lowercase"], card["settings"]["seed"])
    assert {"long.txt", "short.txt"} == set(card["sources"])
    assert {"long": round(validation[0]["held_out_perplexity"], 2)} == card["held_out_perplexity"]
    assert str(corpus_dir) not in (folder / "model.json").read_text()
    names = []
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
        names.append(name)
    assert ["model.json", "options.json", "softmax.hdf5", "vocabulary.txt", "weights.hdf5"] == names
    assert not list(folder.glob("checkpoint*"))


def test_the_log_is_a_table_and_a_plot(written: tuple[Path, list[dict[str, Any]]]) -> None:
    """At the end training.jsonl is a table too, held-out perplexity at the start and at the end, and a picture."""
    folder, _ = written
    table = pd.read_csv(folder / "training.csv")
    assert ["tokens", "loss", "tokens_per_s", "long"] == list(table)
    assert 0 == table["tokens"].iloc[0]
    assert SETTINGS.tokens <= table["tokens"].iloc[-1]
    assert table["long"].iloc[0] > 10
    assert table["long"].iloc[-1] < 2
    assert (folder / "training.png").read_bytes().startswith(b"\x89PNG")
    before = (folder / "training.png").read_bytes()
    write_log(folder)
    assert before == (folder / "training.png").read_bytes()


def test_the_log_of_a_resumed_run_tells_its_tokens_once(tmp_path: Path) -> None:
    """Lines after the checkpoint that the run went on from give way to those of the second time; a cut line is left."""
    append_row(tmp_path, {"tokens": 0, "held_out": {"a": 100.0}})
    append_row(tmp_path, {"tokens": 10, "loss": 5.0, "tokens_per_s": 1.0})
    append_row(tmp_path, {"tokens": 20, "loss": 4.0, "tokens_per_s": 1.0})
    with (tmp_path / "training.jsonl").open("a") as log:
        log.write('{"tokens": 30, "lo')  # killed; the checkpoint was of 10 tokens
    append_row(tmp_path, {"tokens": 10, "held_out": {"a": 50.0}})
    append_row(tmp_path, {"tokens": 22, "loss": 3.0, "tokens_per_s": 2.0})
    table = read_log(tmp_path)
    assert [0, 10, 22] == table["tokens"].tolist()
    assert [5.0, 3.0] == table["loss"].dropna().tolist()
    assert [100.0, 50.0] == table["a"].dropna().tolist()


def started(corpus_dir: Path, folder: Path, settings: PretrainSettings = SHORT) -> Trainer:
    """Return a trainer that starts from a biLM folder."""
    files = read_bilm(folder)
    return Trainer(read_corpus(corpus_dir), replace(settings, start=files.digest), start=files)


def test_a_start_gives_weights_and_vocabulary(written: tuple[Path, list[dict[str, Any]]], small_dir: Path) -> None:
    """Training that goes on from a biLM begins with its weights and words, whatever text it reads."""
    files = read_bilm(written[0])
    trainer = started(small_dir, written[0])
    assert files.softmax is not None
    assert list(files.softmax.index) == trainer.vocabulary
    for name, array in trainer.model.arrays.items():
        assert np.array_equal(files.weights[name], array.detach().numpy())
    assert np.array_equal(files.softmax.weights, trainer.softmax.detach().numpy())
    assert np.array_equal(files.softmax.bias, trainer.bias.detach().numpy())


def test_a_run_with_a_start_goes_on_exactly(
    written: tuple[Path, list[dict[str, Any]]], small_dir: Path, tmp_path: Path
) -> None:
    """Stopped and resumed, it ends with the weights of a run that was not, and not with those of a run from nothing."""
    whole, stopped, resumed = (started(small_dir, written[0]) for _ in range(3))
    train(whole, checkpoint=tmp_path / "whole.pt", report=lambda row: None)

    def stop(row: dict[str, Any]) -> None:
        if stopped.batches_seen == 5:
            raise Stopped

    checkpoint = tmp_path / "stopped.pt"
    with pytest.raises(Stopped):
        train(stopped, checkpoint=checkpoint, report=stop, report_every_s=-1.0, checkpoint_every_s=-1.0)
    train(resumed, checkpoint=checkpoint, report=lambda row: None)
    assert parameters(whole) == parameters(resumed)
    assert parameters(whole) != parameters(trained(small_dir, tmp_path, SHORT))


def test_the_card_names_the_start(written: tuple[Path, list[dict[str, Any]]], corpus_dir: Path, tmp_path: Path) -> None:
    """The digest of the biLM that training went on from is in model.json; a checkpoint knows it too."""
    folder = tmp_path / "further"
    run_pretraining(corpus_dir, folder, SHORT, start=written[0], threads=1, progress=QUIET)
    card = json.loads((folder / "model.json").read_text())
    assert read_bilm(written[0]).digest == card["settings"]["start"]
    assert "" == json.loads((written[0] / "model.json").read_text())["settings"]["start"]
    started(corpus_dir, written[0]).save(tmp_path / "checkpoint.pt")
    other = Trainer(read_corpus(corpus_dir), SHORT)
    with pytest.raises(InputError, match="the checkpoint is of a run with other settings"):
        train(other, checkpoint=tmp_path / "checkpoint.pt", report=lambda row: None)


def test_a_start_of_another_architecture_is_refused(
    written: tuple[Path, list[dict[str, Any]]], corpus_dir: Path, tmp_path: Path
) -> None:
    """Sizes must be those of the biLM, which the line names; and it must have a softmax."""
    larger = replace(SHORT, dim=64)
    with pytest.raises(
        InputError,
        match=r"^start: the biLM to start from has another architecture; use dim= 32 and projection_dim= 16, ",
    ):
        run_pretraining(corpus_dir, tmp_path / "new", larger, start=written[0], threads=1, progress=QUIET)
    for name in ("options.json", "weights.hdf5"):
        (tmp_path / name).write_bytes((written[0] / name).read_bytes())
    with pytest.raises(InputError, match=r"^start: the biLM to start from has no softmax; give one that has$"):
        run_pretraining(corpus_dir, tmp_path / "new", SHORT, start=tmp_path, threads=1, progress=QUIET)
    assert not (tmp_path / "new").exists()


def test_picture_words_are_in_every_vocabulary(finished: Trainer) -> None:
    """The words of the Cookie Theft picture are known, whether or not the corpus has them."""
    assert set(PICTURE_WORDS) <= set(finished.vocabulary)
    assert "unconcerned" not in finished.corpus.types
    assert finished.bias.isfinite().all()


def test_batches_shift_targets_by_one(corpus_dir: Path) -> None:
    """Forward reads <S> w1..wn and is asked w1..wn </S>; backward mirrors it; padding has no target."""
    corpus = read_corpus(corpus_dir)
    vocabulary = ["<S>", "</S>", "<UNK>", "the", "boy", "girl", "is", "laughing"]
    batch = BatchMaker(corpus, vocabulary, max_characters=50).make([(0, 0), (0, 3)])
    sentences = [[corpus.types[k] for k in corpus.sources[0].sentence(n)] for n in (0, 3)]
    spelled = [bytes(row[1 : row.tolist().index(259)].clip(0, 255).astype(np.uint8)) for row in batch.characters]
    for column, words in enumerate(sentences):
        n = len(words)
        rows = [vocabulary.index(word) if word in vocabulary else 2 for word in words]
        assert [*rows, 1] == batch.targets[0][: n + 1, column].tolist()
        assert [*rows[::-1], 0] == batch.targets[1][: n + 1, column].tolist()
        assert {-1} >= set(batch.targets[0][n + 1 :, column].tolist())
        assert words == [spelled[k].decode() for k in batch.words[0][1 : n + 1, column]]
        assert words[::-1] == [spelled[k].decode() for k in batch.words[1][1 : n + 1, column]]
        assert [256, 257] == [batch.characters[batch.words[d][0, column], 1] for d in (0, 1)]
    assert sum(map(len, sentences)) + 2 == batch.n_tokens


def test_bfloat16_trains_too(corpus_dir: Path, tmp_path: Path) -> None:
    """The default products, in bfloat16, learn the grammar as well."""
    assert trained(corpus_dir, tmp_path, replace(SETTINGS, bfloat16=True)).validate()["long"] < 2


def test_a_checkpoint_of_other_settings_is_refused(tmp_path: Path, finished: Trainer) -> None:
    """Going on with another learning rate, say, would give a biLM that no card describes."""
    finished.save(tmp_path / "checkpoint.pt")
    other = Trainer(finished.corpus, replace(SETTINGS, learning_rate=0.02))
    with pytest.raises(InputError, match=r"checkpoint\.pt: the checkpoint is of a run with other settings; give its"):
        train(other, checkpoint=tmp_path / "checkpoint.pt", report=lambda row: None)


def test_a_checkpoint_of_other_text_is_refused(small_dir: Path, tmp_path: Path) -> None:
    """Its vocabulary is another, though settings and sizes may agree: its rows would be taken for other words."""
    trainer = Trainer(read_corpus(small_dir), SHORT)
    trainer.save(tmp_path / "checkpoint.pt")
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "only.txt").write_text(described(60).replace("boy", "lad").replace("girl", "boy"))
    other = Trainer(read_corpus(tmp_path / "text"), SHORT)
    with pytest.raises(InputError, match=r"checkpoint\.pt: the checkpoint is of a run on other text; give its corpus"):
        train(other, checkpoint=tmp_path / "checkpoint.pt", report=lambda row: None)


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", None], ids=["empty", "text", "half"])
def test_a_damaged_checkpoint_is_an_input_error(small_dir: Path, tmp_path: Path, content: bytes | None) -> None:
    """What is not a whole checkpoint is named, and said to be removed."""
    path = tmp_path / "checkpoint.pt"
    trainer = Trainer(read_corpus(small_dir), SHORT)
    trainer.save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if content is None else content)
    with pytest.raises(InputError, match=r"checkpoint\.pt: the checkpoint is damaged; remove it$"):
        train(trainer, checkpoint=path, report=lambda row: None)


def test_what_cannot_be_trained_is_an_input_error(corpus_dir: Path, tmp_path: Path) -> None:
    """A finished folder, an unknown source, no sentence to draw and too many negatives are refused in one line."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "weights.hdf5").touch()
    cases = [
        ("full", SETTINGS, "already holds a biLM; name a new folder"),
        ("new", replace(SETTINGS, source_weights={"log": 2.0}), "no source log; use long, short"),
        ("new", replace(SETTINGS, source_weights={"long": 0, "short": 0}), "no sentence to train on"),
        ("new", replace(SETTINGS, negatives=4096), "4096 negatives, the vocabulary has"),
    ]
    for folder, settings, message in cases:
        with pytest.raises(InputError, match=message):
            run_pretraining(corpus_dir, tmp_path / folder, settings, threads=1, progress=QUIET)


@pytest.mark.parametrize("n", [1, 63, 64, 150])
def test_the_gradients_of_the_sampled_loss_are_its_derivatives(n: int) -> None:
    """Of every input, as PyTorch derives them from the formula, over one part of its rows and over several."""
    generator = torch.Generator().manual_seed(n)
    shapes = ((n, 8), (n, 8), (n,), (40, 8), (40,))
    inputs = [torch.randn(shape, generator=generator).requires_grad_() for shape in shapes]
    states, target_rows, target_shifts, drawn_rows, drawn_shifts = inputs
    places = torch.randint(-1, 40, (n,), generator=generator)
    true = (states * target_rows).sum(dim=1) + target_shifts
    drawn = states @ drawn_rows.T + drawn_shifts
    drawn = drawn.masked_fill(places[:, None] == torch.arange(40), -torch.inf)
    plain = (torch.logsumexp(torch.cat([true[:, None], drawn], dim=1), dim=1) - true).mean()
    loss = SampledSoftmax.apply(*inputs, places, torch.float32)
    torch.testing.assert_close(loss, plain)
    expected, found = (torch.autograd.grad(3 * value, inputs) for value in (plain, loss))
    torch.testing.assert_close(found, expected)


def test_the_sampled_loss_with_every_word_drawn_would_be_exact(finished: Trainer) -> None:
    """Its target is never counted twice: with a proposal of certain draws the loss is the exact cross-entropy."""
    trainer = Trainer(finished.corpus, replace(SETTINGS, negatives=60))
    trainer.inclusion = torch.ones(len(trainer.vocabulary))  # every word is drawn with certainty: no correction
    states = torch.randn(20, 16, generator=torch.Generator().manual_seed(0))
    targets = torch.arange(20) * 3
    loss = trainer._sampled_loss(states, targets, torch.arange(len(trainer.vocabulary)))
    softmax = trainer.softmax.detach()
    exact = torch.nn.functional.cross_entropy(states @ softmax.T + trainer.bias.detach(), targets)
    torch.testing.assert_close(loss.detach(), exact, atol=1e-5, rtol=0)


def zipf(words: int) -> torch.Tensor:
    """Return shares of words that fall as one over the rank."""
    shares = 1 / torch.arange(1, words + 1, dtype=torch.float64)
    return shares / shares.sum()


def test_inclusion_probabilities_are_shares_of_draws() -> None:
    """They are how often PyTorch draws each word without replacement, and add up to the number drawn."""
    proposal, drawn, times = zipf(300).float(), 90, 4_000
    found = inclusion_probabilities(proposal, drawn)
    counts = torch.zeros(300)
    for seed in range(times):
        generator = torch.Generator().manual_seed(seed)
        counts[torch.multinomial(proposal, drawn, replacement=False, generator=generator)] += 1
    assert math.isclose(drawn, float(found.sum()), rel_tol=1e-5)
    assert (counts / times - found).abs().max() < 5 * 0.5 / times**0.5


def test_the_sampled_loss_is_least_at_the_true_probabilities(small_dir: Path) -> None:
    """Where the exact softmax gives each word its share, the mean gradient over draws and targets is 0.

    With the expected count in place of the chance to be drawn, rare words are learned too low.
    """
    trainer = Trainer(read_corpus(small_dir), replace(SHORT, negatives=12))
    n = len(trainer.vocabulary)
    shares = zipf(n).float()
    trainer.softmax.data.zero_()
    trainer.bias.data = torch.log(shares)
    trainer.proposal = torch.softmax(0.75 * trainer.bias.detach(), dim=0)

    def gradient(inclusion: torch.Tensor) -> torch.Tensor:
        trainer.inclusion, total = inclusion, torch.zeros(n)
        generator = torch.Generator().manual_seed(1)
        for _ in range(400):
            negatives = torch.multinomial(trainer.proposal, 12, replacement=False, generator=generator)
            targets = torch.multinomial(shares, 500, replacement=True, generator=generator)
            loss = trainer._sampled_loss(torch.ones(500, 16), targets, negatives)
            total += torch.autograd.grad(loss, trainer.bias)[0] / 400
        return total / shares

    rarest = slice(n // 2, n)
    right = gradient(inclusion_probabilities(trainer.proposal, 12))[rarest].mean()
    wrong = gradient((12 * trainer.proposal).clamp(max=1))[rarest].mean()
    assert right.abs() < 0.03
    assert wrong > 0.1
