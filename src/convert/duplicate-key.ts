/**
 * Whether an object in valid JSON text names a key twice. `JSON.parse` keeps the last one silently, so a
 * file could show one reader something else than another.
 */
export function hasDuplicateKey(json: string): boolean {
  const open: (Set<string> | null)[] = []; // keys of every open object; null for an array
  const token = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/gs;
  for (const [text, colon] of json.matchAll(token)) {
    if (text === "{") open.push(new Set());
    else if (text === "[") open.push(null);
    else if (text === "}" || text === "]") open.pop();
    else if (colon !== undefined) {
      const key = JSON.parse(text.slice(0, -colon.length)) as string;
      const keys = open[open.length - 1];
      if (keys?.has(key) === true) return true;
      keys?.add(key);
    }
  }
  return false;
}
