import llama3 from "llama3-tokenizer-js";

/** Names of the 256 control tokens, 128000 first. */
export const LLAMA_3_CONTROLS: readonly string[] = llama3.vocabById.slice(128_000);

/** Llama 3's `tokenizer.json`, rebuilt from the vocabulary and merges that the package carries. */
export function llama3TokenizerJson(): Record<string, unknown> {
  return {
    version: "1.0",
    added_tokens: LLAMA_3_CONTROLS.map((content, index) => ({
      id: 128_000 + index,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        {
          type: "Split",
          pattern: {
            Regex:
              "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
          },
          behavior: "Isolated",
          invert: false,
        },
        { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: null,
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: "BPE",
      unk_token: null,
      ignore_merges: true,
      vocab: Object.fromEntries(llama3.vocabById.slice(0, 128_000).map((token, id) => [token, id])),
      merges: [...llama3.merges.keys()],
    },
  };
}
