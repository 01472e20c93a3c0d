/** Reads the service's gauges; each reading starts the next interval. */
export async function readGauge(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const value = new RegExp(`^${name.replaceAll(".", "_")}(?:{[^}]*})? (\\S+)`, "m").exec(text)?.[1];
  if (value === undefined) throw new Error(`/metrics has no ${name}`);
  return Number(value);
}

/** A counter of the service, over all its attributes. */
export async function readCounter(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const series = new RegExp(`^${name.replaceAll(".", "_")}_total(?:{[^}]*})? (\\S+)`, "gm");
  return [...text.matchAll(series)].reduce((sum, [, value]) => sum + Number(value), 0);
}
