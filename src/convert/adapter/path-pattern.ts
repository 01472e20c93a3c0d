/** Offsets into a path at which a match can stand: before a step, and after it. */
type Step = (path: string, from: ReadonlySet<number>) => Set<number>;

/** Twice the longest path of a Llama decoder's module, and every spelling of it in the wild. */
const MAX_PATTERN_CHARS = 200;

/** One character: itself, any, a digit, a word character, or one of a class. */
const CHARACTER = /\\[.dw]|\[[\w.-]+\]|[\w.]/y;

/**
 * Reads a key of PEFT's `rank_pattern` or `alpha_pattern`: a regular expression that must match a module's path
 * whole, or its end after a dot.
 *
 * The keys come from a downloaded file, and JavaScript's own matcher can be made to run for years. This one walks
 * the path with a set of offsets and never goes back: time is at most key x path^2. It knows characters, `.`, `\.`,
 * `\d`, `\w`, classes, `^`, `$`, `|`, `*`, `+`, `?` and groups that hold no group; names need no more.
 *
 * @returns whether a path matches; null when the key is longer than 200 characters or uses anything else
 * @see PEFT 0.21, utils/other.py, get_pattern_key
 */
export function readPathPattern(key: string): ((path: string) => boolean) | null {
  const step = key.length > MAX_PATTERN_CHARS ? null : parse(key);
  if (step === null) return null;
  return (path) => step(path, new Set([0, ...afterDots(path)])).has(path.length);
}

const afterDots = (path: string): number[] => [...path.matchAll(/\./g)].map(({ index }) => index + 1);

function parse(key: string): Step | null {
  let at = 0;
  const take = (sticky: RegExp): string | null => {
    sticky.lastIndex = at;
    const found = sticky.exec(key)?.[0] ?? null;
    at += found?.length ?? 0;
    return found;
  };
  const choice = (inGroup: boolean): Step => {
    const ways = [sequence(inGroup)];
    while (take(/\|/y) !== null) ways.push(sequence(inGroup));
    return either(ways);
  };
  const sequence = (inGroup: boolean): Step => {
    const steps: Step[] = [];
    for (let step = part(inGroup); step !== null; step = part(inGroup)) steps.push(step);
    return inOrder(steps);
  };
  const part = (inGroup: boolean): Step | null => {
    if (take(/\^/y) !== null) return where((_, offset) => offset === 0);
    if (take(/\$/y) !== null) return where((path, offset) => offset === path.length);
    const step = single(inGroup);
    return step && repeated(step, take(/[*+?]/y));
  };
  const single = (inGroup: boolean): Step | null => {
    const written = take(CHARACTER);
    if (written !== null) return character(new RegExp(`^${written}$`));
    if (inGroup || take(/\((?:\?:)?/y) === null) return null;
    const group = choice(true);
    if (take(/\)/y) === null) throw new SyntaxError("a group is left open");
    return group;
  };
  try {
    const whole = choice(false);
    return at === key.length ? whole : null;
  } catch {
    return null; // a group left open, or a class such as [9-0]
  }
}

const where =
  (holds: (path: string, offset: number) => boolean): Step =>
  (path, from) =>
    new Set([...from].filter((offset) => holds(path, offset)));

const character =
  (accepts: RegExp): Step =>
  (path, from) =>
    new Set([...from].filter((offset) => accepts.test(path.charAt(offset))).map((offset) => offset + 1));

const inOrder =
  (steps: readonly Step[]): Step =>
  (path, from) =>
    steps.reduce((reached, step) => step(path, reached), new Set(from));

const either =
  (ways: readonly Step[]): Step =>
  (path, from) =>
    new Set(ways.flatMap((way) => [...way(path, from)]));

const stay = inOrder([]);

/** Any number of times: goes on only from offsets that are new, so it ends. */
const anyTimes =
  (step: Step): Step =>
  (path, from) => {
    const reached = new Set(from);
    let fresh = from;
    while (fresh.size > 0) {
      fresh = new Set([...step(path, fresh)].filter((offset) => !reached.has(offset)));
      for (const offset of fresh) reached.add(offset);
    }
    return reached;
  };

function repeated(step: Step, quantifier: string | null): Step {
  if (quantifier === "?") return either([stay, step]);
  if (quantifier === "*") return anyTimes(step);
  return quantifier === "+" ? inOrder([step, anyTimes(step)]) : step;
}
