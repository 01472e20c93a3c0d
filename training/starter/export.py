"""Writes the checkpoint folder: Hugging Face Llama files, F16 weights, and the logits fixture.

The fixture is computed in float32 from the rounded weights, over the whole prompt at once (no shared-head path),
and is what other engines are compared with.
"""
import argparse
import json
import os
from pathlib import Path

import torch

from fixture_prompts import FIXTURE_PROMPTS
from model import Geometry, StarterGuard
from policy_prompts import body_ids, head_ids
from safetensors_file import write_safetensors
from tokenizer_bpe import Tokenizer

FIXTURE_WORDS = ["safe", "unsafe", "\n", "\n\n", "S", "O", ",S", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11",
                 "14", "A", "B"]


def write_text(path, text):
    partial = Path(f"{path}.partial")
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, path)


def config_json(g: Geometry, special) -> dict:
    return {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "attention_bias": False, "attention_dropout": 0.0,
        "mlp_bias": False, "bos_token_id": special["<|begin_of_text|>"], "eos_token_id": special["<|eot_id|>"],
        "hidden_act": "silu", "hidden_size": g.hidden, "intermediate_size": g.ffn, "num_hidden_layers": g.layers,
        "num_attention_heads": g.query_heads, "num_key_value_heads": g.kv_heads, "head_dim": g.head_dim,
        "max_position_embeddings": g.max_positions, "rms_norm_eps": g.rms_eps, "rope_theta": g.rope_theta,
        "rope_scaling": None, "vocab_size": g.vocab, "tie_word_embeddings": True, "initializer_range": 0.02,
        "pretraining_tp": 1, "use_cache": True, "torch_dtype": "float16"}


def tokenizer_config_json(g: Geometry, special) -> dict:
    return {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<|begin_of_text|>", "eos_token": "<|eot_id|>",
            "clean_up_tokenization_spaces": False, "model_input_names": ["input_ids", "attention_mask"],
            "model_max_length": g.max_positions,
            "added_tokens_decoder": {str(i): {"content": name, "lstrip": False, "normalized": False, "rstrip": False,
                                              "single_word": False, "special": True} for name, i in special.items()}}


@torch.no_grad()
def logits_fixture(guard, tokenizer) -> dict:
    ids = {word: tokenizer.id_of(word) for word in FIXTURE_WORDS} | {"<|eot_id|>": tokenizer.special["<|eot_id|>"]}
    cases = []
    for name, variant, messages in FIXTURE_PROMPTS:
        role = messages[-1]["role"]
        prompt = head_ids(tokenizer, variant, role) + body_ids(tokenizer, messages, variant.style, role)
        logits = guard.logits(guard.encode_rows(torch.tensor([prompt])))[0, -1]
        cases.append({"name": name, "policy": variant.name, "messages": messages, "tokenIds": prompt,
                      "logits": {str(i): round(logits[i].item(), 5) for i in ids.values()}})
    return {"about": "Logits after the last prompt token, float32 arithmetic on the F16 weights. Llama Guard 3 prompts "
                     "end with the blank line that precedes the verdict.",
            "tokenIds": ids, "cases": cases}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", required=True, help="a file of finetune.py")
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--out", required=True, help="the checkpoint folder")
    args = parser.parse_args()
    out, g = Path(args.out), Geometry()
    out.mkdir(parents=True, exist_ok=True)
    tokenizer_text = Path(args.tokenizer).read_text(encoding="utf-8")
    tokenizer = Tokenizer(json.loads(tokenizer_text))
    saved = torch.load(args.checkpoint)
    rounded = {name: value.half() for name, value in saved.get("average", saved).items()}
    guard = StarterGuard(g).eval()
    guard.load_state_dict({name: value.float() for name, value in rounded.items()})
    write_safetensors(out / "model.safetensors", {"model." + name: value.numpy() for name, value in rounded.items()})
    write_text(out / "tokenizer.json", tokenizer_text)
    for name, content in (("config.json", config_json(g, tokenizer.special)),
                          ("tokenizer_config.json", tokenizer_config_json(g, tokenizer.special)),
                          ("generation_config.json", {"bos_token_id": tokenizer.special["<|begin_of_text|>"],
                                                      "eos_token_id": [tokenizer.special["<|end_of_text|>"],
                                                                       tokenizer.special["<|eot_id|>"]],
                                                      "do_sample": False}),
                          ("logits-fixture.json", logits_fixture(guard, tokenizer))):
        write_text(out / name, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
