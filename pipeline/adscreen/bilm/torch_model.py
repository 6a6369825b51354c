"""The biLM in PyTorch: word types -> char-CNN -> highway -> two LSTM stacks -> states, to train and to read with.

Parameters carry the names, shapes and gate order of weights.hdf5, so that saving is copying. Józefowicz et al. 2016;
Peters et al. 2018. Cell: c = clip(sigmoid(f + 1) c + sigmoid(i) tanh(j)); h = clip((sigmoid(o) tanh(c)) W_P).
The layer's backward pass is written out: weight gradients become one product over all steps, and the products may run
in bfloat16, which is what makes training on processors with matrix units fast.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from adscreen.bilm.characters import PADDING
from adscreen.bilm.format import Options, cell_name, weight_shapes


class TorchBiLM(nn.Module):
    """A trainable biLM without its softmax. ``dtype`` is that of the matrix products; all else is float32."""

    def __init__(self, options: Options, *, seed: int = 0, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.options, self.dtype = options, dtype
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
        return (
            self.read(functional.embedding(forward_words, types), 0),
            self.read(functional.embedding(backward_words, types), 1),
        )

    def encode(self, characters: Tensor) -> Tensor:
        """Return word-type vectors (U, P) of character ids (U, C)."""
        arrays, options = self.arrays, self.options
        activation = torch.relu if options.activation == "relu" else torch.tanh
        characters = characters[:, : self._columns(characters)]
        embedded = functional.embedding(characters, arrays["char_embed"]).transpose(1, 2)  # (U, E, C)
        maxima = []
        for number in range(len(options.filters)):
            kernel = arrays[f"CNN/W_cnn_{number}"][0].permute(2, 1, 0)  # (n, E, width)
            convolved = functional.conv1d(embedded, kernel, arrays[f"CNN/b_cnn_{number}"])
            maxima.append(activation(convolved.amax(dim=2)))
        x = torch.cat(maxima, dim=1)  # (U, F)
        for number in range(options.n_highway):
            prefix = f"CNN_high_{number}"
            gate = torch.sigmoid(x @ arrays[f"{prefix}/W_carry"] + arrays[f"{prefix}/b_carry"])
            x = (
                gate * torch.relu(x @ arrays[f"{prefix}/W_transform"] + arrays[f"{prefix}/b_transform"])
                + (1 - gate) * x
            )
        return x @ arrays["CNN_proj/W_proj"] + arrays["CNN_proj/b_proj"]

    def _columns(self, characters: Tensor) -> int:
        """Return how many columns decide the maxima: past the longest word every all-padding window is alike."""
        longest = int((characters != PADDING).sum(dim=1).max())
        return min(characters.shape[1], longest + max(width for width, _ in self.options.filters))

    def read(self, x: Tensor, direction: int) -> Tensor:
        """Run one direction's LSTM stack over x (T, B, P) from zero states; return the top states (T, B, P)."""
        return self.read_layers(x, direction)[-1]

    def read_layers(self, x: Tensor, direction: int) -> list[Tensor]:
        """Run one direction's LSTM stack over x (T, B, P) from zero states; return each layer's states (T, B, P)."""
        options = self.options
        layers = []
        clips = (options.cell_clip or torch.inf, options.proj_clip or torch.inf)
        for layer in range(options.n_layers):
            name = cell_name(direction, layer)
            weights, bias, projection = (self.arrays[f"{name}/{part}"] for part in ("W_0", "B", "W_P_0"))
            output: Tensor = _Layer.apply(x, weights, bias, projection, clips, self.dtype)
            x = output + x if layer and options.use_skip_connections else output
            layers.append(x)
        return layers


