"""Matrix products in bfloat16 with float32 in and out: twice the speed on CPUs with AVX512-BF16, for training only."""
import torch
from torch.nn import functional as F


def low(x):
    return x.to(torch.bfloat16)


class _LowLinear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight):
        """x (rows, in), weight (out, in) -> (rows, out), all float32."""
        x_low, weight_low = low(x), low(weight)
        ctx.save_for_backward(x_low, weight_low)
        return F.linear(x_low, weight_low).float()

    @staticmethod
    def backward(ctx, grad_out):
        x_low, weight_low = ctx.saved_tensors
        grad_low = low(grad_out)
        return (grad_low @ weight_low).float(), (grad_low.t() @ x_low).float()


def linear(x, weight, reduced: bool):
    """x (..., in), weight (out, in) -> (..., out)."""
    if not reduced:
        return F.linear(x, weight)
    return _LowLinear.apply(x.reshape(-1, x.shape[-1]), weight).view(*x.shape[:-1], weight.shape[0])
