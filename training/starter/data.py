"""Reads the training data folder and splits off the sources that no training step may see."""
import gzip
import json
import re
from pathlib import Path

TRAIN_FILES = ("train-open", "train-open-hazards", "train-sharealike")
DEV_FILES = ("dev-open", "dev-sharealike")
# Non-commercial rows: read for a check of the finished model, never for training.
NON_COMMERCIAL_DEV_FILE = "dev-nc"

# Whole sources kept out of tokenizer, pretraining and fine-tuning (train and dev parts alike): all four pairs of
# role and label, and both wording (requests, tweets-like statements, chat, jailbroken answers) and origin differ.
LEFT_OUT_SOURCES = ("strongreject", "malicious-instruct", "harmbench-adv-training", "figstep-safebench",
                    "self-instruct-seed", "fastchat-bench", "hh-rlhf-harmless", "toxigen-demonstrations",
                    "gptfuzz-responses")


def read_rows(folder, *names) -> list:
    rows = []
    for name in names:
        with gzip.open(Path(folder) / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            rows += [json.loads(line) for line in lines]
    return rows


def is_left_out(row) -> bool:
    return row["source"].startswith(LEFT_OUT_SOURCES)


def is_plain_advice_request(row) -> bool:
    """A user asking for advice, which two sources call S5.

    Llama Guard 2's S5 is about giving specialised advice, so such a question is neither trained on nor scored.
    """
    return row["target"] == "user" and row["categories"] == ["S5"] and row["source"] != "ailuminate-demo"


def last_text(row) -> str:
    return row["messages"][-1]["content"]


def _normalised(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()


def split_rows(folder) -> dict:
    """{"train", "dev", "left_out", "left_out_train", "non_commercial_dev"}: lists of rows.

    Train and dev hold no row whose messages repeat a judged message of a left-out source, so that composed
    conversations cannot carry left-out text back in. left_out_train is the part of left_out a final pass may use.
    """
    everything = [row for row in read_rows(folder, *TRAIN_FILES, *DEV_FILES) if not is_plain_advice_request(row)]
    with_overlay = {row["id"]: row["categories"] for row in read_rows(folder, "category-overlay")}
    for row in everything:
        row["guessed_categories"] = [] if row["categories_known"] else with_overlay.get(row["id"], [])
    left_out = [row for row in everything if is_left_out(row)]
    judged = {_normalised(last_text(row)) for row in left_out}
    seen = [row for row in everything if not is_left_out(row)
            and not any(_normalised(m["content"]) in judged for m in row["messages"])]
    non_commercial = read_rows(folder, NON_COMMERCIAL_DEV_FILE)
    return {
        "train": [row for row in seen if row["split"] == "train"],
        "dev": [row for row in seen if row["split"] == "dev"],
        "left_out": left_out,
        "left_out_train": [row for row in left_out if row["split"] == "train"],
        "non_commercial_dev": [row for row in non_commercial if not is_plain_advice_request(row)],
    }
