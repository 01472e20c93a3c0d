"""Learning rate over a run of known length."""
import math


def learning_rate(step: int, total_steps: int, peak: float, warmup_steps: int, final_share: float = 0.05) -> float:
    """Linear warm-up to `peak`, then a half cosine down to final_share * peak."""
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    progress = (step - warmup_steps) / max(1, total_steps - warmup_steps)
    return peak * (final_share + (1 - final_share) * 0.5 * (1 + math.cos(math.pi * min(1.0, progress))))
