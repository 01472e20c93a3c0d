"""The benign conversations that the example generator learns from.

Only sources whose agent turns are written in a helpful voice: no tweets, no forum chat, no answers to attacks. Rows under
non-commercial or research-only terms are never read.
"""
from data import read_rows

SOURCES = ("caia-ai-safety", "gpteacher-roleplay", "gpteacher-code", "fastchat-bench", "sgd-dialogues",
           "self-instruct-seed")
TRAIN_FILES = ("train-open", "train-sharealike")
DEV_FILES = ("dev-open", "dev-sharealike")


def benign_conversations(folder, *names) -> list:
    """Message lists of the safe rows of SOURCES. A row may end with the user: nothing answers it, but its words count."""
    return [[{**message, "content": message["content"].strip()} for message in row["messages"]]
            for row in read_rows(folder, *names) if row["label"] == "safe" and row["source"] in SOURCES]


def answered(conversations) -> list:
    """Those that end with the assistant, which is what a dev loss on answers can be taken from."""
    return [messages for messages in conversations if messages[-1]["role"] == "assistant"]
