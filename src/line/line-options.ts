/** How to get to a model server. */
export interface LineOptions {
  /** Address of the server, with or without the closing `/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string | null;
  /** Sent along with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Longest time to connect. */
  readonly connectTimeoutMs: number;
  /**
   * Longest time without a byte, the first one included. Comments count: they are sent by servers at work on a
   * long prompt or a long queue, and deadlines hold all the same. Time the reader takes does not count.
   */
  readonly silenceMs: number;
}

/** What pauses between attempts are made of. */
export interface Clock {
  /** @throws the signal's reason */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** 0..1 */
  readonly random: () => number;
}
