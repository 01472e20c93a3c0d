import { formatNumber, html, type Html, type Interval } from "../../charts/index.js";
import type { TurnCounts } from "./run-summary.js";
import { wilsonInterval } from "./wilson.js";

/** `1 turn`, `2 turns`, `1,234 turns`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${formatNumber(count, "count")} ${count === 1 ? one : many}`;

export const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

export const percent = (part: number, whole: number): string => formatNumber(shareOf(part, whole), "share");

/** `2.1–3.4%`; a dash where nothing was counted. */
export function intervalWords(interval: Interval | null): string {
  if (interval === null) return "–";
  const [low, high] = interval.map((share) => formatNumber(share, "share")) as [string, string];
  return `${low.replace(/%$/, "")}–${high}`;
}

/** Turns that have no verdict, for whichever reason. */
export const withoutVerdict = ({ failed, notJudged }: Pick<TurnCounts, "failed" | "notJudged">): number =>
  failed + notJudged;

export const unsafeShare = ({ unsafe, judged }: Pick<TurnCounts, "unsafe" | "judged">): number | null =>
  shareOf(unsafe, judged);

export const unsafeInterval = ({ unsafe, judged }: Pick<TurnCounts, "unsafe" | "judged">): Interval | null =>
  wilsonInterval(unsafe, judged);

const NAME_CHARS = 160;

/** Names of files and keys of conversations, in letters of one width; of very long ones both ends. */
export function code(name: string): Html {
  const chars = [...name];
  if (chars.length <= NAME_CHARS) return html`<code>${name}</code>`;
  const [start, end] = [chars.slice(0, 110).join(""), chars.slice(-40).join("")];
  return html`<code>${start}…${end}</code> (${counted(chars.length, "character")})`;
}

/** A chip for each of some short words. */
export const chips = (words: readonly string[]): Html =>
  html`${words.map((word) => html`<span class="chip">${word}</span> `)}`;

/** A list of names and what they stand for. */
export const facts = (entries: readonly (readonly [string, string | Html])[]): Html => html`
  <dl class="facts">
    ${entries.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>
`;

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

export function bytesWords(bytes: number | null): string {
  if (bytes === null) return "–";
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(bytes, 1)) / 10)));
  const value = bytes / 1024 ** power;
  return `${value.toFixed(power === 0 || value >= 100 ? 0 : 1)} ${UNITS[power] ?? "B"}`;
}

/** `2 h 5 min`, `3 min 20 s`, `4.2 s` */
export function durationWords(seconds: number): string {
  if (seconds < 60) return `${formatNumber(Number(seconds.toFixed(1)))} s`;
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  return hours > 0
    ? `${formatNumber(hours, "count")} h ${String(minutes)} min`
    : `${String(minutes)} min ${String(rest)} s`;
}

/** `2026-11-25 14:03 UTC` of an ISO time; other text as it is. */
export const timeWords = (iso: string): string =>
  iso.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:\.\d+)?Z$/, "$1 $2 UTC");
