"""States and targets -> the sampled softmax loss and its gradients (Jean et al. 2015), a few rows at a time.

loss = mean over targets of log(exp(t) + sum_k exp(z_k)) - t, where t is the target's corrected logit and z those of the
drawn words. A loss is a mean, so a row's gradients (softmax minus one at the target) are known as soon as its logits
are: logits live in the processor's cache, and no (N, K) array is ever written out.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

ROWS = 64  # times 4,096 words in float32: 1 MB


class SampledSoftmax(torch.autograd.Function):
    """The mean loss of N states (N, P) over each one's target and K drawn words. ``dtype`` is that of the products."""

    @staticmethod
    def forward(
        ctx: Any,
        states: Tensor,  # (N, P)
        target_rows: Tensor,  # (N, P): output vectors of the targets
        target_shifts: Tensor,  # (N,): what is added to the product, bias and correction
        drawn_rows: Tensor,  # (K, P)
        drawn_shifts: Tensor,  # (K,)
        places: Tensor,  # (N,): where the target is among the drawn words, or -1
        dtype: torch.dtype,
    ) -> Tensor:
        n = len(states)
        low_states, low_rows = states.to(dtype), drawn_rows.to(dtype)
        true = (states * target_rows).sum(dim=1) + target_shifts
        grad_states, grad_true = torch.empty_like(low_states), torch.empty_like(true)
        grad_rows, grad_shifts = torch.zeros_like(drawn_rows), torch.zeros_like(drawn_shifts)
        loss = states.new_zeros(())
        for start in range(0, n, ROWS):
            part = slice(start, start + ROWS)
            logits = (low_states[part] @ low_rows.T).float().add_(drawn_shifts)  # (R, K)
            (hit,) = torch.nonzero(places[part] >= 0, as_tuple=True)
            logits[hit, places[part][hit]] = -torch.inf
            top = torch.maximum(logits.amax(dim=1), true[part])
            share = torch.exp(true[part] - top)
            total = logits.sub_(top[:, None]).exp_().sum(dim=1) + share
            loss += (torch.log(total) + top - true[part]).sum()
            grad_true[part] = (share / total - 1) / n
            logits.div_((total * n)[:, None])
            low = logits.to(dtype)
            grad_states[part] = low @ low_rows
            grad_rows += low.T @ low_states[part]
            grad_shifts += logits.sum(dim=0)
        ctx.save_for_backward(states, target_rows, grad_true, grad_states, grad_rows, grad_shifts)
        return loss / n

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        (scale,) = gradients
        states, target_rows, grad_true, grad_states, grad_rows, grad_shifts = ctx.saved_tensors
        true = (scale * grad_true)[:, None]
        return (
            grad_states * scale + true * target_rows,
            true * states,
            scale * grad_true,
            scale * grad_rows,
            scale * grad_shifts,
            None,
            None,
        )
