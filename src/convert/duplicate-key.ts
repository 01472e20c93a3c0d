/**
 * Whether an object in valid JSON text names a key twice. `JSON.parse` keeps the last one silently, so a
 * file could show one reader something else than another.
 */
export function hasDuplicateKey(json: string): boolean {
  const open: (Set<string> | null)[] = []; // keys of every open object; null for an array
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === "{") open.push(new Set());
    else if (character === "[") open.push(null);
    else if (character === "}" || character === "]") open.pop();
    else if (character === '"') {
      const end = endOfString(json, at);
      if (json[pastSpace(json, end)] === ":") {
        const key = JSON.parse(json.slice(at, end)) as string;
        const keys = open.at(-1);
        if (keys?.has(key) === true) return true;
        keys?.add(key);
      }
      at = end - 1;
    }
  }
  return false;
}

/** By hand: on a string of megabytes a pattern runs out of stack. */
function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at + 1;
}

function pastSpace(json: string, start: number): number {
  let at = start;
  while (json[at] === " " || json[at] === "\n" || json[at] === "\r" || json[at] === "\t") at++;
  return at;
}
