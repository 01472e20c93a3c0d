"""Learns the tokenizer from the benign conversations: the starter's, at half its size, since there is little text."""
import argparse
import json
from pathlib import Path

import tokenizer_bpe
from chat_geometry import VOCAB
from conversations import TRAIN_FILES, benign_conversations

CONTROL_TOKENS = 256
NAMES = "Portcullis assistant system user Hello Thanks Hi"
NAME_WEIGHT = 2000  # occurrences: words that nearly every chat holds, and the text rarely or never


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", required=True, help="where tokenizer.json goes")
    args = parser.parse_args()
    tokenizer_bpe.ORDINARY_COUNT = VOCAB - CONTROL_TOKENS
    tokenizer_bpe.REQUIRED_WORDS = ["\n", "\n\n"]  # no verdicts here
    texts = [(message["content"], 1) for messages in benign_conversations(args.data, *TRAIN_FILES) for message in messages]
    content = tokenizer_bpe.train_tokenizer([*texts, (NAMES, NAME_WEIGHT), (" " + NAMES, NAME_WEIGHT)])
    Path(args.out).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    tokenizer = tokenizer_bpe.Tokenizer(content)
    tokens, characters = sum(len(tokenizer.encode(text)) for text, _ in texts), sum(len(text) for text, _ in texts)
    print(f"{tokens} tokens, {characters / tokens:.2f} characters each")


if __name__ == "__main__":
    main()
