const pairs = (from: string, to: string): ReadonlyMap<string, string> => {
  const others = [...to];
  return new Map([...from].map((char, at) => [char, others[at]!]));
};

/** Latin letters and the Cyrillic ones that most fonts draw alike. */
export const BY_LOOK_ALIKE = pairs("aceijopsxyABCEHIJKMOPSTX", "асеіјорѕхуАВСЕНІЈКМОРЅТХ");

export const BY_LEET = pairs("aAeEiIoOsStTbBgG", "443311005$778899");

/** U+FF01 to U+FF5E stand in the order of ASCII from `!` to `~`; the space has a place of its own. */
export const toFullWidth = (text: string): string =>
  text
    .replace(/[!-~]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0))
    .replaceAll(" ", "\u3000");
