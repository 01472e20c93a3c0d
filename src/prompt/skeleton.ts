/** A text as a reader sees it: each UTF-16 unit of `chars` stands for the code point at `origins[i]` of the text. */
export interface Skeleton {
  readonly chars: string;
  readonly origins: readonly number[];
}

/**
 * Look-alikes that compatibility decomposition leaves alone: Cyrillic, Greek, small capitals and punctuation.
 * Only shapes that pass for the letter at a glance; after Unicode's confusables.txt.
 */
const LOOK_ALIKES: readonly (readonly [string, string])[] = [
  ["АВЕЅІЈКМНОРСТУХҮԌ", "abesijkmhopctyxyg"],
  ["авеѕіјкмноԁрсһтухѵԝґӏԛ", "abesijkmhodpchtyxvwrlq"],
  ["ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abezhikmnoptyx"],
  ["αβεηικνορςτυγχ", "abenikvopctuyx"],
  ["ᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢɑɡıȷ", "abcdeghijklmnoprstuvwyzagij"],
  ["‹⟨〈《❬❮❰«≪˂᚜", "<<<<<<<<<<<"],
  ["›⟩〉》❭❯❱»≫˃᚛", ">>>>>>>>>>>"],
  ["【〔⟦〖❲⁅", "[[[[[["],
  ["】〕⟧〗❳⁆", "]]]]]]"],
  ["│┃∣ǀ⎮⏐❘¦‖║", "||||||||||"],
  ["⁄∕╱⧸", "////"],
  ["∶ː˸꞉׃։⁚", ":::::::"],
];

const BY_SHAPE = new Map(
  LOOK_ALIKES.flatMap(([from, to]) => [...from].map((char, index) => [char, to[index] ?? ""] as const)),
);

const LINE_BREAK = /[\n\v\f\r\u0085\u2028\u2029]/;
/** U+2800 is a blank Braille cell: it prints as a space without being one. */
const SPACE = /[\p{White_Space}\u2800]/u;
const INVISIBLE = /[\p{Cc}\p{Cf}\p{M}\p{Default_Ignorable_Code_Point}]/gu;

/** Letters in coloured boxes and flag letters: three alphabets that decompose to nothing. */
const BOXED_ALPHABETS = [0x1f150, 0x1f170, 0x1f1e6];

/** Longer decompositions are Arabic ligatures (U+FDFA: 18), of no use to an imitator but to take up memory. */
const MAX_FOLDED_CHARS = 4;

function foldCodePoint(char: string): string {
  if (LINE_BREAK.test(char)) return "\n";
  if (SPACE.test(char)) return " ";
  const code = char.codePointAt(0) ?? 0;
  const alphabet = BOXED_ALPHABETS.find((start) => code >= start && code < start + 26);
  if (alphabet !== undefined) return String.fromCharCode(0x61 + code - alphabet);
  const plain = char.normalize("NFKD").replace(INVISIBLE, "");
  if (plain.length > MAX_FOLDED_CHARS) return char;
  return Array.from(plain, (one) => BY_SHAPE.get(one) ?? one.toLowerCase()).join("");
}

const folded = new Map<string, string>();
/** Distinct code points remembered; text in a few scripts has some thousand. */
const MAX_FOLDED = 10_000;

/**
 * Folds case, compatibility forms, accents and look-alikes, turns every kind of space into a space and of
 * line break into "\n", and leaves out what does not print. Time grows linearly with the text.
 */
export function toSkeleton(text: string): Skeleton {
  const chars: string[] = [];
  const origins: number[] = [];
  let at = 0;
  for (const char of text) {
    let seen = folded.get(char);
    if (seen === undefined) {
      seen = foldCodePoint(char);
      if (folded.size < MAX_FOLDED) folded.set(char, seen);
    }
    chars.push(seen);
    for (let i = 0; i < seen.length; i += 1) origins.push(at);
    at += char.length;
  }
  return { chars: chars.join(""), origins };
}

/** The skeleton without the characters that `drop`, a pattern with the `g` flag, matches. */
export function without({ chars, origins }: Skeleton, drop: RegExp): Skeleton {
  const kept: number[] = [];
  let last = 0;
  for (const { index } of chars.matchAll(drop)) {
    for (; last < index; last += 1) kept.push(last);
    last = index + 1;
  }
  for (; last < chars.length; last += 1) kept.push(last);
  return { chars: chars.replace(drop, ""), origins: kept.map((index) => origins[index] ?? 0) };
}
