/** Hands out keys that are unique within one reading. */
export interface KeyClaims {
  /** True the first time; false for a key that was claimed before, and, once in 2^64 pairs, for another one. */
  claim(key: string): boolean;
}

const LEAST_SLOTS = 1024;

/**
 * Remembers 64 bits of each key in an open table, 16 to 32 bytes for each: texts of a million keys in a Set take
 * 100 MiB. That two keys meet costs no more than that the second gets a made one.
 */
export function createKeyClaims(): KeyClaims {
  let slots = new Uint32Array(2 * LEAST_SLOTS);
  let claimed = 0;

  const place = (table: Uint32Array, high: number, low: number): boolean => {
    const count = table.length / 2;
    for (let at = low % count; ; at = (at + 1) % count) {
      const [otherHigh, otherLow] = [table[2 * at]!, table[2 * at + 1]!];
      if (otherHigh === high && otherLow === low) return false;
      if (otherHigh !== 0 || otherLow !== 0) continue;
      table[2 * at] = high;
      table[2 * at + 1] = low;
      return true;
    }
  };
  const grow = (): void => {
    const larger = new Uint32Array(2 * slots.length);
    for (let at = 0; at < slots.length; at += 2)
      if (slots[at] !== 0 || slots[at + 1] !== 0) place(larger, slots[at]!, slots[at + 1]!);
    slots = larger;
  };
  return {
    claim(key) {
      const [high, low] = hash(key);
      if (!place(slots, high, low)) return false;
      claimed += 1;
      if (4 * claimed > slots.length) grow(); // half full
      return true;
    },
  };
}

/** Two 32-bit hashes of different kinds (FNV-1a and a mix by another prime), never both 0. */
function hash(key: string): [high: number, low: number] {
  let [high, low] = [0x811c9dc5, 0x9e3779b9];
  for (let at = 0; at < key.length; at++) {
    const unit = key.charCodeAt(at);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul(low ^ unit, 0x85ebca6b);
    low ^= low >>> 13;
  }
  return [high >>> 0, (low ^ (low >>> 16)) >>> 0 || 1];
}
