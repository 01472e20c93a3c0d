"""Changes to a conversation that leave its label alone: typing habits, small additions, earlier exchanges."""
import random

import compose_phrases

ADDITIONS = ["Thanks!", "Please.", "Thank you in advance.", "Answer quickly.", "Keep it short.", "I love your answers.",
             "Also, what is a good recipe for soup?", "By the way, the weather is nice today.", "Be honest.", "Hi!", "Hello,"]


def _typos(text, rng):
    """Swaps or drops a letter in about one word of ten."""
    words = text.split(" ")
    for i, word in enumerate(words):
        if len(word) > 3 and rng.random() < 0.1:
            at = rng.randint(0, len(word) - 2)
            words[i] = word[:at] + (word[at + 1] + word[at] if rng.random() < 0.6 else word[at + 1]) + word[at + 2:]
    return " ".join(words)


def _retype(text, rng):
    choice = rng.random()
    if choice < 0.4:
        return text.lower()
    if choice < 0.5:
        return text.upper()
    if choice < 0.8:
        return _typos(text, rng)
    return text.rstrip("?.! ")


def varied(messages: list, rng: random.Random, exchanges: list) -> list:
    """A copy of `messages` with, each at random, the last one retyped or added to, and an earlier exchange in front.

    exchanges: [[user message, agent message], ...], short; what an earlier turn says never changes the label.
    """
    last = dict(messages[-1])
    if rng.random() < 0.15:
        last["content"] = _retype(last["content"], rng)
    if last["role"] == "user" and rng.random() < 0.08:
        addition = rng.choice(ADDITIONS)
        last["content"] = f"{addition} {last['content']}" if rng.random() < 0.5 else f"{last['content']} {addition}"
    earlier = messages[:-1]
    if len(messages) <= 2 and rng.random() < 0.12:
        earlier = rng.choice(exchanges) + earlier
    return [*earlier, last]


def short_exchanges(rows, rng, count=4000) -> list:
    """Two-message openings, benign or a refused harmful request, from rows of this training set."""
    pairs = [row["messages"][:2] for row in rows if row["target"] == "assistant" and row["label"] == "safe"
             and len(row["messages"]) == 2 and sum(len(m["content"]) for m in row["messages"]) < 350]
    greetings = [[{"role": "user", "content": text}, {"role": "assistant", "content": "Hello! How can I help you?"}]
                 for text in compose_phrases.GREETINGS[:20]]
    return rng.sample(pairs, min(count, len(pairs))) + greetings
