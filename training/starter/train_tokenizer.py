"""Learns the tokenizer from training conversations and, weighted heavily, the policy and template texts."""
import argparse
import json
from pathlib import Path

from data import split_rows
from policy_prompts import (LG1_FULL, LG2_FULL, LG3_FULL, conversation_text, head_text, tail_text)
from tokenizer_bpe import Tokenizer, train_tokenizer

TEMPLATE_WEIGHT = 2000  # occurrences; every policy word becomes one token, so the shared head stays short


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", required=True, help="where tokenizer.json goes")
    args = parser.parse_args()
    texts = [(conversation_text(row["messages"]), 1) for row in split_rows(args.data)["train"]]
    for variant in (LG1_FULL, LG2_FULL, LG3_FULL):
        for role in ("user", "assistant"):
            texts += [(head_text(variant, role), TEMPLATE_WEIGHT), (tail_text(variant.style, role), TEMPLATE_WEIGHT)]
    content = train_tokenizer(texts)
    Path(args.out).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    tokenizer = Tokenizer(content)
    for variant in (LG1_FULL, LG2_FULL, LG3_FULL):
        print(variant.name, "head tokens", len(tokenizer.encode(head_text(variant, "user"))),
              "tail tokens", len(tokenizer.encode(tail_text(variant.style, "user"))))


if __name__ == "__main__":
    main()
