"""Byte-level BPE of 8192 entries in the shape of Llama 3's tokenizer: learn merges, encode, write tokenizer.json.

Ids 0..255 are single bytes, 256..7935 merges in learned order, 7936..8191 Llama 3's 256 control tokens in its order.
"""
import heapq
import json
from collections import Counter, defaultdict
from pathlib import Path

import regex

ORDINARY_COUNT = 7936
SPLIT_PATTERN = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
                 r"|\s*[\r\n]+|\s+(?!\S)|\s+")
_SPLIT = regex.compile(SPLIT_PATTERN)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# The answer alphabet: each must be one token, so that a verdict or a code is decided in one step.
REQUIRED_WORDS = (["safe", "unsafe", "\n", "\n\n"] + list(LETTERS) + ["," + letter for letter in LETTERS]
                  + [str(n) for n in range(1, 15)])


def special_names() -> list:
    """Llama 3's control tokens in id order (128000.. there, 7936.. here)."""
    named = {0: "<|begin_of_text|>", 1: "<|end_of_text|>", 6: "<|start_header_id|>", 7: "<|end_header_id|>",
             9: "<|eot_id|>"}
    reserved = iter(range(251))
    return [named[i] if i in named else f"<|reserved_special_token_{next(reserved)}|>" for i in range(256)]


