"""One packed step of a Llama decoder in PyTorch, with random weights; argument: JSON, answer: one line of JSON.

Every new token sees the head's rows and its own sequence up to itself, as the engine's attention bias has it. Only the last
row of each sequence goes on behind the last layer's attention.
"""

import json
import sys
import time

import torch
from torch.nn.functional import rms_norm, scaled_dot_product_attention, silu

task = json.loads(sys.argv[1])
device, dtype = torch.device(task["device"]), getattr(torch, task["dtype"])
hidden, ffn, layers = task["hidden"], task["ffn"], task["layers"]
heads, kv_heads, dim = task["heads"], task["kvHeads"], task["headDim"]
width, products = (4096, 16) if device.type == "cuda" else (256, 2)
torch.manual_seed(7)


def noise(*shape, spread=1.0):
    return torch.randn(*shape, device=device, dtype=torch.float32).mul_(spread).to(dtype)


def seconds_of(work, runs, warm_ups=3):
    """Every timed run by itself."""
    wait = torch.cuda.synchronize if device.type == "cuda" else lambda: None
    times = []
    for run in range(-warm_ups, runs):
        wait()
        start = time.perf_counter()
        work()
        wait()
        if run >= 0:
            times.append(time.perf_counter() - start)
    return times


def make_layer():
    out = (2 * layers) ** -0.5
    matrix = lambda rows, columns, gain=1.0: noise(rows, columns, spread=gain * rows**-0.5)
    return {
        "qkv": matrix(hidden, (heads + 2 * kv_heads) * dim),
        "out": matrix(heads * dim, hidden, out),
        "gate_up": matrix(hidden, 2 * ffn),
        "down": matrix(ffn, hidden, out),
    }


def turn(x, positions):
    """Rotates halves of each head by the position; x is [1, heads, tokens, dim]."""
    frequencies = 500_000.0 ** (-torch.arange(0, dim, 2, device=device, dtype=torch.float32) / dim)
    angles = positions.float()[:, None] * frequencies
    cos, sin = angles.cos().to(dtype), angles.sin().to(dtype)
    a, b = x.chunk(2, dim=-1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), dim=-1)


def step(stream, plan, past, model):
    """[tokens, hidden] to [sequences, hidden]; keys and values of new tokens stay on the device."""
    head, tokens = plan["headTokens"], stream.shape[0]
    lengths = torch.tensor(plan["sequences"], device=device)
    owner = torch.repeat_interleave(torch.arange(len(lengths), device=device), lengths)
    order = torch.arange(tokens, device=device)
    ends = lengths.cumsum(0)
    positions = head + order - (ends - lengths)[owner]
    own = (owner[:, None] == owner[None, :]) & (order[:, None] >= order[None, :])
    seen = torch.cat((torch.ones(tokens, head, dtype=torch.bool, device=device), own), dim=1)
    for layer, weights in enumerate(model):
        last = layer == layers - 1
        qkv = rms_norm(stream, (hidden,), eps=1e-5) @ weights["qkv"]
        apart = qkv.view(1, tokens, heads + 2 * kv_heads, dim).transpose(1, 2)
        queries, keys, values = apart.split((heads, kv_heads, kv_heads), dim=1)
        keys = torch.cat((past[layer][0], turn(keys, positions)), dim=2)
        values = torch.cat((past[layer][1], values), dim=2)
        queries, mask = turn(queries, positions), seen
        if last:
            queries, mask, stream = queries[:, :, ends - 1], seen[ends - 1], stream[ends - 1]
        mixed = scaled_dot_product_attention(queries, keys, values, attn_mask=mask, enable_gqa=True)
        stream = stream + mixed.transpose(1, 2).reshape(-1, heads * dim) @ weights["out"]
        gate, up = (rms_norm(stream, (hidden,), eps=1e-5) @ weights["gate_up"]).chunk(2, dim=-1)
        stream = stream + (silu(gate) * up) @ weights["down"]
    return rms_norm(stream, (hidden,), eps=1e-5)


def alone(stream, plan, past, model):
    """Each sequence behind the head without neighbours."""
    parts = stream.split(plan["sequences"])
    return torch.cat([step(part, {**plan, "sequences": [len(part)]}, past, model) for part in parts])


def measure(plan, model):
    stream = noise(sum(plan["sequences"]), hidden)
    rows = (1, kv_heads, plan["headTokens"], dim)
    past = [(noise(*rows), noise(*rows)) for _ in range(layers)]
    times = sorted(seconds_of(lambda: step(stream, plan, past, model), runs=11))
    packed, single = step(stream, plan, past, model).float(), alone(stream, plan, past, model).float()
    apart = ((packed - single).abs().max() / single.abs().max()).item()
    return {"stepMs": 1000 * times[len(times) // 2], "fromAlone": apart}


def matrix_peak():
    left, right = noise(width, width), noise(width, width, spread=width**-0.5)

    def chain():
        product = left
        for _ in range(products):
            product = product @ right

    return 2 * width**3 * products / min(seconds_of(chain, runs=5))


with torch.inference_mode():
    model = [make_layer() for _ in range(layers)]
    name = torch.cuda.get_device_name(0) if device.type == "cuda" else device.type
    plans = [measure(plan, model) for plan in task["plans"]]
    print(json.dumps({"device": name, "peakPerSecond": matrix_peak(), "plans": plans}))
