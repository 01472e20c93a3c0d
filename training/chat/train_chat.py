"""Trains the example generator on the public conversations and the composed exchanges together.

The exchanges (--exchanges-share of the rows) teach greetings, plain questions and what the model is. The user's words count a
little too, since text is scarce. The average of the weights with the lowest dev loss is kept. A run is given minutes, not
steps: on a machine that others use, steps take anything from a quarter of a second to ten.
"""
import argparse
import copy
import random
import time
from pathlib import Path

import torch

from chat_batches import training_batches
from chat_geometry import CHAT_GEOMETRY
from chat_loss import answer_loss, weighted_loss
from compose_chat import compose_exchanges
from conversations import DEV_FILES, TRAIN_FILES, answered, benign_conversations
from model import StarterGuard
from schedule import learning_rate
from spare_threads import SpareThreads
from tokenizer_bpe import Tokenizer

AVERAGE_DECAY = 0.99
MEASURE_EVERY = 300    # seconds; a stop loses no more than this
WARM_UP = 0.05         # of the time
DEV_ROWS = 40          # while training; sample_chat.py takes all


def save(path, **content):
    partial = Path(f"{path}.partial")
    torch.save(content, partial)
    partial.rename(path)


def in_random_order(items):
    """draw(count, rng) that goes through all items before it repeats one."""
    left = []

    def draw(count, rng):
        while len(left) < count:
            left.extend(rng.sample(items, len(items)))
        drawn = left[:count]
        del left[:count]
        return drawn

    return draw


def mixed(draw, exchanges_share):
    """draw(count, rng) of which a share are composed exchanges."""
    def draw_mixed(count, rng):
        composed = round(count * exchanges_share)
        return draw(count - composed, rng) + compose_exchanges(composed, rng)

    return draw_mixed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--init", help="a file of this program to go on from")
    parser.add_argument("--out", required=True)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--peak-lr", type=float, default=2e-3)
    parser.add_argument("--other-weight", type=float, default=0.15, help="of tokens outside answers in the loss")
    parser.add_argument("--exchanges-share", type=float, default=0.6, help="of the rows, 0 to 1")
    parser.add_argument("--seed", type=int, default=20240418)
    args = parser.parse_args()
    torch.set_flush_denormal(True)  # decayed Adam moments of rare tokens would slow every step
    torch.manual_seed(args.seed)
    threads = SpareThreads(cores=2)
    rng = random.Random(args.seed)
    tokenizer = Tokenizer.from_file(args.tokenizer)
    dev = random.Random(1).sample(answered(benign_conversations(args.data, *DEV_FILES)), DEV_ROWS)
    draw = mixed(in_random_order(benign_conversations(args.data, *TRAIN_FILES)), args.exchanges_share)
    model = StarterGuard(CHAT_GEOMETRY)
    if args.init:
        model.load_state_dict(torch.load(args.init)["average"])
    average = copy.deepcopy(model)
    model.use_reduced_precision(True)
    average.use_reduced_precision(True)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.0, betas=(0.9, 0.95), weight_decay=0.1)
    started, seconds, step, running, best = time.time(), args.minutes * 60, 0, 0.0, float("inf")
    measured_at, tokens = started, 0
    for batch in training_batches(tokenizer, draw, args.other_weight, rng):
        threads.adapt()
        elapsed = time.time() - started
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(elapsed, seconds, args.peak_lr, warmup_steps=seconds * WARM_UP)
        nats, weight = weighted_loss(model, *batch)
        loss = nats / weight
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        running += loss.item()
        with torch.no_grad():
            decay = min(AVERAGE_DECAY, (step + 1) / (step + 10))
            for slow, fast in zip(average.parameters(), model.parameters()):
                slow.lerp_(fast, 1 - decay)
        step, tokens = step + 1, tokens + batch[0].numel()
        if step % 50 == 0:
            print(f"step {step}, {tokens} tokens, loss {running / 50:.3f} nats/token, "
                  f"{time.time() - started:.0f} s, {time.process_time():.0f} s of processor, {threads.threads} threads", flush=True)
            running = 0.0
        over = time.time() - started >= seconds
        if over or time.time() - measured_at >= MEASURE_EVERY:
            measured_at = time.time()
            dev_loss = answer_loss(average, tokenizer, dev)
            print(f"step {step} dev answers {dev_loss:.4f} nats/token", flush=True)
            save(f"{args.out}.latest", average=average.state_dict(), step=step, dev_loss=dev_loss)
            if dev_loss < best:
                best = dev_loss
                save(args.out, average=average.state_dict(), step=step, dev_loss=dev_loss)
        if over:
            break


if __name__ == "__main__":
    main()
