"""The trainable biLM: its written-out gradients, and that it is the biLM that the NumPy engine reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from adscreen.bilm.characters import BOUNDARY_BEGIN, BOUNDARY_END, character_ids
from adscreen.bilm.engine import BiLM
from adscreen.bilm.format import BiLMFiles, Options, read_bilm, weight_shapes

torch = pytest.importorskip("torch", reason="needs PyTorch")

from adscreen.bilm.torch_model import TorchBiLM, _Layer  # noqa: E402

pytestmark = pytest.mark.torch

SENTENCE = ["the", "boy", "is", "x" * 70, "🍪", "on", "the", "stool"]
INFINITY = float("inf")


def plain_layer(x, weights, bias, projection, clips):  # type: ignore[no-untyped-def]
    """Return what the layer should, by operations that autograd differentiates itself."""
    (_, batch, size), cell = x.shape, len(projection)
    h, c, states = torch.zeros(batch, size), torch.zeros(batch, cell), []
    for step in x:
        i, j, f, o = (step @ weights[:size] + h @ weights[size:] + bias).chunk(4, dim=1)
        c = (torch.sigmoid(f + 1) * c + torch.sigmoid(i) * torch.tanh(j)).clamp(-clips[0], clips[0])
        h = ((torch.sigmoid(o) * torch.tanh(c)) @ projection).clamp(-clips[1], clips[1])
        states.append(h)
    return torch.stack(states)


@pytest.mark.parametrize("clips", [(3.0, 3.0), (0.5, 0.6), (INFINITY, 0.4), (0.3, INFINITY), (INFINITY, INFINITY)])
@pytest.mark.parametrize(("steps", "batch"), [(1, 1), (6, 3)])
def test_the_layers_gradients_are_those_of_autograd(clips: tuple[float, float], steps: int, batch: int) -> None:
    """States and the gradients of input, weights, bias and projection equal those of a plain implementation."""
    size, cell = 4, 6
    generator = torch.Generator().manual_seed(1)
    shapes = ((steps, batch, size), (2 * size, 4 * cell), (4 * cell,), (cell, size))
    values = [0.9 * torch.randn(*shape, generator=generator) for shape in shapes]
    written = [value.clone().requires_grad_() for value in values]
    plain = [value.clone().requires_grad_() for value in values]
    upstream = torch.randn(steps, batch, size, generator=generator)
    states = _Layer.apply(*written, clips, torch.float32)
    expected = plain_layer(*plain, clips)
    torch.testing.assert_close(states, expected, atol=1e-6, rtol=0)
    (states * upstream).sum().backward()
    (expected * upstream).sum().backward()
    for mine, autograd in zip(written, plain, strict=True):
        assert autograd.grad.abs().max() > 0.01
        torch.testing.assert_close(mine.grad, autograd.grad, atol=1e-5, rtol=1e-5)


def test_tight_clips_stop_gradients() -> None:
    """The clips of the gradient test bite: the same input without them has other states."""
    generator = torch.Generator().manual_seed(1)
    values = [0.9 * torch.randn(*shape, generator=generator) for shape in ((6, 3, 4), (8, 24), (24,), (6, 4))]
    free = plain_layer(*values, (INFINITY, INFINITY))
    for clips in ((0.5, INFINITY), (INFINITY, 0.4)):
        assert (plain_layer(*values, clips) - free).abs().max() > 0.05


def test_bfloat16_products_stay_near_float32() -> None:
    """States and gradients with bfloat16 products differ from float32 by rounding alone (8 bits of mantissa)."""
    generator = torch.Generator().manual_seed(2)
    values = [0.5 * torch.randn(*shape, generator=generator) for shape in ((5, 3, 8), (16, 48), (48,), (12, 8))]
    results = []
    for dtype in (torch.float32, torch.bfloat16):
        inputs = [value.clone().requires_grad_() for value in values]
        states = _Layer.apply(*inputs, (3.0, 3.0), dtype)
        states.sum().backward()
        results.append([states.detach(), *(value.grad for value in inputs)])
        assert all(torch.float32 == value.grad.dtype for value in inputs)
    for exact, rounded in zip(*results, strict=True):
        assert (exact - rounded).norm() < 0.02 * exact.norm()


def trainable(files: BiLMFiles) -> TorchBiLM:
    """Return the trainable biLM that holds these weights."""
    model = TorchBiLM(files.options)
    model.load_state_dict({f"arrays.{name}": torch.from_numpy(array) for name, array in files.weights.items()})
    return model


TINY = Options(filters=((1, 4), (2, 4), (3, 8)), char_dim=4, dim=12, projection_dim=6)


@pytest.mark.parametrize(
    "options",
    [
        TINY,
        replace(TINY, cell_clip=0.3, proj_clip=0.2, use_skip_connections=False),
        replace(TINY, cell_clip=None, proj_clip=None, activation="tanh", n_layers=3, n_highway=2),
    ],
    ids=["plain", "clips, no skip", "tanh, no clips"],
)
def test_the_numpy_engine_reads_the_same_states(
    random_bilm: Callable[..., Path], tmp_path: Path, options: Options
) -> None:
    """With the same weights, top states of both directions equal the engine's, words longer than a row included."""
    files = read_bilm(random_bilm(tmp_path / "bilm", options=options))
    types = [*sorted(set(SENTENCE)), BOUNDARY_BEGIN, BOUNDARY_END]
    forward = [types.index(word) for word in (BOUNDARY_BEGIN, *SENTENCE)]
    backward = [types.index(word) for word in (BOUNDARY_END, *SENTENCE[::-1])]
    with torch.no_grad():
        words = (torch.tensor(forward)[:, None], torch.tensor(backward)[:, None])
        tops = trainable(files)(torch.from_numpy(character_ids(types)).long(), *words)
    (reading,) = BiLM(files).read([SENTENCE])
    actual = np.concatenate([tops[0][1:, 0].numpy(), tops[1].numpy()[:0:-1, 0]], axis=1)
    np.testing.assert_allclose(actual, reading.layers[-1], atol=1e-5, rtol=0)


