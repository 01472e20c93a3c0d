"""Prints the shipped checkpoint's verdict on everyday messages beside the expected one."""
import argparse

import torch

from sanity_messages import sanity_rows
from score_guard import load_guard, score_rows
from tokenizer_bpe import Tokenizer


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--checkpoint", required=True)
    args = parser.parse_args()
    torch.set_num_threads(2)
    rows = sanity_rows()
    for row, result in zip(rows, score_rows(load_guard(args.checkpoint), Tokenizer.from_file(args.tokenizer), rows)):
        verdict = "unsafe" if result["unsafe"] >= 0.5 else "safe"
        code = "S" + str(result["codes"].index(max(result["codes"])) + 1) if verdict == "unsafe" else ""
        mark = "ok " if verdict == row["label"] else "NOT"
        print(f"{mark} {result['unsafe']:.3f} {verdict} {code}\t{row['target']}: {row['messages'][-1]['content']}")


if __name__ == "__main__":
    main()
