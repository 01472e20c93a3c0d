/** The bytes of a record that is not whole yet, up to a bound; what exceeds it is counted, not kept. */
export interface HeldBytes {
  add(bytes: Uint8Array): void;
  /** More than the bound came; what was kept is of no use. */
  readonly overflowed: boolean;
  readonly isEmpty: boolean;
  /** Bytes added since the last `take`, those not kept included. */
  readonly length: number;
  /** Everything added since the last call. A view of the only piece where there was but one. */
  take(): Uint8Array;
}

export function createHeldBytes(maxBytes: number): HeldBytes {
  let pieces: Uint8Array[] = [];
  let length = 0;
  return {
    add(bytes) {
      length += bytes.length;
      if (length > maxBytes) pieces = [];
      else if (bytes.length > 0) pieces.push(bytes);
    },
    get overflowed() {
      return length > maxBytes;
    },
    get length() {
      return length;
    },
    get isEmpty() {
      return length === 0;
    },
    take() {
      const taken = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
      pieces = [];
      length = 0;
      return taken;
    },
  };
}
