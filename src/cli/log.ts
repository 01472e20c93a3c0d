export type LogLevel = "info" | "warn" | "error";

/** Codes, counts, durations, names the operator chose. Never text or keys of callers. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** One event, one line. */
export type Log = (level: LogLevel, event: string, fields?: LogFields) => void;

interface LogTarget {
  readonly isTTY?: boolean;
  write(line: string): unknown;
}

/** JSON for machines, text for a terminal. */
export function createLog(form: "auto" | "json" | "text", target: LogTarget = process.stderr): Log {
  const line = form === "json" || (form === "auto" && target.isTTY !== true) ? jsonLine : textLine;
  return (level, event, fields = {}) => {
    target.write(`${line(new Date(), level, event, fields)}\n`);
  };
}

const jsonLine = (time: Date, level: LogLevel, event: string, fields: LogFields): string =>
  JSON.stringify({ time: time.toISOString(), level, event, ...fields });

function textLine(time: Date, level: LogLevel, event: string, fields: LogFields): string {
  const clock = time.toISOString().slice(11, 19);
  const rest = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${JSON.stringify(value)}`);
  return `${clock} ${level.padEnd(5)} ${event}${rest.join("")}`;
}
