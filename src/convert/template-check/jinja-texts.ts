/** A quoted string, up to its end or that of the source; never fails halfway, so that time stays linear. */
const STRING = String.raw`"(?:[^"\\]|\\.?)*(?:"|$)|'(?:[^'\\]|\\.?)*(?:'|$)`;

/** A comment, an expression or a statement. What ends it does not count within a string. */
const TAG = new RegExp(
  String.raw`(\{#.*?(?:#\}|$)|\{\{(?:${STRING}|.)*?(?:\}\}|$)|\{%(?:${STRING}|.)*?(?:%\}|$))`,
  "s",
);

/**
 * Everything a Jinja template could put into its output as it stands: the text around tags and the strings
 * within them, escapes decoded. Comments are no output. Nothing is run.
 */
export const jinjaTexts = (source: string): string[] =>
  source.split(TAG).flatMap((part, at) => (at % 2 === 0 ? [part] : stringsIn(part))); // text, tag, text, ...

function stringsIn(tag: string): string[] {
  if (tag.startsWith("{#")) return [];
  return Array.from(tag.matchAll(new RegExp(STRING, "gs")), ([quoted]) => decode(quoted.slice(1, -1)));
}

const CONTROL_ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/** The escapes of Python's string literals that occur in prompts. */
const decode = (text: string): string =>
  text.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))/gs,
    (_, byte?: string, unit?: string, char = "") => {
      const code = byte ?? unit;
      return code === undefined
        ? (CONTROL_ESCAPES[char as string] ?? String(char))
        : String.fromCharCode(parseInt(code, 16));
    },
  );
