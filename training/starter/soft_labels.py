"""Out-of-fold P(unsafe) of the bag-of-words baseline for every training row, as a second opinion on its label.

The guard is trained towards a mix of label and this (finetune.py, --soft-labels): rows whose words point the other way,
often mislabelled ones, pull less, and what generalises well in the simple model is kept.
"""
import argparse
import json
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from baseline import features
from data import last_text
from finetune import training_rows

FOLDS = 5
C = 10.0  # the value baseline.py chooses


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--include-left-out", action="store_true")
    parser.add_argument("--seed", type=int, default=20240418)
    args = parser.parse_args()
    rows = training_rows(args.data, args.seed, args.include_left_out)
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2).fit(last_text(row) for row in rows)
    x, y = features(vectorizer, rows), np.array([row["label"] == "unsafe" for row in rows])
    opinion = np.zeros(len(rows))
    for fit_on, judge in KFold(FOLDS, shuffle=True, random_state=args.seed).split(x):
        model = LogisticRegression(C=C, max_iter=200).fit(x[fit_on], y[fit_on])
        opinion[judge] = model.predict_proba(x[judge])[:, 1]
    Path(args.out).write_text(json.dumps({row["id"]: round(float(p), 4) for row, p in zip(rows, opinion)}))


if __name__ == "__main__":
    main()
