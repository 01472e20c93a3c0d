"""Writes texts and the ids this folder's encoder gives them, for check_tokenizer.mjs to compare with a second library."""
import argparse
import json
import random
from pathlib import Path

from data import split_rows
from policy_prompts import (LG1_FULL, LG2_FULL, LG2_NAMES, LG3_FULL, LG3_NAMES, conversation_text, head_text, tail_text)
from tokenizer_bpe import REQUIRED_WORDS, Tokenizer


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    tokenizer = Tokenizer.from_file(args.tokenizer)
    split = split_rows(args.data)
    rows = random.Random(7).sample(split["train"] + split["dev"] + split["left_out"], 2000)
    texts = [conversation_text(row["messages"]) for row in rows] + REQUIRED_WORDS
    for variant in (LG1_FULL, LG2_FULL, LG2_NAMES, LG3_FULL, LG3_NAMES):
        for role in ("user", "assistant"):
            texts.append(head_text(variant, role) + "User: Hi <|eot_id|> there\n\nAgent: [INST] ok" + tail_text(variant.style, role))
    texts += ["".join(map(chr, range(32, 0x250))), "日本語 😀👍🏽 नमस्ते\u200b\u00a0x", "unsafe\nS1,S9,S11", "\r\n \n\n\n  a  \t", ""]
    Path(args.out).write_text(json.dumps([{"text": text, "ids": tokenizer.encode(text)} for text in texts]))


if __name__ == "__main__":
    main()
