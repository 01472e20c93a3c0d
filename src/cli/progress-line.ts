/** How far a long work has come. */
export interface ProgressState {
  /** What is being done, such as the name of a file. */
  readonly label: string;
  readonly done: number;
  /** 0 while it is unknown. */
  readonly total: number;
  readonly unit: "bytes" | "tokens" | "rows" | "turns";
  /** Whatever else is worth a few words. */
  readonly note?: string;
}

export interface ProgressLine {
  update(state: ProgressState): void;
  /** Shows the last state for good, and then a line of the caller's. */
  finish(line?: string): void;
}

export interface ProgressLineOptions {
  readonly stream: { write(text: string): unknown; readonly columns?: number };
  /** Whether the line can be rewritten; elsewhere plain lines are written, seldom. */
  readonly isTerminal: boolean;
  /** Milliseconds, monotonic. */
  readonly now?: () => number;
}

const TERMINAL_EVERY_MS = 100;
const PLAIN_EVERY_MS = 10_000;
/** What speed and time left are measured over. */
const WINDOW_MS = 10_000;
const SAMPLE_EVERY_MS = 250;
const [WIDEST_BAR, NARROWEST_BAR] = [30, 8];

export function createProgressLine({
  stream,
  isTerminal,
  now = () => performance.now(),
}: ProgressLineOptions): ProgressLine {
  const everyMs = isTerminal ? TERMINAL_EVERY_MS : PLAIN_EVERY_MS;
  const speedometer = createSpeedometer();
  let latest: ProgressState | undefined;
  let shown: ProgressState | undefined;
  let shownMs: number | undefined;

  const show = (state: ProgressState): void => {
    const text = describe(state, speedometer.perSecond());
    if (isTerminal) stream.write(`\r${fit(text, barOf(state), (stream.columns || 80) - 1)}\x1b[K`);
    else stream.write(`${text}\n`);
    [shown, shownMs] = [state, now()];
  };
  return {
    update(state) {
      latest = state;
      speedometer.note(now(), state.done);
      shownMs ??= isTerminal ? -Infinity : now(); // a short work needs no plain line before its last
      if (now() - shownMs >= everyMs) show(state);
    },
    finish(line) {
      if (latest !== undefined && latest !== shown) show(latest);
      if (isTerminal && latest !== undefined) stream.write("\n");
      if (line !== undefined) stream.write(`${line}\n`);
      [latest, shown, shownMs] = [undefined, undefined, undefined];
    },
  };
}

function createSpeedometer(): { note(atMs: number, done: number): void; perSecond(): number | null } {
  let samples: { atMs: number; done: number }[] = [];
  return {
    note(atMs, done) {
      const last = samples.at(-1);
      if (last !== undefined && done < last.done)
        samples = []; // another phase, or a file begun anew
      else if (last !== undefined && atMs - last.atMs < SAMPLE_EVERY_MS) return;
      samples.push({ atMs, done });
      while (atMs - samples[0]!.atMs > WINDOW_MS) samples.shift();
    },
    perSecond() {
      const [first, last] = [samples[0], samples.at(-1)];
      if (first === undefined || last === undefined || last.done === first.done) return null;
      return ((last.done - first.done) / (last.atMs - first.atMs)) * 1000;
    },
  };
}

function describe({ label, done, total, unit, note }: ProgressState, perSecond: number | null): string {
  const count = amount(done, unit) + (total > 0 ? ` of ${amount(total, unit)}` : "");
  const parts = [label, ...(total > 0 ? [`${String(Math.floor((100 * done) / total))}%`] : []), count];
  if (perSecond !== null) {
    parts.push(`${amount(perSecond, unit)}/s`);
    if (total > done) parts.push(`${duration((total - done) / perSecond)} left`);
  }
  return [...parts, ...(note === undefined ? [] : [note])].join("  ");
}

/** Draws as much of a bar as the width allows, and cuts what is still too long. */
function fit(text: string, bar: (columns: number) => string, columns: number): string {
  const space = Math.min(WIDEST_BAR, columns - text.length - 2);
  return space < NARROWEST_BAR ? text.slice(0, columns) : `${bar(space)}  ${text}`;
}

const barOf =
  ({ done, total }: ProgressState) =>
  (columns: number): string => {
    const filled = total > 0 ? Math.min(columns - 2, Math.floor(((columns - 2) * done) / total)) : 0;
    return `[${"#".repeat(filled)}${"-".repeat(columns - 2 - filled)}]`;
  };

const BYTE_UNITS = ["bytes", "kB", "MB", "GB", "TB"];

function amount(count: number, unit: ProgressState["unit"]): string {
  if (unit !== "bytes") return `${Math.round(count).toLocaleString("en-US")} ${unit}`;
  const power = Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3));
  return `${(count / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${BYTE_UNITS[power]!}`;
}

function duration(seconds: number): string {
  if (seconds < 90) return `${String(Math.ceil(seconds))} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90
    ? `${String(minutes)} min`
    : `${String(Math.floor(minutes / 60))} h ${String(minutes % 60)} min`;
}
