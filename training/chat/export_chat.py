"""Writes the checkpoint folder: Hugging Face Llama files, F16 weights, and the logits fixture.

The fixture is computed in float32 from the rounded weights and is what other engines are compared with.
"""
import argparse
import json
from pathlib import Path

import torch

from chat_geometry import CHAT_GEOMETRY
from chat_prompts import FIXTURE_CONVERSATIONS
from chat_tokens import prompt_ids
from export import config_json, tokenizer_config_json, write_text
from model import StarterGuard
from safetensors_file import write_safetensors
from tokenizer_bpe import Tokenizer

HIGHEST = 20  # logits kept of each case, with as many again from all over the vocabulary
SPREAD = range(0, CHAT_GEOMETRY.vocab, CHAT_GEOMETRY.vocab // 20)


def generation_config_json(special) -> dict:
    return {"bos_token_id": special["<|begin_of_text|>"],
            "eos_token_id": [special["<|end_of_text|>"], special["<|eot_id|>"]],
            "do_sample": True, "temperature": 0.6, "top_p": 0.9}


@torch.no_grad()
def logits_fixture(model, tokenizer) -> dict:
    cases = []
    for name, messages in FIXTURE_CONVERSATIONS:
        prompt = prompt_ids(tokenizer, messages)
        logits = model.logits(model.encode_rows(torch.tensor([prompt])))[0, -1]
        kept = sorted({*logits.topk(HIGHEST).indices.tolist(), *SPREAD})
        cases.append({"name": name, "messages": messages, "tokenIds": prompt, "next": logits.argmax().item(),
                      "logits": {str(i): round(logits[i].item(), 5) for i in kept}})
    return {"about": "Logits after the last token of Llama 3 chat prompts, float32 arithmetic on the F16 weights: the 20 highest "
                     "and 21 spread over the vocabulary. `next` has the highest.",
            "cases": cases}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", required=True, help="a file of train_chat.py")
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--out", required=True, help="the checkpoint folder")
    args = parser.parse_args()
    out, g = Path(args.out), CHAT_GEOMETRY
    out.mkdir(parents=True, exist_ok=True)
    tokenizer_text = Path(args.tokenizer).read_text(encoding="utf-8")
    tokenizer = Tokenizer(json.loads(tokenizer_text))
    rounded = {name: value.half() for name, value in torch.load(args.checkpoint)["average"].items()}
    model = StarterGuard(g).eval()
    model.load_state_dict({name: value.float() for name, value in rounded.items()})
    write_safetensors(out / "model.safetensors", {"model." + name: value.numpy() for name, value in rounded.items()})
    write_text(out / "tokenizer.json", tokenizer_text)
    for name, content in (("config.json", config_json(g, tokenizer.special)),
                          ("tokenizer_config.json", tokenizer_config_json(g, tokenizer.special)),
                          ("generation_config.json", generation_config_json(tokenizer.special)),
                          ("logits-fixture.json", logits_fixture(model, tokenizer))):
        write_text(out / name, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
