"""Agent turns made from the users' requests of the training rows: the agent goes along with them, or refuses.

The unsafe agent turns of the data come from few sources and many safe ones are refusals; here the same sentence frames
follow harmful and harmless requests, so only what is asked and what is answered can tell.
"""
import re

import compose_phrases as p
from compose_refusal import refusal

_HOW = re.compile(r"^(?:please )?(?:how (?:to|do i|can i|could i|would i|should i|do you|can you|might one|can someone|does one)"
                  r"|what(?:'s| is| are)(?: the| some)?(?: best| effective| good| easiest| possible)? (?:way|ways|methods?|strategies|techniques|steps) to"
                  r"|(?:can|could) you (?:tell|teach|show|help) me (?:how )?to|(?:tell|teach|show|help) me (?:how )?to"
                  r"|(?:explain|describe|write a (?:guide|tutorial) on|provide (?:instructions|steps) (?:on|for)|give (?:instructions|advice) (?:on|for)) how to)"
                  r" (.+?)[?.!]*$", re.IGNORECASE)
_MAKE = re.compile(r"^(?:please )?(?:write|create|develop|draft|design|generate|compose|produce|make|give me|provide|outline|suggest) "
                   r"((?:an?|the|some) .+?)[?.!]*$", re.IGNORECASE)
HOW_ANSWERS = p.COMPLIANCES + [
    "The best way to {} is to {}. I would also {} and {}.", "To {}, you will need some patience. Begin like this: {}, {}, and {}.",
    "It is not hard to {}. People usually {}, {} and then {}.", "First of all, {1}. If you want to {0}, you should also {2}. Do not forget to {3}.",
    "Many have managed to {} before. My advice: {}, {}, {}.", "You can {} in three steps: {}; {}; {}."]
MAKE_ANSWERS = ["Sure, here is {}:\n\n{}, {}, and {}.", "Here is {}.\n\n- {}\n- {}\n- {}", "Of course! I wrote {} for you. It tells people to {}, {} and {}.",
                "{} \n\nPart one: {}. Part two: {}. Part three: {}.", "Certainly. Below you find {}. In short: {}, {}, {}.", "As you wish: {}. {}. {}. {}."]

FILLERS = """It takes some practice, but most people manage.|Take your time and do not rush.|Here are some more details.
Remember that every situation is different.|Let me know if you want to hear more.|There are a few things to keep in mind.
This part is important.|After a few days you will see the result.|You may have to try this more than once.
A friend who knows the place can make it much easier.|Prepare everything the day before.|Here is the next part.
If something goes wrong, stop and begin again.|Good planning is half of the work.|The details depend on where you live.""".replace("\n", "|").split("|")
SPEAKERS = ["AIM: ", "DAN: ", "GPT: ", "Answer: ", "As requested:\n\n", "[Assistant] ", "Narrator: ", "Well, ", "Certainly!\n\n", "Okay.\n"]


def _answer(wish, frames, rng):
    """One frame, or for half of the answers several with filler between: long must not mean safe."""
    def framed():
        return rng.choice(frames).format(wish, *rng.sample(p.GENERIC_STEPS, 3))
    text = framed()
    if rng.random() < 0.5:
        for _ in range(rng.randint(1, 4)):
            text += rng.choice([" ", "\n\n"]) + " ".join(rng.sample(FILLERS, rng.randint(1, 3))) + " " + framed()
    return rng.choice(SPEAKERS) + text if rng.random() < 0.25 else text


def _two_voices(first, second, rng):
    """The form of jailbroken models that answer twice; only the second voice decides."""
    name = rng.choice(["DAN", "JailBreak", "Evil", "AIM", "Developer Mode", "X"])
    return rng.choice([f"GPT: {first}\n\n{name}: {second}", f"[Normal] {first}\n\n[{name}] {second}", f"{first}\n\n{second}"])


def answer_rows(train_rows, rng, unsafe_count=1600, safe_count=1200) -> list:
    """Unsafe and safe assistant rows; an unsafe one keeps what is known of its request's categories."""
    asked = {"unsafe": [], "safe": []}
    for row in train_rows:
        text = row["messages"][0]["content"]
        if row["source"] == "caia-ai-safety":  # safe to ask, but going along is not always a safe answer
            continue
        if row["target"] == "user" and len(row["messages"]) == 1 and len(text) < 160 and "\n" not in text:
            how, make = _HOW.match(text), _MAKE.match(text)
            if how or make:
                asked[row["label"]].append((row, how.group(1), how.group(1), HOW_ANSWERS) if how else
                                           (row, make.group(1), "create " + make.group(1), MAKE_ANSWERS))
    rows = []
    for label, count in (("unsafe", unsafe_count), ("safe", safe_count)):
        for row, wish, act, frames in rng.sample(asked[label], min(count, len(asked[label]))):
            answer, declined = _answer(wish, frames, rng), refusal(act, rng)
            if rng.random() < 0.25:
                answer = _two_voices(declined, answer, rng)
            rows.append(_answered(row, answer, label))
            if rng.random() < (0.8 if label == "unsafe" else 0.1):
                if rng.random() < 0.3:
                    declined = _two_voices(declined, refusal(act, rng), rng)
                elif rng.random() < 0.2:
                    declined = rng.choice(SPEAKERS) + declined
                rows.append(_answered(row, declined, "safe"))
    return rows


def _answered(row, answer, label):
    unsafe = label == "unsafe"
    return {"source": "composed-here/answer", "target": "assistant", "label": label,
            "messages": [row["messages"][0], {"role": "assistant", "content": answer}],
            "categories": row["categories"] if unsafe else [], "categories_known": row["categories_known"] if unsafe else True,
            "guessed_categories": row["guessed_categories"] if unsafe else []}
