/** Text up to the first stop text. What may turn out to be the beginning of one is held back. */
export interface CutText {
  readonly text: string;
  readonly held: string;
  /** A stop text was found: nothing that follows belongs to the answer. */
  readonly stopped: boolean;
}

/** For servers that write out the stop text they stopped at. */
export function cutAtStops(text: string, stops: readonly string[]): CutText {
  const places = stops.map((stop) => text.indexOf(stop)).filter((place) => place >= 0);
  if (places.length > 0) return { text: text.slice(0, Math.min(...places)), held: "", stopped: true };
  const end = text.length - Math.max(0, ...stops.map((stop) => beginningAtEnd(text, stop)));
  return { text: text.slice(0, end), held: text.slice(end), stopped: false };
}

/** Length of the longest beginning of `stop` that `text` ends with. */
function beginningAtEnd(text: string, stop: string): number {
  for (let length = Math.min(stop.length - 1, text.length); length > 0; length--)
    if (text.endsWith(stop.slice(0, length))) return length;
  return 0;
}
