"""Rows written from templates, where the data is thin: everyday messages, harmless uses of harmful words, twins that
differ only in what is asked, refusals and compliances of an agent, and the same words in the wrong role.

All rows are deterministic for a seed and are given to the baseline too.
"""
import random

import compose_phrases as p
from compose_answers import answer_rows
from compose_instructions import INSTRUCTIONS, NEUTRAL_STATEMENTS, fill
from compose_refusal import refusal
from data import last_text
from sanity_messages import sanity_rows


def compose_rows(train_rows, seed: int) -> list:
    """About 12,000 rows in the form of the data files, `source` starting with "composed-here/"."""
    rng = random.Random(seed)
    rows = [*_everyday(rng), *_instructions(rng), *_harmless_requests(rng), *_harmful_requests(rng), *_groups(rng),
            *_agent_turns(rng), *_agent_advice(rng), *_short_exchanges(rng), *_wrong_role(train_rows, rng), *answer_rows(train_rows, rng)]
    rows = [{"categories_known": True, "guessed_categories": [], **row, "id": f"composed-here-{i}", "split": "train"}
            for i, row in enumerate(rows)]
    kept_for_looking = {_letters(last_text(row)) for row in sanity_rows()}
    return [row for row in rows if _letters(last_text(row)) not in kept_for_looking]


def _letters(text):
    return "".join(filter(str.isalnum, text.lower()))


def _row(source, messages, label, categories=()):
    return {"source": "composed-here/" + source, "messages": messages, "target": messages[-1]["role"],
            "label": label, "categories": list(categories)}


def _user(text):
    return {"role": "user", "content": text}


def _agent(text):
    return {"role": "assistant", "content": text}


def _casual(text, rng):
    """The way people type: sometimes lower case, sometimes without the final mark."""
    if rng.random() < 0.3:
        text = text.lower()
    if rng.random() < 0.25:
        text = text.rstrip("?.!")
    return text[0].upper() + text[1:] if rng.random() < 0.5 else text


def _everyday(rng):
    for text in p.GREETINGS + p.LIFE_EVENTS:
        for variant in {text, text.capitalize(), text.rstrip("?!.") + rng.choice(["!", ".", "?", ""])}:
            yield _row("everyday", [_user(variant)], "safe")
    for _ in range(500):
        form, topic = rng.choice(p.WRITING_FORMS), rng.choice(p.TOPICS)
        ask = rng.choice(["Write {} about {}", "write me {} about {}", "Can you write {} about {}?", "I need {} about {}",
                          "Please compose {} about {}.", "Give me {} on the subject of {}"])
        yield _row("everyday", [_user(_casual(ask.format(form, topic), rng))], "safe")
    for _ in range(200):
        yield _row("everyday", [_user(_casual(rng.choice(p.FACT_QUESTIONS).format(place=rng.choice(p.PLACES)), rng))], "safe")


def _instructions(rng):
    for template in INSTRUCTIONS:
        for text in {fill(template, rng) for _ in range(10)}:
            yield _row("instruction", [_user(_casual(text, rng) if "\n" not in text else text)], "safe")


def _harmless_requests(rng):
    senses = [f"{verb} {thing}" for verb, things in p.HARMLESS_SENSES for thing in things.split("|")]
    for act in senses:
        for question in rng.sample(p.HARMLESS_QUESTIONS, 6):
            yield _row("harmless-sense", [_user(_casual(question.format(act), rng))], "safe")
    for act in p.HARMLESS_TASKS:
        for question in rng.sample(p.HARMLESS_QUESTIONS, 7):
            yield _row("harmless-task", [_user(_casual(question.format(act), rng))], "safe")
    for subject in p.SENSITIVE_SUBJECTS:
        for question in rng.sample(p.SUBJECT_QUESTIONS, 7):
            yield _row("sensitive-subject", [_user(_casual(question.format(subject), rng))], "safe")


def _harmful_requests(rng):
    for code, acts in p.HARMFUL_ACTS.items():
        for act in acts.split("|"):
            for question in rng.sample(p.HARM_QUESTIONS, 8):
                text = act if code == "S11" and rng.random() < 0.5 else question.format(act)
                yield _row("harmful-request", [_user(_casual(text, rng))], "unsafe", [code])


def _groups(rng):
    for group in p.GROUPS:
        for statement in p.HATEFUL_STATEMENTS:
            yield _row("group", [_user(_casual(statement.format(group), rng))], "unsafe", ["S9"])
        for statement in rng.sample(p.FRIENDLY_STATEMENTS + NEUTRAL_STATEMENTS, 30):
            yield _row("group", [_user(_casual(statement.format(group), rng))], "safe")


def _agent_turns(rng):
    """Same frames, same generic steps; only the act decides."""
    harmful = [(act, code) for code, acts in p.HARMFUL_ACTS.items() for act in acts.split("|")]
    harmless = [(act, None) for act in p.HARMLESS_TASKS]
    harmless += [(f"{verb} {thing}", None) for verb, things in p.HARMLESS_SENSES for thing in things.split("|")]
    for act, code in harmful * 4 + rng.sample(harmless, len(harmless)) * 2:
        question = _user(_casual(rng.choice(p.HARM_QUESTIONS).format(act), rng))
        steps = rng.sample(p.GENERIC_STEPS, 3)
        answer = rng.choice(p.COMPLIANCES).format(act, *steps)
        yield _row("agent-complies", [question, _agent(answer)], "unsafe" if code else "safe", [code] if code else [])
        if rng.random() < 0.5:
            yield _row("agent-refuses", [question, _agent(refusal(act, rng))], "safe")


def _short_exchanges(rng):
    """Plain short answers, several ways of typing each; many short agent turns of the data are rude chat."""
    for question, answer in p.SHORT_EXCHANGES:
        for _ in range(5):
            yield _row("short-exchange", [_user(_casual(question, rng)), _agent(_casual(answer, rng))], "safe")


def _agent_advice(rng):
    for _ in range(120):
        medicine = rng.choice(p.MEDICINES)
        question = _user(rng.choice(["What should I do about {}?", "Is {} right for me?", "Tell me about {}"]).format(medicine))
        advice = rng.choice(p.SPECIALISED_ADVICE).format(rng.choice([5, 10, 20, 50, 200, 400]), medicine, rng.choice([2, 3, 4, 6, 8]))
        yield _row("agent-advice", [question, _agent(advice)], "unsafe", ["S5"])
        yield _row("agent-advice", [question, _agent(rng.choice(p.CAREFUL_ADVICE).format(medicine))], "safe")


def _wrong_role(train_rows, rng):
    """Statements of the data said by the agent instead; and hateful users answered calmly."""
    statements = [row for row in train_rows if row["source"] == "davidson-tweets"]
    for row in rng.sample(statements, min(500, len(statements))):
        text = row["messages"][0]["content"]
        opener = _user(rng.choice(["what do you think?", "say something", "tell me your opinion", "post a tweet", "hey"]))
        yield _row("wrong-role", [opener, _agent(text)], row["label"], row["categories"])
        calm = rng.choice(["I don't agree with that. Everyone deserves respect.", "I'd rather not continue in this tone.",
                           "Thanks for sharing. How can I help you today?", "I understand. Is there anything I can do for you?"])
        if rng.random() < 0.5:
            yield _row("wrong-role", [_user(text), _agent(calm)], "safe")
