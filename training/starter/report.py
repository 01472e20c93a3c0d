"""Turns score files of the guard and the baseline into metrics.json and the tables of the README.

    report.py --data DIR --guard G.jsonl --baseline B.jsonl --out metrics.json [--final F.jsonl]

G belongs to the checkpoint that never saw the left-out sources; F, where given, to the shipped one that did.
"""
import argparse
import json
from collections import defaultdict
from pathlib import Path

import numpy as np

from data import split_rows
from metrics import category_figures, verdict_figures

COLUMNS = ("unsafe", "safe", "f1", "auprc", "fpr", "recallAtFpr01", "recallAtFpr05", "ece")


def read_scores(path) -> dict:
    return {line["id"]: line for line in map(json.loads, Path(path).read_text().splitlines())}


def groups_of(rows) -> dict:
    """{"all": rows, "role user": ..., "source x": ...}"""
    groups = defaultdict(list)
    for row in rows:
        source = "hh-rlhf-harmless/reader-labelled" if row["source"].startswith("hh-rlhf") else row["source"]
        for name in ("all", f"role {row['target']}", f"source {source}"):
            groups[name].append(row)
    return groups


def figures_for(rows, scores) -> dict:
    result = {}
    for name, members in groups_of(rows).items():
        unsafe = np.array([row["label"] == "unsafe" for row in members])
        score = np.array([scores[row["id"]]["unsafe"] for row in members])
        result[name] = verdict_figures(unsafe, score)
    all_scores = [scores[row["id"]] for row in rows]
    result["categories"] = category_figures(rows, [s["unsafe"] for s in all_scores], [s["codes"] for s in all_scores])
    result["smallestVerdictMass"] = min(s["mass"] for s in all_scores)
    return result


def table(metrics, split, names) -> str:
    """Markdown: one line per (group, model)."""
    lines = ["| rows | model | " + " | ".join(COLUMNS) + " |", "| --- " * (len(COLUMNS) + 2) + "|"]
    for group in sorted(metrics[names[0]][split], key=lambda g: (g != "all", g.split()[0] != "role", g)):
        if group in ("categories", "smallestVerdictMass"):
            continue
        for name in names:
            cells = [metrics[name][split][group][column] for column in COLUMNS]
            lines.append(f"| {group} | {name} | " + " | ".join(
                "" if c is None else str(c) if isinstance(c, int) else f"{c:.3f}" for c in cells) + " |")
    return "\n".join(lines)


def category_table(metrics, split, names) -> str:
    lines = ["| code | support | " + " | ".join(f"{name} recall | {name} auprc" for name in names) + " |",
             "| --- " * (2 + 2 * len(names)) + "|"]
    for code, first in metrics[names[0]][split]["categories"].items():
        cells = [f"{metrics[n][split]['categories'][code][key]:.3f}" for n in names for key in ("recall", "auprc")]
        lines.append(f"| {code} | {first['support']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--guard", required=True)
    parser.add_argument("--baseline", required=True)
    parser.add_argument("--final")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    split = split_rows(args.data)
    metrics = {}
    for name, path in (("guard", args.guard), ("baseline", args.baseline), ("shipped", args.final)):
        if path:
            scores = read_scores(path)
            parts = {"dev": split["dev"], "leftOut": split["left_out"], "nonCommercialDev": split["non_commercial_dev"]}
            if name == "shipped":  # it has trained on the train part of the left-out sources; their dev part is ordinary dev
                parts["leftOut"] = [row for row in split["left_out"] if row["split"] == "dev"]
                parts = {"leftOutSourcesDevPart" if k == "leftOut" else k: v for k, v in parts.items()}
            metrics[name] = {part: figures_for(rows, scores) for part, rows in parts.items()}
    Path(args.out).write_text(json.dumps(metrics, indent=1) + "\n")
    names = ["guard", "baseline"]
    for part in ("leftOut", "dev", "nonCommercialDev"):
        print(f"\n## {part}\n\n{table(metrics, part, names)}\n\n{category_table(metrics, part, names)}")
    if args.final:
        for part in ("dev", "leftOutSourcesDevPart", "nonCommercialDev"):
            print(f"\n## shipped, {part}\n\n{table(metrics, part, ['shipped'])}\n\n{category_table(metrics, part, ['shipped'])}")


if __name__ == "__main__":
    main()
