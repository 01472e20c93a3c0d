"""From a labelled row and a policy variant to token ids, targets and weights."""
from dataclasses import dataclass

from policy_prompts import Variant, answer_text, body_ids

MAX_CONVERSATION_TOKENS = 320  # 95 in 100 rows fit; serving windows longer text
SECOND_OPINION_SHARE = 0.25    # of the bag-of-words opinion in the target, where there is one
MIN_DOUBT = 0.02               # targets stay within MIN_DOUBT..1 - MIN_DOUBT, which keeps 0.5 a meaningful threshold
TOKEN_CATEGORY_WEIGHT = 0.3    # of a code token, next to 1.0 for the verdict word
GUESSED_CATEGORY_WEIGHT = 0.3  # on top, where the codes come from a keyword rule


@dataclass(frozen=True)
class Example:
    """ids: conversation, tail and answer. verdict_at: index whose next token is the verdict word.
    answer_weights: one per answer token, the verdict word first. unsafe_share: 0..1, the target for P(unsafe)."""
    ids: list
    verdict_at: int
    answer_ids: list
    answer_weights: list
    unsafe_share: float


def label_under(row, variant: Variant):
    """(label, codes in the variant's alphabet, codes are guessed), or None when the row cannot be judged by it."""
    if row["label"] == "safe":
        return "safe", [], False
    if row["categories_known"]:
        codes = [variant.code_of[c] for c in row["categories"] if c in variant.code_of]
        if variant.style == "lg1" and not codes:
            return None  # its categories overlap differently, so "not listed" does not mean safe
        return ("unsafe", codes, False) if codes or not row["categories"] else ("safe", [], False)
    if not variant.complete:
        return None
    return "unsafe", [variant.code_of[c] for c in row["guessed_categories"] if c in variant.code_of], True


def build_example(tokenizer, row, messages, variant: Variant):
    verdict = label_under(row, variant)
    if verdict is None:
        return None
    label, codes, guessed = verdict
    body = body_ids(tokenizer, fitting(tokenizer, messages), variant.style, row["target"])
    answer = tokenizer.encode(answer_text(label, codes))
    if label == "safe" or codes:
        answer = answer + [tokenizer.special["<|eot_id|>"]]
    else:
        answer = answer + tokenizer.encode("\n")  # codes follow, unknown which
    rest = TOKEN_CATEGORY_WEIGHT * (GUESSED_CATEGORY_WEIGHT if guessed else 1.0)
    return Example(body + answer[:-1], len(body) - 1, answer, [1.0] + [rest] * (len(answer) - 1),
                   _unsafe_share(row, label))


def _unsafe_share(row, label):
    if row.get("opinion_only"):
        return row["second_opinion"]
    share = float(label == "unsafe")
    if label == row["label"] and row.get("second_opinion") is not None:
        share = (1 - SECOND_OPINION_SHARE) * share + SECOND_OPINION_SHARE * row["second_opinion"]
    return min(max(share, MIN_DOUBT), 1 - MIN_DOUBT)


def fitting(tokenizer, messages):
    """Drops earliest exchanges, then cuts the end of the longest message, until the conversation fits."""
    def token_count(part):
        return sum(len(tokenizer.encode(m["content"])) + 4 for m in part)

    while len(messages) > 2 and token_count(messages) > MAX_CONVERSATION_TOKENS:
        messages = messages[2:]
    while token_count(messages) > MAX_CONVERSATION_TOKENS:
        longest = max(range(len(messages)), key=lambda i: len(messages[i]["content"]))
        content = messages[longest]["content"]
        messages = [dict(m, content=content[:int(len(content) * 0.8)]) if i == longest else m
                    for i, m in enumerate(messages)]
    return messages
