"""Conversations as batches of near-equal length, one conversation a row, so that positions are those of a real chat."""
import torch

from chat_tokens import chat_ids

MAX_TOKENS = 256     # longer conversations are cut
BATCH_TOKENS = 1536  # rows times padded length
POOL_ROWS = 512      # drawn at once, then sorted by length so that little is padded


def training_batches(tokenizer, draw, other_weight, rng):
    """Endless (ids, weights), see collate. draw(count, rng) -> that many conversations."""
    while True:
        examples = [cut_example(tokenizer, messages, other_weight) for messages in draw(POOL_ROWS, rng)]
        batches = list(group_by_length(examples))
        rng.shuffle(batches)
        yield from map(collate, batches)


def cut_example(tokenizer, messages, other_weight):
    ids, weights = chat_ids(tokenizer, messages, other_weight)
    return ids[:MAX_TOKENS], weights[:MAX_TOKENS]


def group_by_length(examples):
    group = []
    for example in sorted(examples, key=lambda example: len(example[0])):
        if group and (len(group) + 1) * len(example[0]) > BATCH_TOKENS:
            yield group
            group = []
        group.append(example)
    if group:
        yield group


def collate(examples):
    """(ids (B, T), weights (B, T)), padded on the right with weight 0."""
    width = max(len(ids) for ids, _ in examples)
    ids, weights = torch.zeros(len(examples), width, dtype=torch.long), torch.zeros(len(examples), width)
    for row, (row_ids, row_weights) in enumerate(examples):
        ids[row, :len(row_ids)] = torch.tensor(row_ids)
        weights[row, :len(row_ids)] = torch.tensor(row_weights)
    return ids, weights