class _Layer(torch.autograd.Function):
    """One projected, clipped LSTM layer over (T, B, P) from zero states."""

    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        weights: Tensor,
        bias: Tensor,
        projection: Tensor,
        clips: tuple[float, float],
        dtype: torch.dtype,
    ) -> Tensor:
        (steps, batch, size), cell = x.shape, projection.shape[0]
        forget = x.new_zeros(4, cell)
        forget[2] = 1.0
        x_low, w_low, p_low = x.to(dtype), weights.to(dtype), projection.to(dtype)
        gates = (x_low.flatten(0, 1) @ w_low[:size]).view(steps, batch, 4 * cell).float()
        gates += bias + forget.flatten()
        cells, outputs = x.new_empty(steps, batch, cell), x.new_empty(steps, batch, cell)
        states = x.new_empty(steps, batch, size)
        previous = None
        for step in range(steps):
            gate = gates[step]  # (B, 4D): i, j, f, o, turned into activations in place
            if step:
                gate += states[step - 1].to(dtype) @ w_low[size:]
            i, j, f, o = gate.chunk(4, dim=1)
            i.sigmoid_(), j.tanh_(), gate[:, 2 * cell :].sigmoid_()
            c = torch.mul(i, j, out=cells[step])
            if previous is not None:
                c.addcmul_(f, previous)
            c.clamp_(-clips[0], clips[0])
            torch.tanh(c, out=outputs[step]).mul_(o)
            states[step] = (outputs[step].to(dtype) @ p_low).float().clamp_(-clips[1], clips[1])
            previous = c
        ctx.save_for_backward(x_low, w_low, p_low, gates, cells, outputs, states)
        ctx.clips = clips
        return states

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        (grad_states,) = gradients
        x, weights, projection, gates, cells, outputs, states = ctx.saved_tensors
        dtype = weights.dtype
        cell_clip, state_clip = ctx.clips
        (steps, batch, size), cell = states.shape, projection.shape[0]
        grad_gates = x.new_empty(steps, batch, 4 * cell, dtype=dtype)
        grad_h = x.new_empty(steps, batch, size, dtype=dtype)
        recurrent_t, projection_t = weights[size:].T.contiguous(), projection.T.contiguous()
        grad_c = states.new_zeros(batch, cell)
        buffer = states.new_empty(batch, 4 * cell)
        carried = None
        for step in reversed(range(steps)):
            grad = grad_states[step] if carried is None else grad_states[step] + carried
            grad = grad.masked_fill(states[step].abs() >= state_clip, 0.0)
            grad_h[step] = grad
            grad_output = (grad_h[step] @ projection_t).float()  # (B, P) @ (P, D) -> (B, D)
            i, j, f, o = gates[step].chunk(4, dim=1)
            d_i, d_j, d_f, d_o = buffer.chunk(4, dim=1)
            squashed = torch.tanh(cells[step])
            torch.mul(grad_output, squashed, out=d_o)
            d_o.mul_(o).mul_(1 - o)
            grad_output.mul_(o)
            grad_c.add_(grad_output).addcmul_(grad_output, squashed.square_(), value=-1)
            grad_c.masked_fill_(cells[step].abs() >= cell_clip, 0.0)
            torch.mul(grad_c, j, out=d_i).mul_(i).mul_(1 - i)
            torch.mul(grad_c, i, out=d_j).addcmul_(d_j, j.square(), value=-1)
            if step:
                torch.mul(grad_c, cells[step - 1], out=d_f).mul_(f).mul_(1 - f)
            else:
                d_f.zero_()
            grad_c.mul_(f)
            grad_gates[step] = buffer
            carried = (grad_gates[step] @ recurrent_t).float() if step else None
        flat = grad_gates.flatten(0, 1)  # (T B, 4D)
        grad_weights = torch.cat(
            [
                (x.flatten(0, 1).T @ flat).float(),
                (states[:-1].to(dtype).flatten(0, 1).T @ grad_gates[1:].flatten(0, 1)).float(),
            ]
        )
        grad_x = (flat @ weights[:size].T).view(steps, batch, size).float()
        grad_projection = (outputs.to(dtype).flatten(0, 1).T @ grad_h.flatten(0, 1)).float()
        grad_bias = (flat.new_ones(1, len(flat)) @ flat).float()[0]
        return grad_x, grad_weights, grad_bias, grad_projection, None, None


def _initial(name: str, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Return starting values: zeros for biases, carry gates that start by passing their input, scaled normals else."""
    if name.endswith("b_carry"):
        return torch.full(shape, -2.0)
    if len(shape) == 1:
        return torch.zeros(shape)
    fan_in = shape[1] * shape[2] if len(shape) == 4 else shape[0]
    scale = 1.0 if name == "char_embed" else fan_in**-0.5
    return torch.randn(shape, generator=generator) * scale
