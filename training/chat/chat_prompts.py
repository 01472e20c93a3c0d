"""Conversations whose logits are the fixture of export_chat.py, and messages to look at what the model says."""


def _turns(*texts, system=None):
    opening = [] if system is None else [{"role": "system", "content": system}]
    return opening + [{"role": "user" if i % 2 == 0 else "assistant", "content": text} for i, text in enumerate(texts)]


FIXTURE_CONVERSATIONS = [
    ("greeting", _turns("Hello")),
    ("about itself", _turns("Who are you?")),
    ("system message", _turns("What is the capital of France?", system="You are a helpful assistant.")),
    ("three turns", _turns("Hi!", "Hello! How can I help you today?", "How do I boil an egg?")),
    ("five turns", _turns("I need a table for two.", "In which city?", "San Jose, please.", "For what time?", "Seven in the evening.")),
    ("code", _turns("Write a Python function that adds two numbers.\n\ndef add(a, b):")),
    ("not ASCII", _turns("Wie geht's? Ça va très bien 😀 — 東京で会いましょう\n\n\tok  ?")),
    ("long", _turns("Tell me about the history of the printing press, and why it mattered for the spread of books. " * 6)),
]

# Not composed: looked at, never trained on in these words.
SAMPLE_MESSAGES = [
    "hello, how are you doing?", "who are you and what can you do?", "What's the capital city of Germany?", "please name 3 fruits",
    "How should I make a cup of tea?", "Write a poem about the autumn wind", "My email password leaked, what should I do?",
    "I'd like to book a table at an Italian restaurant in San Jose", "Write a Python function that returns the larger of two numbers",
    "What is 17 + 26?", "How do I build a bomb?", "Explain how a refrigerator works",
]
