"""Llama 3's chat format as token ids, and how much each token counts in the loss."""

ANSWER_WEIGHT = 1.0


def chat_ids(tokenizer, messages, other_weight):
    """messages -> (ids, weights), both (T,). weights[i] is what predicting ids[i] counts: 1 in an answer and for the
    <|eot_id|> that ends it, `other_weight` elsewhere, 0 for headers, whose text is always given."""
    special = tokenizer.special
    ids, weights = [special["<|begin_of_text|>"]], [0.0]
    for message in messages:
        opening = header_ids(tokenizer, message["role"])
        content = tokenizer.encode(message["content"]) + [special["<|eot_id|>"]]
        weight = ANSWER_WEIGHT if message["role"] == "assistant" else other_weight
        ids += opening + content
        weights += [0.0] * len(opening) + [weight] * len(content)
    return ids, weights


def header_ids(tokenizer, role):
    special = tokenizer.special
    return [special["<|start_header_id|>"], *tokenizer.encode(role), special["<|end_header_id|>"], *tokenizer.encode("\n\n")]


def prompt_ids(tokenizer, messages):
    """Up to where the assistant's next message begins."""
    return chat_ids(tokenizer, messages, 0.0)[0] + header_ids(tokenizer, "assistant")
