"""A small Llama-architecture decoder (RMSNorm, SwiGLU, grouped-query attention, rotate-half RoPE, tied embeddings).

Built for one job: rows that share a long prefix. `encode_head` runs the policy head once, with gradient;
`encode_rows` runs a batch of conversations that all attend to it.
"""
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from attention import SharedPrefixAttention
from reduced_precision import linear


@dataclass(frozen=True)
class Geometry:
    hidden: int = 256
    layers: int = 4
    query_heads: int = 4
    kv_heads: int = 2
    head_dim: int = 64
    ffn: int = 640
    vocab: int = 8192
    max_positions: int = 2048
    rope_theta: float = 10000.0
    rms_eps: float = 1e-5


class Linear(nn.Module):
    """A linear map without bias. `reduced` is set on all maps at once by StarterGuard.use_reduced_precision."""

    def __init__(self, width_in, width_out):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(width_out, width_in))
        self.reduced = False

    def forward(self, x):
        return linear(x, self.weight, self.reduced)


class RmsNorm(nn.Module):
    def __init__(self, width, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x):
        return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps))


def rotate(x, cos, sin):
    """Rotate-half RoPE. x (..., T, D); cos, sin broadcastable to it, both halves equal."""
    half = x.shape[-1] // 2
    return x * cos + torch.cat((-x[..., half:], x[..., :half]), -1) * sin


class Attention(nn.Module):
    def __init__(self, g: Geometry):
        super().__init__()
        self.g = g
        self.q_proj = Linear(g.hidden, g.query_heads * g.head_dim)
        self.k_proj = Linear(g.hidden, g.kv_heads * g.head_dim)
        self.v_proj = Linear(g.hidden, g.kv_heads * g.head_dim)
        self.o_proj = Linear(g.query_heads * g.head_dim, g.hidden)

    def keys_values(self, x, cos, sin):
        """x (B, T, hidden) -> keys, values (kv_heads, B, T, D); keys are rotated."""
        b, t, _ = x.shape
        k = self.k_proj(x).view(b, t, self.g.kv_heads, self.g.head_dim).permute(2, 0, 1, 3)
        v = self.v_proj(x).view(b, t, self.g.kv_heads, self.g.head_dim).permute(2, 0, 1, 3)
        return rotate(k, cos, sin), v

    def forward(self, x, cos, sin, keys, values, head_kv, mask):
        """x (B, Q, hidden), the querying positions; cos, sin (Q or B x Q, D) -> (B, Q, hidden)."""
        b, q_len, _ = x.shape
        group = self.g.query_heads // self.g.kv_heads
        q = self.q_proj(x).view(b, q_len, self.g.kv_heads, group, self.g.head_dim).permute(2, 0, 3, 1, 4)
        if cos.dim() == 3:
            cos, sin = cos[:, None], sin[:, None]
        q = rotate(q, cos, sin) * self.g.head_dim ** -0.5
        head_keys, head_values = head_kv if head_kv is not None else (None, None)
        out = SharedPrefixAttention.apply(q.contiguous(), head_keys, head_values, keys.contiguous(),
                                          values.contiguous(), mask, self.q_proj.reduced)
        return self.o_proj(out.permute(1, 3, 0, 2, 4).reshape(b, q_len, -1))


class FeedForward(nn.Module):
    def __init__(self, g: Geometry):
        super().__init__()
        self.gate_proj = Linear(g.hidden, g.ffn)
        self.up_proj = Linear(g.hidden, g.ffn)
        self.down_proj = Linear(g.ffn, g.hidden)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self, g: Geometry):
        super().__init__()
        self.input_layernorm = RmsNorm(g.hidden, g.rms_eps)
        self.self_attn = Attention(g)
        self.post_attention_layernorm = RmsNorm(g.hidden, g.rms_eps)
        self.mlp = FeedForward(g)

    def forward(self, x, cos, sin, mask, head_kv, query_index=None):
        """Returns (x at the querying positions, this layer's own keys and values).

        query_index (B, Q): the last layer needs outputs only where something is predicted; None means everywhere.
        """
        normed = self.input_layernorm(x)
        keys, values = self.self_attn.keys_values(normed, cos, sin)
        if query_index is not None:
            rows = torch.arange(x.shape[0])[:, None]
            x, normed, cos, sin = x[rows, query_index], normed[rows, query_index], cos[query_index], sin[query_index]
        x = x + self.self_attn(normed, cos, sin, keys, values, head_kv, mask)
        x = x + self.mlp(self.post_attention_layernorm(x))
        return x, (keys, values)


