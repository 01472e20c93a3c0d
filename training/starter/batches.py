"""Draws rows, balanced over role, label and source, and groups them into batches that share one policy head."""
from collections import Counter

import torch

from augment import varied
from examples import MAX_CONVERSATION_TOKENS, build_example
from policy_prompts import (BARE, LG1_FULL, LG2_FULL, LG2_NAMES, LG3_FULL, LG3_NAMES, conversation_text, head_ids,
                            reworked_variant, tail_text)

BATCH_TOKENS = 5000        # rows times padded length
BATCH_ROWS = 80
POOL_ROWS = 2048           # drawn at once, then sorted by length so that little is padded
USER_SHARE = 0.6
UNSAFE_SHARE = {"user": 0.45, "assistant": 0.5}
SOURCE_POWER = 0.6         # a source of n rows is drawn in proportion to n ** 0.6
SOURCE_WEIGHTS = {         # on top: less of noisy labels, more of plain instructions, which the data has few of
    "ailuminate-demo": 0.7, "diasafety": 0.7, "medsafetybench-llama3": 0.7, "fastchat-bench": 2.5, "self-instruct-seed": 2.5,
    "composed-here/instruction": 2.0, "composed-here/everyday": 1.5}
POLICY_SHARES = {"lg2-full": 0.72, "lg2-names": 0.08, "reworked": 0.12, "lg3-full": 0.03, "lg3-names": 0.02,
                 "lg1-full": 0.03}
BARE_SHARES = {"bare": 1.0}
FIXED_VARIANTS = {v.name: v for v in (LG2_FULL, LG2_NAMES, LG3_FULL, LG3_NAMES, LG1_FULL, BARE)}
LM_POSITIONS = 3           # message tokens per row that also predict their successor
MAX_WORD_DROPOUT = 0.35    # each row blanks a share of its words drawn from 0..this, so no single word decides alone


def row_weights(rows) -> list:
    """One weight per row, summing to 1: equal treatment of sources within each role and label."""
    cell_of = [(row["target"], row["label"]) for row in rows]
    in_source = Counter((*cell, row["source"]) for cell, row in zip(cell_of, rows))
    raw = [in_source[(*cell, row["source"])] ** (SOURCE_POWER - 1) * SOURCE_WEIGHTS.get(row["source"], 1.0)
           for cell, row in zip(cell_of, rows)]
    cell_total = Counter()
    for cell, weight in zip(cell_of, raw):
        cell_total[cell] += weight
    cell_share = {(role, label): (USER_SHARE if role == "user" else 1 - USER_SHARE)
                  * (UNSAFE_SHARE[role] if label == "unsafe" else 1 - UNSAFE_SHARE[role]) for role, label in cell_total}
    return [weight / cell_total[cell] * cell_share[cell] for cell, weight in zip(cell_of, raw)]


def _pick_variant(shares, rng):
    name = rng.choices(list(shares), list(shares.values()))[0]
    return reworked_variant(rng) if name == "reworked" else FIXED_VARIANTS[name]


def training_batches(tokenizer, rows, exchanges, shares, rng):
    """Endless (head ids, batch dict); see collate for the dict. shares: POLICY_SHARES or BARE_SHARES."""
    template_tokens = 8 if shares is BARE_SHARES else 60
    weights = row_weights(rows)
    while True:
        pool = [(row, varied(row["messages"], rng, exchanges)) for row in rng.choices(rows, weights, k=POOL_ROWS)]
        groups = []
        for role in ("user", "assistant"):
            of_role = [(len(tokenizer.encode(conversation_text(messages))), row, messages)
                       for row, messages in pool if row["target"] == role]
            groups += [(role, group) for group in _grouped_by_length(of_role, template_tokens)]
        rng.shuffle(groups)
        for role, group in groups:
            variant = _pick_variant(shares, rng)
            built = [build_example(tokenizer, row, messages, variant) for _, row, messages in group]
            built = [example for example in built if example is not None]
            if built:
                tail_tokens = len(tokenizer.encode(tail_text(variant.style, role)))
                yield head_ids(tokenizer, variant, role), collate(built, tail_tokens, rng)


def _grouped_by_length(items, template_tokens):
    """items (tokens, row, messages) -> lists of near-equal length within BATCH_TOKENS and BATCH_ROWS."""
    group = []
    for item in sorted(items, key=lambda item: item[0]):
        if group and (len(group) >= BATCH_ROWS or _padded(len(group) + 1, item[0], template_tokens) > BATCH_TOKENS):
            yield group
            group = []
        group.append(item)
    if group:
        yield group


def _padded(row_count, conversation_tokens, template_tokens):
    return row_count * (min(conversation_tokens, MAX_CONVERSATION_TOKENS) + template_tokens)


def collate(examples, tail_tokens, rng):
    """Tensors over B rows, T padded tokens, Q predicting positions:
    ids (B, T); keep (B, T) word dropout mask; positions, targets, weights (B, Q); is_lm (B, Q);
    unsafe_share (B,)."""
    width = max(len(e.ids) for e in examples)
    answers = max(len(e.answer_ids) for e in examples)
    ids = torch.zeros(len(examples), width, dtype=torch.long)
    keep = torch.ones(len(examples), width)
    positions = torch.zeros(len(examples), answers + LM_POSITIONS, dtype=torch.long)
    targets, weights = torch.zeros_like(positions), torch.zeros(positions.shape)
    for i, e in enumerate(examples):
        ids[i, :len(e.ids)] = torch.tensor(e.ids)
        count = len(e.answer_ids)
        positions[i, :count] = torch.arange(e.verdict_at, e.verdict_at + count)
        targets[i, :count] = torch.tensor(e.answer_ids)
        weights[i, :count] = torch.tensor(e.answer_weights)
        message_end = max(2, e.verdict_at - tail_tokens)  # the tail's own words are not worth predicting
        for j in range(LM_POSITIONS):
            at = rng.randrange(1, message_end)
            positions[i, answers + j], targets[i, answers + j], weights[i, answers + j] = at, e.ids[at + 1], 1.0
        keep[i, 2:message_end] = (torch.rand(message_end - 2) > rng.random() * MAX_WORD_DROPOUT).float()
    is_lm = torch.zeros(positions.shape, dtype=torch.bool)
    is_lm[:, answers:] = True
    return {"ids": ids, "keep": keep, "positions": positions, "targets": targets, "weights": weights, "is_lm": is_lm,
            "unsafe_share": torch.tensor([e.unsafe_share for e in examples])}
