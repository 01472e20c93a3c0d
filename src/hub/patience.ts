/** How long a download puts up with what networks and other processes do. */
export interface Patience {
  /** Longest time without a byte, whether of headers or of a body, until a request counts as dead. */
  readonly silenceMs: number;
  /** Pauses between attempts that brought nothing; one attempt more than there are pauses. */
  readonly pausesMs: readonly number[];
  /** A partial file that nobody touched for so long belongs to nobody. Its owner touches it five times as often. */
  readonly abandonedMs: number;
}

export const DEFAULT_PATIENCE: Patience = {
  silenceMs: 60_000,
  pausesMs: [1_000, 2_000, 4_000, 8_000, 16_000],
  abandonedMs: 10_000,
};