class StarterGuard(nn.Module):
    """Parameter names equal the Hugging Face ones after the prefix `model.`."""

    def __init__(self, g: Geometry):
        super().__init__()
        self.g = g
        self.embed_tokens = nn.Embedding(g.vocab, g.hidden)
        self.layers = nn.ModuleList(Layer(g) for _ in range(g.layers))
        self.norm = RmsNorm(g.hidden, g.rms_eps)
        self.reduced = False
        frequency = g.rope_theta ** (-torch.arange(0, g.head_dim, 2).float() / g.head_dim)
        angle = torch.arange(g.max_positions).float()[:, None] * frequency[None]
        angle = torch.cat((angle, angle), -1)
        self.register_buffer("cos", angle.cos(), persistent=False)
        self.register_buffer("sin", angle.sin(), persistent=False)
        self._initialise()

    def _initialise(self):
        """Normal 0.02; layers that write into the residual stream are scaled down by its depth."""
        for name, p in self.named_parameters():
            if p.dim() == 2:
                residual_writer = name.endswith(("o_proj.weight", "down_proj.weight"))
                nn.init.normal_(p, std=0.02 / (2 * self.g.layers) ** 0.5 if residual_writer else 0.02)

    def use_reduced_precision(self, reduced: bool):
        """bfloat16 matrix products (training) or float32 throughout (evaluation, export)."""
        self.reduced = reduced
        for module in self.modules():
            if isinstance(module, Linear):
                module.reduced = reduced

    def encode_head(self, ids):
        """ids (H,) -> per layer (keys, values), each (kv_heads, H, D)."""
        count = ids.shape[0]
        x, mask = self.embed_tokens(ids[None]), _causal_mask(count)
        cos, sin, head_kv = self.cos[:count], self.sin[:count], []
        last = self.g.layers - 1
        for i, layer in enumerate(self.layers):
            # The last layer's output is never read: one query keeps the code path and costs nothing.
            index = torch.zeros(1, 1, dtype=torch.long) if i == last else None
            x, (keys, values) = layer(x, cos, sin, mask[:, :1] if i == last else mask, None, index)
            head_kv.append((keys[:, 0], values[:, 0]))
        return head_kv

    def encode_rows(self, ids, head_kv=None, query_index=None, keep=None):
        """ids (B, T), padded on the right; query_index (B, Q) -> final hidden states (B, Q or T, hidden).

        keep (B, T), 0 or 1: embeddings of tokens marked 0 are blanked (word dropout).
        """
        start = head_kv[0][0].shape[1] if head_kv is not None else 0
        t = ids.shape[1]
        x = self.embed_tokens(ids)
        x = x if keep is None else x * keep[..., None]
        cos, sin, causal = self.cos[start:start + t], self.sin[start:start + t], _causal_mask(t)
        for i, layer in enumerate(self.layers):
            index = query_index if i == self.g.layers - 1 else None
            mask = causal if index is None else causal[0][index]
            x, _ = layer(x, cos, sin, mask, head_kv[i] if head_kv is not None else None, index)
        return self.norm(x)

    def logits(self, hidden):
        """hidden (..., hidden) -> (..., vocab)"""
        return linear(hidden, self.embed_tokens.weight, self.reduced)


def _causal_mask(count):
    """(1, count, count): 0 on and below the diagonal, -inf above."""
    return torch.full((count, count), float("-inf")).triu(1)[None]
