"""Scores rows with a checkpoint of finetune.py: P(unsafe) and P(first code | unsafe) under the full Llama Guard 2 policy.

One line a row: {"id", "unsafe": 0..1, "mass": 0..1, "codes": [11 numbers]}. `mass` is the probability of the two
verdict words together.
"""
import argparse
import json
from pathlib import Path

import torch

from data import split_rows
from examples import fitting
from model import Geometry, StarterGuard
from policy_prompts import LG2_FULL, body_ids, head_ids
from tokenizer_bpe import Tokenizer

BATCH_TOKENS = 6000


def load_guard(checkpoint, reduced=False):
    saved = torch.load(checkpoint)
    guard = StarterGuard(Geometry())
    guard.load_state_dict(saved.get("average", saved))
    guard.use_reduced_precision(reduced)
    return guard.eval()


@torch.no_grad()
def score_rows(guard, tokenizer, rows, variant=LG2_FULL) -> list:
    """Results in the order of rows. Conversations that are too long are cut as in training."""
    prefix = tokenizer.encode("unsafe\nS")  # read on after the verdict word, whatever the verdict is
    word_ids = [tokenizer.id_of("safe"), tokenizer.id_of("unsafe")]
    code_ids = [tokenizer.id_of(str(n)) for n in range(1, 12)]
    heads = {role: guard.encode_head(torch.tensor(head_ids(tokenizer, variant, role))) for role in ("user", "assistant")}
    bodies = [body_ids(tokenizer, fitting(tokenizer, row["messages"]), variant.style, row["target"]) for row in rows]
    order = sorted(range(len(rows)), key=lambda i: (rows[i]["target"], len(bodies[i])))
    results, start = [None] * len(rows), 0
    while start < len(order):
        role, end = rows[order[start]]["target"], start + 1
        while end < len(order) and rows[order[end]]["target"] == role and \
                (len(bodies[order[end]]) + 3) * (end - start + 1) <= BATCH_TOKENS:
            end += 1
        chosen = order[start:end]
        ids = torch.zeros(len(chosen), max(len(bodies[i]) for i in chosen) + len(prefix), dtype=torch.long)
        at = torch.zeros(len(chosen), 2, dtype=torch.long)
        for j, i in enumerate(chosen):
            ids[j, :len(bodies[i]) + len(prefix)] = torch.tensor(bodies[i] + prefix)
            at[j] = torch.tensor([len(bodies[i]) - 1, len(bodies[i]) - 1 + len(prefix)])
        logits = guard.logits(guard.encode_rows(ids, heads[role], at))  # (B, 2, vocab)
        verdict = logits[:, 0, word_ids].softmax(-1)[:, 1]
        mass = logits[:, 0].softmax(-1)[:, word_ids].sum(-1)
        codes = logits[:, 1, code_ids].softmax(-1)
        for j, i in enumerate(chosen):
            results[i] = {"id": rows[i]["id"], "unsafe": verdict[j].item(), "mass": mass[j].item(),
                          "codes": [round(p, 5) for p in codes[j].tolist()]}
        start = end
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--out", required=True, help="JSONL of scores over dev, left-out and non-commercial dev rows")
    args = parser.parse_args()

    split = split_rows(args.data)
    rows = split["dev"] + split["left_out"] + split["non_commercial_dev"]
    results = score_rows(load_guard(args.checkpoint), Tokenizer.from_file(args.tokenizer), rows)
    Path(args.out).write_text("".join(json.dumps(result) + "\n" for result in results))


if __name__ == "__main__":
    main()