def test_padding_columns_are_left_out_without_effect(tiny_bilm: Path) -> None:
    """A word has the same vector beside short words, where columns are saved, as beside one that fills its row."""
    model = trainable(read_bilm(tiny_bilm))
    with torch.no_grad():
        short = model.encode(torch.from_numpy(character_ids(["a", "boy"])).long())
        full = model.encode(torch.from_numpy(character_ids(["a", "boy", "x" * 60])).long())
    torch.testing.assert_close(short, full[:2], atol=1e-6, rtol=0)


def test_every_parameter_has_a_gradient() -> None:
    """One backward pass from both directions reaches each array of the weight file."""
    model = TorchBiLM(TINY, seed=3)
    characters = torch.from_numpy(character_ids(["boy", "runs", BOUNDARY_BEGIN])).long()
    words = torch.tensor([[2, 2], [0, 1], [1, 0]])
    forward, backward = model(characters, words, words)
    (forward.square().sum() + backward.square().sum()).backward()
    assert set(weight_shapes(TINY)) == set(model.arrays)
    for name, array in model.arrays.items():
        assert weight_shapes(TINY)[name] == tuple(array.shape)
        assert array.grad is not None
        assert array.grad.abs().max() > 0, name


def test_starting_weights_follow_the_seed() -> None:
    """The same seed gives the same weights, another seed others; biases start at 0, carry gates at -2."""
    first, again, other = (TorchBiLM(TINY, seed=seed).arrays for seed in (5, 5, 6))
    for name in weight_shapes(TINY):
        assert torch.equal(first[name], again[name])
    assert not torch.equal(first["char_embed"], other["char_embed"])
    assert torch.all(first["CNN_high_0/b_carry"] == -2)
    assert torch.all(first["CNN_proj/b_proj"] == 0)
