import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "@jest/globals";
import { mapInOrder, PACKAGE_ROOT, seededRandom } from "../../src/base/index.js";
import { tempFolder } from "../fixtures/temp-folder.js";

const CONVERSATIONS = 60;
const RUNS = 10;
const KILLS_PER_RUN = 10;
/** A run of that many conversations takes some 430 ticks; taken up again so often, it gets that far all the same. */
const LATEST_TICK = 40;

interface Ended {
  readonly signal: string | null;
  readonly stderr: string;
  readonly result: {
    readonly signature: string;
    readonly counts: object;
    readonly wasFinished: boolean;
  } | null;
}

/** @param killAt tick at which the process kills itself, below 0 at which the disk is full; 0 for never */
async function audit(dir: string, seed: number, killAt: number): Promise<Ended> {
  const script = join(PACKAGE_ROOT, "test/audit/scripted-audit.mjs");
  const child = spawn(process.execPath, [script, dir, String(seed), String(CONVERSATIONS), String(killAt)]);
  const [stdout, stderr, [exitCode, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close") as Promise<[number | null, string | null]>,
  ]);
  if (exitCode !== 0 && killAt >= 0 && signal !== "SIGKILL")
    throw new Error(`exit ${String(exitCode)}, signal ${String(signal)}: ${stderr}`);
  return {
    signal,
    stderr,
    result: stdout === "" ? null : (JSON.parse(stdout) as NonNullable<Ended["result"]>),
  };
}

const contentOf = (dir: string): readonly string[] =>
  ["faults.parquet", ...readdirSync(join(dir, "verdicts")).map((name) => `verdicts/${name}`)]
    .sort()
    .map((path) => `${path} ${readFileSync(join(dir, path)).toString("base64")}`);

describe("an audit that is disturbed", () => {
  it("comes to the same files as one that was left alone, after 100 kills with -9 at any moment", async () => {
    const random = seededRandom(20261125);
    const plans = Array.from({ length: RUNS }, () =>
      Array.from({ length: KILLS_PER_RUN }, () => 1 + Math.floor(random() * LATEST_TICK)),
    );
    const kills = await mapInOrder([...plans.entries()], 2, async ([seed, ticks]) => {
      const [whole, killed] = [tempFolder(), tempFolder()];
      const undisturbed = await audit(whole, seed, 0);
      for (const tick of ticks) expect((await audit(killed, seed, tick)).signal).toBe("SIGKILL");
      const { result } = await audit(killed, seed, 0);
      expect(result).toMatchObject({
        ...{ wasFinished: false, signature: undisturbed.result?.signature },
        counts: undisturbed.result?.counts,
      });
      expect(contentOf(killed)).toEqual(contentOf(whole));
      return ticks.length;
    });
    expect(kills.reduce((sum, one) => sum + one, 0)).toBe(100);
  }, 900_000); // a hundred starts of Node take minutes where others compute as well

  it("keeps what is judged when the disk is full, says so, and goes on when there is room", async () => {
    const [whole, full] = [tempFolder(), tempFolder()];
    const undisturbed = await audit(whole, 1, 0);
    for (const tick of [-8, -20, -31, -45]) {
      const { stderr, result } = await audit(full, 1, tick);
      expect(result).toBeNull();
      expect(stderr).toContain("there is no room left on the disk of");
    }
    expect((await audit(full, 1, 0)).result?.signature).toBe(undisturbed.result?.signature);
    expect(contentOf(full)).toEqual(contentOf(whole));
  }, 120_000);
});