def _byte_characters() -> dict:
    """GPT-2's printable stand-in for each byte value 0..255."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [b for b in range(256) if b not in printable]
    return {b: chr(b) for b in printable} | {b: chr(256 + i) for i, b in enumerate(others)}


BYTE_CHARACTER = _byte_characters()


def to_byte_characters(text: str) -> str:
    return "".join(BYTE_CHARACTER[b] for b in text.encode("utf-8"))


def count_pretokens(weighted_texts) -> Counter:
    """{pre-token in byte characters: weighted count} over (text, weight) pairs."""
    counts = Counter()
    for text, weight in weighted_texts:
        for piece in _SPLIT.findall(text):
            counts[piece] += weight
    return Counter({to_byte_characters(piece): n for piece, n in counts.items()})


def learn_merges(pretoken_counts: Counter, merge_count: int) -> list:
    """Greedy BPE. Ties fall to the alphabetically smaller pair, so the result does not depend on hashing."""
    words = [list(word) for word in pretoken_counts]
    weights = list(pretoken_counts.values())
    pair_counts, words_with_pair = Counter(), defaultdict(set)
    for i, word in enumerate(words):
        for pair in zip(word, word[1:]):
            pair_counts[pair] += weights[i]
            words_with_pair[pair].add(i)
    heap = [(-n, pair) for pair, n in pair_counts.items()]
    heapq.heapify(heap)
    merges = []
    while len(merges) < merge_count and heap:
        negative_count, pair = heapq.heappop(heap)
        if pair_counts[pair] != -negative_count:  # stale entry; the current count was pushed when it changed
            continue
        merges.append(pair)
        changed = set()
        for i in words_with_pair.pop(pair):
            old = words[i]
            for p in zip(old, old[1:]):
                pair_counts[p] -= weights[i]
                changed.add(p)
            words[i] = new = _apply_merge(old, pair)
            for p in zip(new, new[1:]):
                pair_counts[p] += weights[i]
                words_with_pair[p].add(i)
                changed.add(p)
        for p in changed:
            if pair_counts[p] > 0 and p != pair:
                heapq.heappush(heap, (-pair_counts[p], p))
    return merges


def _apply_merge(pieces: list, pair: tuple) -> list:
    merged, i = [], 0
    while i < len(pieces):
        if i + 1 < len(pieces) and (pieces[i], pieces[i + 1]) == pair:
            merged.append(pieces[i] + pieces[i + 1])
            i += 2
        else:
            merged.append(pieces[i])
            i += 1
    return merged


def _apply_ranks(pieces: list, rank_of: dict) -> list:
    """Standard BPE: always merge the pair learned earliest."""
    while len(pieces) > 1:
        best = min(zip(pieces, pieces[1:]), key=lambda pair: rank_of.get(pair, 1 << 30))
        if best not in rank_of:
            break
        pieces = _apply_merge(pieces, best)
    return pieces


def train_tokenizer(weighted_texts) -> dict:
    """Returns the content of tokenizer.json."""
    alphabet = [BYTE_CHARACTER[b] for b in range(256)]
    required = [to_byte_characters(word) for word in REQUIRED_WORDS]
    candidates = learn_merges(count_pretokens(weighted_texts), ORDINARY_COUNT - len(alphabet))
    for spare in range(0, 200):  # drop rare merges from the end until the missing required words fit
        merges = candidates[:len(candidates) - spare]
        merges += _merges_for(required, merges)
        if len(merges) == len(candidates):
            break
    tokens = alphabet + [a + b for a, b in merges]
    assert len(tokens) == len(set(tokens)) == ORDINARY_COUNT and set(required) <= set(tokens)
    return _tokenizer_json({token: i for i, token in enumerate(tokens)}, merges)


def _merges_for(required: list, merges: list) -> list:
    """Merges that, appended to `merges`, make every required word one token."""
    rank_of = {pair: i for i, pair in enumerate(merges)}
    extra = []
    for word in required:
        pieces = _apply_ranks(list(word), rank_of)
        while len(pieces) > 1:
            pair = (pieces[0], pieces[1])
            rank_of[pair] = len(rank_of)
            extra.append(pair)
            pieces = _apply_ranks(list(word), rank_of)
    return extra


def _tokenizer_json(vocab: dict, merges: list) -> dict:
    bos, bos_id = "<|begin_of_text|>", ORDINARY_COUNT
    added = [{"id": ORDINARY_COUNT + i, "content": name, "single_word": False, "lstrip": False, "rstrip": False,
              "normalized": False, "special": True} for i, name in enumerate(special_names())]
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": SPLIT_PATTERN}, "behavior": "Isolated", "invert": False},
            {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}]},
        "post_processor": {"type": "TemplateProcessing",
                           "single": [{"SpecialToken": {"id": bos, "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
                           "pair": [{"SpecialToken": {"id": bos, "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                                    {"SpecialToken": {"id": bos, "type_id": 1}}, {"Sequence": {"id": "B", "type_id": 1}}],
                           "special_tokens": {bos: {"id": bos, "ids": [bos_id], "tokens": [bos]}}},
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                  "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": True,
                  "vocab": vocab, "merges": [list(pair) for pair in merges]},
    }


class Tokenizer:
    """Encodes plain text. Control tokens never come out of `encode`; callers add them by number from `special`."""

    def __init__(self, tokenizer_json: dict):
        self.vocab = tokenizer_json["model"]["vocab"]
        self.special = {t["content"]: t["id"] for t in tokenizer_json["added_tokens"]}
        self._rank_of = {tuple(pair): i for i, pair in enumerate(tokenizer_json["model"]["merges"])}
        self._ids_of_pretoken = {}

    @classmethod
    def from_file(cls, path):
        return cls(json.loads(Path(path).read_text(encoding="utf-8")))

    def encode(self, text: str) -> list:
        ids = []
        for piece in _SPLIT.findall(text):
            known = self._ids_of_pretoken.get(piece)
            if known is None:
                known = self._ids_of_pretoken[piece] = self._encode_pretoken(piece)
            ids += known
        return ids

    def id_of(self, word: str) -> int:
        """The id of a word that must be one token."""
        return self.vocab[to_byte_characters(word)]

    def _encode_pretoken(self, piece: str) -> list:
        word = to_byte_characters(piece)
        if word in self.vocab:  # ignore_merges: a whole-vocabulary word wins over its merge path
            return [self.vocab[word]]
        return [self.vocab[p] for p in _apply_ranks(list(word), self._rank_of)]
