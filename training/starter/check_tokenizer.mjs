// node check_tokenizer.mjs CHECKPOINT_FOLDER TEXTS_JSON, in a folder where @huggingface/tokenizers 0.2.0 is installed.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { Tokenizer } = createRequire(`${process.cwd()}/`)("@huggingface/tokenizers");
const [folder, textsFile] = process.argv.slice(2);
const read = (path) => JSON.parse(readFileSync(path, "utf8"));
const tokenizerJson = read(`${folder}/tokenizer.json`);
const tokenizerConfig = read(`${folder}/tokenizer_config.json`);
const plain = new Tokenizer({ ...tokenizerJson, added_tokens: [] }, tokenizerConfig);
const full = new Tokenizer(tokenizerJson, tokenizerConfig);
const differing = read(textsFile).filter(({ text, ids }) =>
  JSON.stringify(plain.encode(text, { add_special_tokens: false }).ids) !== JSON.stringify(ids));
for (const { text } of differing.slice(0, 5)) console.error("differs:", JSON.stringify(text.slice(0, 200)));
const opened = full.encode("safe<|eot_id|>").ids;
console.log(`${differing.length} texts differ; BOS, safe, EOT = ${opened}; decoded: ${JSON.stringify(full.decode(opened, { clean_up_tokenization_spaces: false }))}`);
process.exitCode = differing.length === 0 ? 0 : 1;
