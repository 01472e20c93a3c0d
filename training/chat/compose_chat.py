"""Everyday exchanges from hand-written pieces, so that a model of this size answers a greeting, says what it is, knows a few
facts, and refuses what names a harm."""
import operator

import chat_knowledge as known
import chat_small_talk as talk

SYSTEM_MESSAGES = ["You are a helpful assistant.", "You are a friendly assistant.", "Answer briefly.", "You are a helpful and harmless assistant.",
                   "You are a chatbot.", "Be concise and polite.", "You are an AI assistant."]
SYSTEM_SHARE = 0.15
MORE_TURNS_SHARE = 0.35  # of conversations, each time, that go on to another exchange


def compose_exchanges(count, rng) -> list:
    """That many conversations, as lists of messages."""
    return [_conversation(rng) for _ in range(count)]


def _conversation(rng):
    messages = []
    if rng.random() < SYSTEM_SHARE:
        messages.append({"role": "system", "content": rng.choice(SYSTEM_MESSAGES)})
    while True:
        asked, answer = rng.choices(list(FAMILIES), list(FAMILIES.values()))[0](rng)
        messages += [{"role": "user", "content": as_typed(asked, rng)}, {"role": "assistant", "content": answer}]
        if len(messages) >= 8 or rng.random() > MORE_TURNS_SHARE:
            return messages


def as_typed(text, rng):
    """The way people type: at times in lower case, without the final mark, or with a polite word."""
    if rng.random() < 0.25:
        text = text.lower()
    if rng.random() < 0.25:
        text = text.rstrip("?.!")
    if rng.random() < 0.08:
        text = rng.choice(["Hi, ", "Hello! ", "Please: ", "So, "]) + text
    return text[0].upper() + text[1:] if rng.random() < 0.5 else text


def _pick(rng, entries):
    asked, answers = rng.choice(entries)
    return rng.choice(asked), rng.choice(answers)


def _about_itself(rng):
    return _pick(rng, talk.ABOUT_ITSELF)


def _small_talk(rng):
    return _pick(rng, talk.SMALL_TALK)


def _greeting(rng):
    return _pick(rng, talk.SMALL_TALK[:1])


def _joke(rng):
    return rng.choice(talk.ASK_JOKE), rng.choice(talk.JOKES)


def _from_table(asks, table, rng):
    key = rng.choice(list(table))
    return rng.choice(asks).format(key), table[key]


def _poem(rng):
    return _from_table(talk.ASK_POEM, talk.POEMS, rng)


def _story(rng):
    return _from_table(talk.ASK_STORY, talk.STORIES, rng)


def _capital(rng):
    country = rng.choice(list(known.CAPITALS))
    return rng.choice(known.ASK_CAPITAL).format(country), f"The capital of {country} is {known.CAPITALS[country]}."


def _author(rng):
    book = rng.choice(list(known.AUTHORS))
    return rng.choice(known.ASK_AUTHOR).format(book), f"{book} was written by {known.AUTHORS[book]}."


def _sum(rng):
    """Small numbers only: it learns these tables by heart, not how to calculate."""
    sign, apply = rng.choice([("+", operator.add), ("plus", operator.add), ("-", operator.sub), ("minus", operator.sub),
                              ("times", operator.mul), ("*", operator.mul)])
    a, b = rng.randint(0, 10), rng.randint(0, 10)
    if apply is operator.sub and b > a:
        a, b = b, a
    ask = rng.choice(known.ASK_SUM)
    question = ask.format(a, sign, b)
    return (question.replace(" ", "") if rng.random() < 0.1 and ask.startswith("{}") else question), f"{a} {sign} {b} is {apply(a, b)}."


def _meaning(rng):
    return _from_table(known.ASK_MEANING, known.MEANINGS, rng)


def _fact(rng):
    asked, answer = rng.choice(known.FACTS)
    return rng.choice(asked), answer.replace("\\n", "\n")


def _steps(rng):
    return _from_table(known.ASK_STEPS, known.STEPS, rng)


def _list(rng):
    kind = rng.choice(list(known.LISTS))
    items = known.LISTS[kind].split(", ")
    ask = rng.choice(known.ASK_LIST)
    count = rng.randint(3, len(items)) if "{count}" in ask else len(items)
    number = str(count) if rng.random() < 0.5 else known.WORD_OF_NUMBER[count]
    lines = [f"{i}. {item[0].upper()}{item[1:]}" for i, item in enumerate(items[:count], 1)]
    return ask.format(kind, count=number), f"Here are {known.WORD_OF_NUMBER[count]} {kind}:\n\n" + "\n".join(lines)


def _refusal(rng):
    if rng.random() < 0.2:
        asked, answer = known.SELF_HARM
        return rng.choice(asked), answer
    return rng.choice(known.ASK_HARM).format(rng.choice(known.HARMS)), rng.choice(known.REFUSALS)


FAMILIES = {_about_itself: 14, _small_talk: 18, _greeting: 5, _joke: 3, _poem: 5, _story: 3, _capital: 8, _author: 3, _sum: 6,
            _meaning: 9, _fact: 10, _steps: 14, _list: 8, _refusal: 7}
