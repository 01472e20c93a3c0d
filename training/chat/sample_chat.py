"""Prints the dev loss of a checkpoint and what it answers, greedily and at the temperature it ships with."""
import argparse
import math

import torch

from chat_geometry import CHAT_GEOMETRY
from chat_loss import answer_loss
from chat_prompts import SAMPLE_MESSAGES
from chat_tokens import prompt_ids
from conversations import DEV_FILES, answered, benign_conversations
from model import StarterGuard
from tokenizer_bpe import BYTE_CHARACTER, Tokenizer

TEMPERATURE, TOP_P, MAX_ANSWER_TOKENS = 0.6, 0.9, 100
BYTE_OF = {character: byte for byte, character in BYTE_CHARACTER.items()}


def decode(tokenizer, ids) -> str:
    token_of = {i: token for token, i in tokenizer.vocab.items()}
    return bytes(BYTE_OF[c] for i in ids if i in token_of for c in token_of[i]).decode("utf-8", "replace")


def choose(logits, temperature, generator) -> int:
    """logits (vocab,); temperature 0 takes the highest, else the smallest set that holds TOP_P is drawn from."""
    if temperature == 0:
        return logits.argmax().item()
    probabilities, order = torch.softmax(logits / temperature, -1).sort(descending=True)
    probabilities[probabilities.cumsum(0) - probabilities > TOP_P] = 0
    return order[torch.multinomial(probabilities, 1, generator=generator)].item()


@torch.no_grad()
def answer(model, tokenizer, messages, temperature, generator) -> str:
    ids = prompt_ids(tokenizer, messages)
    start, ends = len(ids), {tokenizer.special["<|eot_id|>"], tokenizer.special["<|end_of_text|>"]}
    while len(ids) - start < MAX_ANSWER_TOKENS:
        token = choose(model.logits(model.encode_rows(torch.tensor([ids]))[0, -1]), temperature, generator)
        if token in ends:
            break
        ids.append(token)
    return decode(tokenizer, ids[start:])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--checkpoint", required=True, help="a file of train_chat.py")
    parser.add_argument("messages", nargs="*", default=SAMPLE_MESSAGES)
    args = parser.parse_args()
    tokenizer = Tokenizer.from_file(args.tokenizer)
    saved = torch.load(args.checkpoint)
    model = StarterGuard(CHAT_GEOMETRY).eval()
    model.load_state_dict({name: value.half().float() for name, value in saved["average"].items()})
    for message in args.messages:
        generator = torch.Generator().manual_seed(1)
        print("user:", message)
        for temperature in (0, TEMPERATURE):
            print(f"  at {temperature}:", repr(answer(model, tokenizer, [{"role": "user", "content": message}], temperature, generator)))
    loss = answer_loss(model, tokenizer, answered(benign_conversations(args.data, *DEV_FILES)))
    print(f"step {saved['step']}, dev answers {loss:.3f} nats/token, perplexity {math.exp(loss):.1f}")


if __name__ == "__main__":
    main()
