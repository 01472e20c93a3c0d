/** Wraps `compute` so that the `capacity` most recently asked keys are computed once. */
export function remember<T>(capacity: number, compute: (key: string) => T): (key: string) => T {
  const values = new Map<string, T>(); // in order of last use
  return (key) => {
    const value = values.has(key) ? (values.get(key) as T) : compute(key);
    values.delete(key);
    values.set(key, value);
    const [oldest] = values.keys();
    if (values.size > capacity && oldest !== undefined) values.delete(oldest);
    return value;
  };
}
