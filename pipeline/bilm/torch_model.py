"""The biLM in PyTorch, for pretraining: word types -> char-CNN -> highway -> two LSTM stacks -> top states.

Parameters carry the names, shapes and gate order of weights.hdf5, so that saving is copying. Józefowicz et al. 2016;
Peters et al. 2018. Cell: c = clip(sigmoid(f + 1) c + sigmoid(i) tanh(j)); h = clip((sigmoid(o) tanh(c)) W_P).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.bilm.files import Options, cell_name, weight_shapes


class TorchBiLM(nn.Module):
    """A trainable biLM without its softmax."""

    def __init__(self, options: Options, *, seed: int = 0) -> None:
        super().__init__()
        self.options = options
        generator = torch.Generator().manual_seed(seed)
        self.arrays = nn.ParameterDict(
            {name: nn.Parameter(_initial(name, shape, generator)) for name, shape in weight_shapes(options).items()}
        )

    def forward(self, characters: Tensor, forward_words: Tensor, backward_words: Tensor) -> tuple[Tensor, Tensor]:
        """Return the top states (T, B, P) of both directions.

        ``characters`` (U, C) are the ids of the batch's word types; the word tensors (T, B) index them in reading
        order of the direction, padded at the end.
        """
        types = self.encode(characters)  # (U, P)
        return self.read(types[forward_words], 0), self.read(types[backward_words], 1)

    def encode(self, characters: Tensor) -> Tensor:
        """Return word-type vectors (U, P) of character ids (U, C)."""
        arrays, options = self.arrays, self.options
        activation = torch.relu if options.activation == "relu" else torch.tanh
        embedded = arrays["char_embed"][characters].transpose(1, 2)  # (U, E, C)
        maxima = []
        for number in range(len(options.filters)):
            kernel = arrays[f"CNN/W_cnn_{number}"][0].permute(2, 1, 0)  # (n, E, width)
            convolved = functional.conv1d(embedded, kernel, arrays[f"CNN/b_cnn_{number}"])
            maxima.append(activation(convolved.amax(dim=2)))
        x = torch.cat(maxima, dim=1)  # (U, F)
        for number in range(options.n_highway):
            prefix = f"CNN_high_{number}"
            gate = torch.sigmoid(x @ arrays[f"{prefix}/W_carry"] + arrays[f"{prefix}/b_carry"])
            x = gate * torch.relu(x @ arrays[f"{prefix}/W_transform"] + arrays[f"{prefix}/b_transform"]) + (1 - gate) * x
        return x @ arrays["CNN_proj/W_proj"] + arrays["CNN_proj/b_proj"]

    def read(self, x: Tensor, direction: int) -> Tensor:
        """Run one direction's LSTM stack over x (T, B, P) from zero states; return the top states (T, B, P)."""
        for layer in range(self.options.n_layers):
            output = self._layer(x, cell_name(direction, layer))
            x = output + x if layer and self.options.use_skip_connections else output
        return x

    def _layer(self, x: Tensor, name: str) -> Tensor:
        size = self.options.projection_dim
        weights = self.arrays[f"{name}/W_0"]
        inputs = x @ weights[:size] + self.arrays[f"{name}/B"]  # (T, B, P) @ (P, 4D) -> (T, B, 4D)
        recurrent, projection = weights[size:], self.arrays[f"{name}/W_P_0"]
        h = x.new_zeros(x.shape[1], size)
        c = x.new_zeros(x.shape[1], self.options.dim)
        states = []
        for step in inputs.unbind(0):
            i, j, f, o = (step + h @ recurrent).chunk(4, dim=1)
            c = torch.sigmoid(f + 1) * c + torch.sigmoid(i) * torch.tanh(j)
            c = _clip(c, self.options.cell_clip)
            h = _clip((torch.sigmoid(o) * torch.tanh(c)) @ projection, self.options.proj_clip)
            states.append(h)
        return torch.stack(states)


def _clip(values: Tensor, bound: float | None) -> Tensor:
    return values if bound is None else values.clamp(-bound, bound)


def _initial(name: str, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Return starting values: zeros for biases, carry gates that start by passing their input, scaled normals else."""
    if name.endswith("b_carry"):
        return torch.full(shape, -2.0)
    if len(shape) == 1:
        return torch.zeros(shape)
    fan_in = shape[1] * shape[2] if len(shape) == 4 else shape[0]
    scale = 1.0 if name == "char_embed" else fan_in**-0.5
    return torch.randn(shape, generator=generator) * scale
