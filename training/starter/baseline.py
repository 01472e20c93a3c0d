"""The yardstick: logistic regression on word 1-2-grams of the last message, plus the role.

Trained on exactly the rows of finetune.py with the same row weights; C is chosen by AUPRC on dev.
Writes scores in the form of score_guard.py.
"""
import argparse
import json
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

from batches import row_weights
from data import last_text, split_rows
from finetune import training_rows

C_GRID = (0.3, 1, 3, 10, 30, 100)


def features(vectorizer, rows):
    role = csr_matrix([[float(row["target"] == "assistant")] for row in rows])
    return hstack([vectorizer.transform([last_text(row) for row in rows]), role]).tocsr()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--include-left-out", action="store_true")
    parser.add_argument("--seed", type=int, default=20240418)
    args = parser.parse_args()
    split, train = split_rows(args.data), training_rows(args.data, args.seed, args.include_left_out)
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2).fit(last_text(row) for row in train)
    x, y = features(vectorizer, train), np.array([row["label"] == "unsafe" for row in train])
    x_dev, y_dev = features(vectorizer, split["dev"]), np.array([row["label"] == "unsafe" for row in split["dev"]])
    balanced = np.array(row_weights(train)) * len(train)
    candidates = []
    for weighting, sample_weight in (("balanced like the guard", balanced), ("plain", None)):
        for c in C_GRID:
            model = LogisticRegression(C=c, max_iter=400).fit(x, y, sample_weight)
            auprc = average_precision_score(y_dev, model.predict_proba(x_dev)[:, 1])
            print(f"{weighting}, C {c}: dev AUPRC {auprc:.4f}", flush=True)
            candidates.append((auprc, c, weighting, model))
    auprc, c, weighting, verdict = max(candidates, key=lambda candidate: candidate[0])
    print(f"chosen: {weighting}, C {c}")
    known = [i for i, row in enumerate(train) if row["label"] == "unsafe" and row["categories"]]
    code = LogisticRegression(C=c, max_iter=400).fit(x[known], [train[i]["categories"][0] for i in known])
    rows = split["dev"] + split["left_out"] + split["non_commercial_dev"]
    x_test = features(vectorizer, rows)
    unsafe, codes = verdict.predict_proba(x_test)[:, 1], np.zeros((len(rows), 11))
    for column, name in enumerate(code.classes_):
        codes[:, int(name[1:]) - 1] = code.predict_proba(x_test)[:, column]
    lines = [{"id": row["id"], "unsafe": float(u), "mass": 1.0, "codes": [round(float(p), 5) for p in k]}
             for row, u, k in zip(rows, unsafe, codes)]
    Path(args.out).write_text("".join(json.dumps(line) + "\n" for line in lines))


if __name__ == "__main__":
    main()
