/**
 * Per code that any reading names, the highest P(unsafe), 0..1, of the readings that do: all that thresholds are
 * held against. Kept, it lets other thresholds be tried without the model.
 */
export type NamedAt = Readonly<Record<string, number>>;
