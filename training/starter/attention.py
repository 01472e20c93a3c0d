"""Attention in which many rows share one prefix (the policy head) and each row also sees its own tokens.

Written as one autograd function because the scores against the head are by far the largest tensors of a step:
this keeps one buffer of them per layer, works in place, and never builds the concatenation of head and row scores.

Shapes: G = query heads per key/value head, K = key/value heads, B = rows, Q = queries per row,
T = tokens per row, H = head tokens, D = head dim.
"""
import torch

from reduced_precision import low


class SharedPrefixAttention(torch.autograd.Function):

    @staticmethod
    def forward(ctx, queries, head_keys, head_values, keys, values, mask, reduced):
        """queries (K, B, G, Q, D), already scaled; head_* (K, H, D) or None; keys, values (K, B, T, D);
        mask (1 or B, Q, T), 0 or -inf, added to the row scores; reduced: bfloat16 products.
        Returns (K, B, G, Q, D), float32."""
        k, b, g, q, d = queries.shape
        t = keys.shape[2]
        cast = low if reduced else (lambda x: x)
        queries, keys, values = cast(queries), cast(keys), cast(values)
        row_scores = torch.matmul(queries.reshape(k, b, g * q, d), keys.transpose(2, 3)).float().view(k, b, g, q, t)
        row_scores += mask[None, :, None]
        peak = row_scores.amax(-1, keepdim=True)
        head_exp = None
        if head_keys is not None:
            head_keys, head_values = cast(head_keys), cast(head_values)
            head_scores = torch.matmul(queries.reshape(k, b * g * q, d), head_keys.transpose(1, 2)).float()
            head_scores = head_scores.view(k, b, g, q, -1)
            peak = torch.maximum(peak, head_scores.amax(-1, keepdim=True))
        # Unnormalised probabilities from here on; `inverse` normalises sums of them.
        row_exp = row_scores.sub_(peak).exp_()
        total = row_exp.sum(-1, keepdim=True)
        row_exp = cast(row_exp)
        out = torch.matmul(row_exp.view(k, b, g * q, t), values).float().view(k, b, g, q, d)
        if head_keys is not None:
            head_exp = head_scores.sub_(peak).exp_()
            total = total + head_exp.sum(-1, keepdim=True)
            head_exp = cast(head_exp)
            out += torch.matmul(head_exp.view(k, b * g * q, -1), head_values).float().view(k, b, g, q, d)
        inverse = total.reciprocal_()
        out *= inverse
        ctx.cast = cast
        ctx.save_for_backward(queries, head_keys, head_values, keys, values, row_exp, head_exp, inverse, out)
        return out

    @staticmethod
    def backward(ctx, grad_out):
        queries, head_keys, head_values, keys, values, row_exp, head_exp, inverse, out = ctx.saved_tensors
        cast = ctx.cast
        k, b, g, q, d = queries.shape
        t = keys.shape[2]
        grad_scaled = grad_out * inverse
        delta = (grad_scaled * out).sum(-1, keepdim=True)
        grad_scaled = cast(grad_scaled)
        flat_queries, flat_grad = queries.reshape(k, b, g * q, d), grad_scaled.reshape(k, b, g * q, d)
        grad_values = torch.matmul(row_exp.view(k, b, g * q, t).transpose(2, 3), flat_grad).float()
        grad_row = torch.matmul(flat_grad, values.transpose(2, 3)).float().view(k, b, g, q, t)
        grad_row = cast(grad_row.sub_(delta).mul_(row_exp)).view(k, b, g * q, t)
        grad_keys = torch.matmul(grad_row.transpose(2, 3), flat_queries).float()
        grad_queries = torch.matmul(grad_row, keys).float().view(k, b, g, q, d)
        grad_head_keys = grad_head_values = None
        if head_keys is not None:
            all_queries, all_grad = queries.reshape(k, b * g * q, d), grad_scaled.reshape(k, b * g * q, d)
            head_exp = head_exp.view(k, b * g * q, -1)
            grad_head_values = torch.matmul(head_exp.transpose(1, 2), all_grad).float()
            grad_head = torch.matmul(all_grad, head_values.transpose(1, 2)).float()
            grad_head = cast(grad_head.sub_(delta.view(k, b * g * q, 1)).mul_(head_exp))
            grad_head_keys = torch.matmul(grad_head.transpose(1, 2), all_queries).float()
            grad_queries += torch.matmul(grad_head, head_keys).float().view(k, b, g, q, d)
        return grad_queries, grad_head_keys, grad_head_values, grad_keys, grad_values, None, None
