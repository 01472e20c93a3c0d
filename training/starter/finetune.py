"""Stage 2: verdicts and codes after the Llama Guard prompt, with a small language-model loss beside them.

Writes {"model", "average", "optimizer", "step"} every SAVE_EVERY steps; "average" is the exponential moving average
of the weights and is what gets evaluated and exported.
"""
import argparse
import json
import random
import time
from pathlib import Path

import torch
from torch.nn import functional as F

from augment import short_exchanges
from batches import BARE_SHARES, POLICY_SHARES, training_batches
from compose import compose_rows
from data import split_rows
from model import Geometry, StarterGuard
from schedule import learning_rate
from tokenizer_bpe import Tokenizer

LM_LOSS_SHARE = 0.1
AVERAGE_DECAY = 0.998
SAVE_EVERY = 150


def training_rows(data_folder, seed, include_left_out):
    split = split_rows(data_folder)
    rows = split["train"] + compose_rows(split["train"], seed)
    return rows + split["left_out_train"] if include_left_out else rows


def loss_of(model, head, batch, verdict_ids):
    """Returns (total loss, mean verdict loss), both scalars in nats."""
    hidden = model.encode_rows(batch["ids"], model.encode_head(torch.tensor(head)), batch["positions"], batch["keep"])
    used = batch["weights"] > 0
    log_p = F.log_softmax(model.logits(hidden[used]), -1)
    weights, is_lm = batch["weights"][used], batch["is_lm"][used]
    is_verdict = torch.zeros_like(batch["is_lm"])
    is_verdict[:, 0] = True
    is_verdict = is_verdict[used]
    safe_id, unsafe_id = verdict_ids
    share = batch["unsafe_share"]
    verdict_loss = -(share * log_p[is_verdict, unsafe_id] + (1 - share) * log_p[is_verdict, safe_id]).mean()
    nll = -log_p.gather(1, batch["targets"][used][:, None])[:, 0]
    is_rest = ~is_lm & ~is_verdict  # line break, codes, end of answer
    rest_loss = (nll * weights)[is_rest].sum() / batch["ids"].shape[0]
    return verdict_loss + rest_loss + LM_LOSS_SHARE * nll[is_lm].mean(), nll[is_verdict].mean()


def update_average(average, model, step):
    decay = min(AVERAGE_DECAY, (1 + step) / (10 + step))
    for name, value in model.state_dict().items():
        average[name].mul_(decay).add_(value, alpha=1 - decay)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--init", required=True, help="state dict of pretrain.py, or a file of this script")
    parser.add_argument("--out", required=True)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--peak-lr", type=float, default=8e-4)
    parser.add_argument("--soft-labels", help="output of soft_labels.py")
    parser.add_argument("--mixtures", help="output of mixtures.py")
    parser.add_argument("--bare", action="store_true", help="first part: messages and verdicts without any policy")
    parser.add_argument("--include-left-out", action="store_true", help="final pass: also the left-out train rows")
    parser.add_argument("--resume", action="store_true", help="go on from --out")
    parser.add_argument("--seed", type=int, default=20240418)
    args = parser.parse_args()
    torch.set_flush_denormal(True)
    torch.set_num_threads(2)
    tokenizer = Tokenizer.from_file(args.tokenizer)
    model = StarterGuard(Geometry())
    model.use_reduced_precision(True)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.0, betas=(0.9, 0.98), weight_decay=0.1)
    saved = torch.load(args.out if args.resume else args.init)
    model.load_state_dict(saved["model" if args.resume else "average"] if "average" in saved else saved)
    first_step = 0
    if args.resume:
        optimizer.load_state_dict(saved["optimizer"])
        first_step = saved["step"]
    average = saved["average"] if args.resume else {n: v.clone() for n, v in model.state_dict().items()}
    torch.manual_seed(args.seed + first_step)
    rng = random.Random(args.seed + first_step)
    rows = training_rows(args.data, args.seed, args.include_left_out)
    if args.soft_labels:
        opinion_of = json.loads(Path(args.soft_labels).read_text())
        rows = [dict(row, second_opinion=opinion_of.get(row["id"])) for row in rows]
    if args.mixtures:
        rows += map(json.loads, Path(args.mixtures).read_text().splitlines())
    print(json.dumps({"rows": len(rows), **vars(args)}), flush=True)
    verdict_ids = (tokenizer.id_of("safe"), tokenizer.id_of("unsafe"))
    shares = BARE_SHARES if args.bare else POLICY_SHARES
    stream = training_batches(tokenizer, rows, short_exchanges(rows, rng), shares, rng)
    started, running, row_count = time.time(), [], 0
    for step, (head, batch) in zip(range(first_step, args.steps), stream):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, args.steps, args.peak_lr, warmup_steps=100, final_share=0.02)
        loss, verdict_loss = loss_of(model, head, batch, verdict_ids)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        update_average(average, model, step)
        running.append(verdict_loss.item())
        row_count += batch["ids"].shape[0]
        if (step + 1) % 50 == 0:
            print(f"step {step + 1} verdict {sum(running) / len(running):.4f} nats, last total {loss.item():.3f}, "
                  f"{row_count} rows, {time.time() - started:.0f} s", flush=True)
            running = []
        if (step + 1) % SAVE_EVERY == 0 or step + 1 == args.steps:
            partial = Path(args.out + ".partial")
            torch.save({"model": model.state_dict(), "average": average, "optimizer": optimizer.state_dict(),
                        "step": step + 1}, partial)
            partial.rename(args.out)


if __name__ == "__main__":
    main()
