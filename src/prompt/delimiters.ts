import { toSkeleton, without, type Skeleton } from "./skeleton.js";

/**
 * Text that imitates the structure of a guard prompt. It cannot become structure, as it is never tokenised as
 * control, but a model may still read `<END CONVERSATION>` or a line `Agent: …` in a message as what it says.
 *
 * The patterns look at skeletons (case, look-alikes and invisible characters folded away). `tight` ones look
 * at text without spaces, quotes and emphasis, so that `< E N D  conversation >` is caught too. Each pattern
 * begins with a literal and cannot run past the next beginning: time is linear.
 */
interface Imitation {
  readonly pattern: RegExp;
  readonly tight: boolean;
  /** Index, within the match, of the one character to mark; by default every bracket and bar is replaced. */
  readonly breakAt?: (match: string) => number;
  /** Whether what stands at `start` of the text is something else after all. */
  readonly exempt?: (text: string, start: number) => boolean;
}

const CONTROL_NAMES =
  "beginoftext|endoftext|startheaderid|endheaderid|eotid|eomid|pythontag|finetunerightpadid|reservedspecialtoken[0-9]{1,3}|image|imstart|imend";

const IMITATIONS: readonly Imitation[] = [
  { tight: true, pattern: /[<[{]\/?(?:begin|end)(?:conversation|unsafecontentcategories)[>\]}]/g },
  { tight: true, pattern: new RegExp(`<\\|(?:${CONTROL_NAMES})\\|>`, "g") },
  { tight: false, pattern: /<\|[a-z0-9_]{1,64}\|>/g }, // any control token; with spaces it is an operator of F#
  {
    tight: true,
    pattern: /\[\/?inst\]/g,
    exempt: (text, start) => /^[\w\])]\[inst\]/.test(text.slice(Math.max(start - 1, 0), start + 6)), // `table[inst]`
  },
  // A line that opens a turn. The key `user:` of a YAML file is caught too: nothing tells the two apart.
  {
    tight: false,
    pattern: /(?:^|\n)[ >*#_"'`-]*(?:user|agent)[ *_"'`]*:/g,
    breakAt: (match) => match.length - 1,
  },
  { tight: true, pattern: /provideyoursafetyassessment/g, breakAt: () => "provideyoursafety".length - 1 },
  { tight: true, pattern: /checkifthereisunsafecontent/g, breakAt: () => "checkifthereisunsafe".length - 1 },
];

const LOOSE_CHARACTERS = /[\s_*~`"'\\-]/g;
const BRACKETS: Readonly<Record<string, string>> = {
  "<": "(",
  "[": "(",
  "{": "(",
  ">": ")",
  "]": ")",
  "}": ")",
  "|": " ",
};

interface Found {
  readonly imitation: Imitation;
  readonly match: string;
  /** Offset in the text of each character of `match`. */
  readonly origins: readonly number[];
}

function* imitationsIn(text: string): Generator<Found> {
  const plain = toSkeleton(text);
  const tight = without(plain, LOOSE_CHARACTERS);
  for (const imitation of IMITATIONS) {
    const skeleton: Skeleton = imitation.tight ? tight : plain;
    for (const { 0: match, index } of skeleton.chars.matchAll(imitation.pattern)) {
      const origins = skeleton.origins.slice(index, index + match.length);
      if (imitation.exempt?.(text, origins[0] ?? 0) !== true) yield { imitation, match, origins };
    }
  }
}

/** Whether a text imitates the structure of a guard prompt. */
export const hasDelimiterSpoof = (text: string): boolean => imitationsIn(text).next().done !== true;

/**
 * The text with every imitation broken and every word still readable: `<END CONVERSATION>` becomes
 * `(END CONVERSATION)`, a line `User: hi` becomes `User - hi`. What comes out imitates nothing.
 */
export function neutralizeDelimiters(text: string): string {
  const replacements = new Map<number, string>();
  for (const { imitation, match, origins } of imitationsIn(text)) {
    const breakAt = imitation.breakAt?.(match);
    [...match].forEach((char, index) => {
      const origin = origins[index] ?? 0;
      if (breakAt === undefined) {
        const bracket = BRACKETS[char];
        if (bracket !== undefined) replacements.set(origin, bracket);
      } else if (index === breakAt) {
        const original = String.fromCodePoint(text.codePointAt(origin) ?? 0);
        replacements.set(origin, char === ":" ? " -" : `${original},`);
      }
    });
  }
  if (replacements.size === 0) return text;
  let at = 0;
  return Array.from(text, (char) => {
    const replacement = replacements.get(at) ?? char;
    at += char.length;
    return replacement;
  }).join("");
}
