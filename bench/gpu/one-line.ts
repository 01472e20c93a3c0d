const MOST_CHARACTERS = 200;

/** What a native library says, as one line without the places in its source and on this machine. */
export function oneLine(message: string): string {
  const said = message.split(/ was false\. /).at(-1)!;
  const line = said
    .replace(/(?:\/[\w.@+-]+)+\/([\w.@+-]+)/g, "$1")
    .replace(/\s+/g, " ")
    .trim();
  return line.length <= MOST_CHARACTERS ? line : `${line.slice(0, MOST_CHARACTERS)}…`;
}
