export { createTokenizer, MAX_TEXT_CHARS, openTokenizer, type Tokenizer } from "./tokenizer.js";
