"""Stage 1: next-token training on the conversations and policy texts, no verdicts."""
import argparse
import random
import time
from pathlib import Path

import torch
from torch.nn import functional as F

from data import split_rows
from model import Geometry, StarterGuard
from policy_prompts import LG1_FULL, LG2_FULL, LG2_NAMES, LG3_FULL, conversation_text, head_ids
from schedule import learning_rate
from tokenizer_bpe import Tokenizer

SEQUENCE_TOKENS = 256
BATCH_ROWS = 10
PEAK_LEARNING_RATE = 1.5e-3


def token_stream(tokenizer, rows, rng) -> list:
    """All documents in random order, each opened by BOS and closed by EOT, as one list of ids."""
    special = tokenizer.special
    documents = [[special["<|begin_of_text|>"], *tokenizer.encode(conversation_text(row["messages"])),
                  special["<|eot_id|>"]] for row in rows]
    for variant in (LG1_FULL, LG2_FULL, LG2_NAMES, LG3_FULL):
        documents += [head_ids(tokenizer, variant, role) for role in ("user", "assistant")] * 10
    rng.shuffle(documents)
    return [token for document in documents for token in document]


def batches(tokenizer, rows, rng):
    """Endless (BATCH_ROWS, SEQUENCE_TOKENS + 1) tensors; documents are reshuffled at each pass."""
    while True:
        stream = token_stream(tokenizer, rows, rng)
        starts = list(range(0, len(stream) - SEQUENCE_TOKENS - 1, SEQUENCE_TOKENS))
        rng.shuffle(starts)
        for i in range(0, len(starts) - BATCH_ROWS, BATCH_ROWS):
            yield torch.tensor([stream[s:s + SEQUENCE_TOKENS + 1] for s in starts[i:i + BATCH_ROWS]])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=20240418)
    args = parser.parse_args()
    torch.set_flush_denormal(True)  # decayed Adam moments of rare tokens would slow every step
    torch.set_num_threads(2)
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)
    tokenizer = Tokenizer.from_file(args.tokenizer)
    model = StarterGuard(Geometry())
    model.use_reduced_precision(True)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.0, betas=(0.9, 0.95), weight_decay=0.05)
    started, running_loss = time.time(), 0.0
    for step, batch in zip(range(args.steps), batches(tokenizer, split_rows(args.data)["train"], rng)):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, args.steps, PEAK_LEARNING_RATE, warmup_steps=100)
        logits = model.logits(model.encode_rows(batch[:, :-1]))
        loss = F.cross_entropy(logits.view(-1, logits.shape[-1]), batch[:, 1:].reshape(-1))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        running_loss += loss.item()
        if (step + 1) % 50 == 0:
            print(f"step {step + 1} loss {running_loss / 50:.3f} nats/token, {time.time() - started:.0f} s", flush=True)
            running_loss = 0.0
        if (step + 1) % 500 == 0 or step + 1 == args.steps:
            partial = Path(args.out + ".partial")
            torch.save(model.state_dict(), partial)
            partial.rename(args.out)


if __name__ == "__main__":
    main()
