"""Unlabelled agent turns spliced from sentences of training rows, with the bag-of-words model's P(unsafe) as their target.

A small decoder is sure of itself on wording it has not seen; the simple model degrades gently. Learning from it on
spliced text, which no source looks like, carries some of that over (distillation). It helped with agent turns, whose
unsafe rows come from few sources, and hurt with user turns, so only agent turns are made.
"""
import argparse
import json
import random
import re
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from baseline import features
from data import last_text
from finetune import training_rows
from soft_labels import C

ROW_COUNT = 6000
_SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]*\s*")


def _excerpt(text, rng):
    """One to four neighbouring sentences."""
    sentences = _SENTENCE.findall(text) or [text]
    count = min(len(sentences), rng.randint(1, 4))
    start = rng.randint(0, len(sentences) - count)
    return "".join(sentences[start:start + count]).strip()[:400]


def spliced_rows(rows, rng) -> list:
    agent_rows = {label: [r for r in rows if r["target"] == "assistant" and r["label"] == label]
                  for label in ("safe", "unsafe")}
    spliced = []
    for i in range(ROW_COUNT):
        parents = [rng.choice(agent_rows[rng.choice(["safe", "unsafe"])]) for _ in range(rng.choice([1, 2, 2, 3]))]
        text = rng.choice([" ", "\n\n"]).join(_excerpt(last_text(parent), rng) for parent in parents)
        messages = [rng.choice(parents)["messages"][-2], {"role": "assistant", "content": text}]
        spliced.append({"id": f"spliced-{i}", "source": "spliced-here", "split": "train", "target": "assistant",
                        "messages": messages, "categories": [], "guessed_categories": []})
    return spliced


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", required=True, help="JSONL of rows for finetune.py --mixtures")
    parser.add_argument("--include-left-out", action="store_true")
    parser.add_argument("--seed", type=int, default=20240418)
    args = parser.parse_args()
    rows = training_rows(args.data, args.seed, args.include_left_out)
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2).fit(last_text(row) for row in rows)
    model = LogisticRegression(C=C, max_iter=200).fit(features(vectorizer, rows),
                                                      np.array([row["label"] == "unsafe" for row in rows]))
    spliced = spliced_rows(rows, random.Random(args.seed))
    opinion = model.predict_proba(features(vectorizer, spliced))[:, 1]
    lines = [dict(row, label="unsafe" if p >= 0.5 else "safe", categories_known=bool(p < 0.5), opinion_only=True,
                  second_opinion=round(float(p), 4)) for row, p in zip(spliced, opinion)]
    Path(args.out).write_text("".join(json.dumps(line) + "\n" for line in lines))


if __name__ == "__main__":
    main()
