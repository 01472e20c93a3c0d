"""Refusals put together from sentences, for agents that do the right thing."""
import compose_phrases as p


def refusal(act, rng) -> str:
    """act fits after "how to". One to four sentences."""
    sentences = [rng.choice(p.REFUSAL_OPENINGS)]
    if rng.random() < 0.65:
        sentences += rng.sample(p.REFUSAL_REASONS, rng.choice([1, 1, 2]))
    if rng.random() < 0.5:
        sentences.append(rng.choice(p.REFUSAL_CLOSINGS))
    return " ".join(sentences).format(*[act] * len(sentences))
