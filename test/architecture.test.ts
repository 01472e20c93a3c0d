import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it, test } from "@jest/globals";

/** The house, ground floor first. A room may import rooms of lower floors, through their index only. */
const FLOORS = [
  ["base"],
  ["config", "telemetry", "model", "policy", "duckdb"],
  ["prompt", "tokenizer", "convert", "hub", "runtime", "generation", "line", "logs", "charts"],
  ["engine", "upstream", "calibrate", "dataset"],
  ["guard", "remote-guard"],
  ["audit", "chat", "eval"],
  ["http"],
  ["cli"],
];
const SRC = resolve(import.meta.dirname, "../src");

const floorOf = (room: string): number => FLOORS.findIndex((floor) => floor.includes(room));
const roomOf = (file: string): string => relative(SRC, file).split("/")[0]!;

const sources = (readdirSync(SRC, { recursive: true }) as string[])
  .filter((file) => file.endsWith(".ts"))
  .map((file) => join(SRC, file));

interface Import {
  from: string;
  target: string;
}

const imports: Import[] = sources.flatMap((from) =>
  [...readFileSync(from, "utf8").matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map((match) => ({
    from,
    target: resolve(dirname(from), match[1]!.replace(/\.js$/, ".ts")),
  })),
);

const betweenRooms = imports.filter(({ from, target }) => roomOf(from) !== roomOf(target));

describe("the house", () => {
  it("has a floor for every room", () => {
    const rooms = new Set(sources.map(roomOf).filter((room) => room !== "main.ts"));
    expect([...rooms].filter((room) => floorOf(room) < 0)).toEqual([]);
  });

  test.each(betweenRooms.map((one) => [relative(SRC, one.from), relative(SRC, one.target)] as const))(
    "%s may import %s",
    (from, target) => {
      const [room, targetRoom] = [from.split("/")[0]!, target.split("/")[0]!];
      if (room !== "main.ts") expect(floorOf(room)).toBeGreaterThan(floorOf(targetRoom));
      expect(target).toBe(`${targetRoom}/index.ts`);
    },
  );

  it("has no circle of files", () => {
    const next = new Map<string, string[]>();
    for (const { from, target } of imports) next.set(from, [...(next.get(from) ?? []), target]);
    const done = new Set<string>();
    const visit = (file: string, path: string[]): void => {
      if (path.includes(file))
        throw new Error(`circle: ${[...path, file].map((f) => relative(SRC, f)).join(" > ")}`);
      if (done.has(file)) return;
      for (const target of next.get(file) ?? []) visit(target, [...path, file]);
      done.add(file);
    };
    for (const file of sources) visit(file, []);
  });

  it("keeps the native runtime behind one room", () => {
    const importers = sources.filter((file) => /"onnxruntime-node"/.test(readFileSync(file, "utf8")));
    expect(new Set(importers.map(roomOf))).toEqual(new Set(["runtime"]));
  });

  it("loads the native runtime only in child processes", () => {
    const users = betweenRooms.filter(({ target }) => roomOf(target) === "runtime");
    expect(users.map(({ from }) => relative(SRC, from)).filter((from) => !/\/child\//.test(from))).toEqual(
      [],
    );
  });

  it("has no drawer for everything", () => {
    expect(sources.filter((file) => /(utils?|helpers?|types|manager)\.ts$/.test(file))).toEqual([]);
  });
});
