"""Does the model read the policy it is given? Unsafe dev rows of one known category under changed policies.

Prints the share called unsafe under the full policy, with the row's own category left out (should fall), with another
one left out (should stay), and the share whose code is right when the categories stand in reverse order.
"""
import argparse
import random

from data import split_rows
from policy_prompts import LG2_FULL, LG2_NAMES, Variant
from score_guard import load_guard, score_rows
from tokenizer_bpe import Tokenizer

ROWS_PER_CATEGORY = 60


def without(base: Variant, code: str) -> Variant:
    kept = tuple(c for c in base.categories if c[0] != code)
    return Variant(base.name, base.style, kept, base.code_of, False)


def reversed_order(base: Variant) -> Variant:
    """S1 takes the text of S11 and so on."""
    count = len(base.categories)
    categories = tuple((f"S{i + 1}", name, text) for i, (_, name, text) in enumerate(reversed(base.categories)))
    return Variant(base.name, base.style, categories, {f"S{i + 1}": f"S{count - i}" for i in range(count)}, True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--checkpoint", required=True)
    args = parser.parse_args()
    guard, tokenizer = load_guard(args.checkpoint), Tokenizer.from_file(args.tokenizer)
    split, rng = split_rows(args.data), random.Random(11)
    dev = split["dev"] + [row for row in split["left_out"] if row["split"] == "dev"]
    by_code = {}
    for row in dev:
        if len(row["categories"]) == 1:
            by_code.setdefault(row["categories"][0], []).append(row)
    print("| policy | code | rows | unsafe, full | unsafe, own category out | unsafe, another out | code right | code right, reversed |")
    print("| --- " * 8 + "|")
    for base in (LG2_FULL, LG2_NAMES):
        for code in sorted(by_code, key=lambda c: int(c[1:])):
            rows = rng.sample(by_code[code], min(ROWS_PER_CATEGORY, len(by_code[code])))
            if len(rows) < 15:
                continue
            other = "S7" if code != "S7" else "S4"

            def scored(variant):
                return score_rows(guard, tokenizer, rows, variant)

            def share_unsafe(results):
                return sum(r["unsafe"] >= 0.5 for r in results) / len(rows)

            def share_right(results, expected):
                return sum(f"S{r['codes'].index(max(r['codes'])) + 1}" == expected for r in results) / len(rows)
            full, turned = scored(base), reversed_order(base)
            print(f"| {base.name} | {code} | {len(rows)} | {share_unsafe(full):.2f} | {share_unsafe(scored(without(base, code))):.2f} "
                  f"| {share_unsafe(scored(without(base, other))):.2f} | {share_right(full, code):.2f} "
                  f"| {share_right(scored(turned), turned.code_of[code]):.2f} |", flush=True)


if __name__ == "__main__":
    main()
