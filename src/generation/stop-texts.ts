/** Ends a text before the first stop text in it, however the text comes in pieces. */
export interface StopTexts {
  /**
   * @returns text that no stop text can reach any more, and whether one was found; then nothing may follow
   */
  push(piece: string): { readonly text: string; readonly stopped: boolean };
  /** The end that could still have become a stop text. */
  end(): string;
}

/**
 * The first stop text is the one complete first; where several end at once, the longest.
 * @param stops none empty
 */
export function createStopTexts(stops: readonly string[]): StopTexts {
  let held = "";
  return {
    push(piece) {
      const text = held + piece;
      const found = firstOf(stops, text);
      const kept = found === null ? text.length - hopefulEnd(stops, text) : found;
      held = found === null ? text.slice(kept) : "";
      return { text: text.slice(0, kept), stopped: found !== null };
    },
    end() {
      const rest = held;
      held = "";
      return rest;
    },
  };
}

/** Where the first stop text begins, or null. */
function firstOf(stops: readonly string[], text: string): number | null {
  let first: { start: number; end: number } | null = null;
  for (const stop of stops) {
    const start = text.indexOf(stop);
    if (start < 0) continue;
    const end = start + stop.length;
    if (first === null || end < first.end || (end === first.end && start < first.start))
      first = { start, end };
  }
  return first?.start ?? null;
}

/** Length of the longest end of `text` that begins a stop text. */
function hopefulEnd(stops: readonly string[], text: string): number {
  const longest = Math.max(0, ...stops.map((stop) => stop.length - 1));
  for (let length = Math.min(longest, text.length); length > 0; length--) {
    const end = text.slice(-length);
    if (stops.some((stop) => stop.length > length && stop.startsWith(end))) return length;
  }
  return 0;
}
