/** One scored item: what it is, how likely the guard finds it, and what the guard decided. */
export interface Scored {
  readonly unsafe: boolean;
  /** 0..1. */
  readonly score: number;
  /** Whether the decision that is measured calls it unsafe. */
  readonly flagged: boolean;
  /** Items of one group are no independent evidence. */
  readonly group: number;
}

/** Items sorted by score, highest first, in columns: what every figure is read off in one pass. */
export interface Sample {
  readonly size: number;
  readonly scores: Float64Array;
  readonly unsafe: Uint8Array;
  readonly flagged: Uint8Array;
  /** From 0, without gaps. */
  readonly groups: Int32Array;
  readonly groupCount: number;
}

/** How often each item of a sample counts; whole numbers. A bootstrap draws these instead of copying items. */
export type Weights = Uint16Array;

export function createSample(items: readonly Scored[]): Sample {
  const sorted = [...items].sort((one, other) => other.score - one.score);
  const numbers = new Map<number, number>();
  for (const { group } of items) if (!numbers.has(group)) numbers.set(group, numbers.size);
  return {
    size: sorted.length,
    scores: Float64Array.from(sorted, ({ score }) => score),
    unsafe: Uint8Array.from(sorted, ({ unsafe }) => (unsafe ? 1 : 0)),
    flagged: Uint8Array.from(sorted, ({ flagged }) => (flagged ? 1 : 0)),
    groups: Int32Array.from(sorted, ({ group }) => numbers.get(group)!),
    groupCount: numbers.size,
  };
}

/** Every item once. */
export const onceEach = ({ size }: Sample): Weights => new Uint16Array(size).fill(1);
