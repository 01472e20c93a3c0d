"""Next-token loss of a chat, weighted by token."""
import torch
from torch.nn import functional as F

from chat_batches import collate, cut_example, group_by_length


def weighted_loss(model, ids, weights):
    """ids, weights (B, T) -> (sum of weighted nats, sum of weights). Positions that count nothing cost no logits."""
    hidden = model.encode_rows(ids[:, :-1])
    counts = weights[:, 1:] > 0
    nats = F.cross_entropy(model.logits(hidden[counts]), ids[:, 1:][counts], reduction="none")
    kept = weights[:, 1:][counts]
    return (nats * kept).sum(), kept.sum()


@torch.no_grad()
def answer_loss(model, tokenizer, conversations) -> float:
    """Mean nats per answer token (with the <|eot_id|> that ends it), without dropout."""
    model.eval()
    total, count = 0.0, 0.0
    for group in group_by_length(cut_example(tokenizer, messages, 0.0) for messages in conversations):
        nats, weight = weighted_loss(model, *collate(group))
        total, count = total + nats.item(), count + weight.item()
    model.train()
    return total / count
