/** Turns tokens into text as they come, which ends inside no character: a token may hold a part of one. */
export interface TextStream {
  /** Text that is whole now; often that of the token, sometimes none, sometimes more. */
  push(token: number): string;
  /** What is left of a character that never became whole: U+FFFD, or nothing. */
  end(): string;
}

/** @param bytesOf UTF-8 of a token; none for control tokens */
export function createTextStream(bytesOf: (token: number) => Uint8Array): TextStream {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true }); // a BOM is a character like any other
  return {
    push: (token) => decoder.decode(bytesOf(token), { stream: true }),
    end: () => decoder.decode(),
  };
}
