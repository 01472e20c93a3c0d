import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { parseThresholds, replayRun, verifyRun, withPolicy, withThresholds } from "../../src/audit/index.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { finishedRun, type FinishedRun } from "./finished-run.js";
import { policy } from "./scripted-judge.js";

const signal = new AbortController().signal;
const replay = async ({ dir }: FinishedRun, thresholds: string, out = join(tempFolder(), "replay")) => ({
  out,
  manifest: await replayRun({
    ...{ dir, outDir: out, signal },
    change: (policies) => withThresholds(policies, parseThresholds(thresholds)),
  }),
});

describe("replayRun", () => {
  it.each([0.1, 0.45, 0.55, 0.7, 1])(
    "comes to what the judge says at a threshold of %d",
    async (threshold) => {
      const run = await finishedRun([policy()], { scores: "listed" });
      const { out, manifest } = await replay(run, `S1=${String(threshold)},S2=${String(threshold)}`);
      const judged = await finishedRun([policy("test", threshold)], { scores: "listed" });
      const { unsafe, failed, rows } = judged.manifest.counts;
      expect(manifest.counts).toMatchObject({ unsafe, failed, rows });
      expect((await verifyRun(out)).faults).toEqual([]);
      expect(manifest.replayOf).toBe(run.manifest.signature);
      expect(manifest.policies[0]!.sha256).not.toBe(run.manifest.policies[0]!.sha256);
    },
  );

  it("takes the rules of a policy that asks the model the same, and gives the signature of a run under it", async () => {
    const run = await finishedRun();
    const changed = { ...policy("test", 0.6), sha256: "a".repeat(64), version: "2" };
    const { signature } = await replayRun({
      ...{ dir: run.dir, outDir: join(tempFolder(), "replay"), signal },
      change: (policies) => withPolicy(policies, changed),
    });
    expect(signature).toBe((await finishedRun([changed])).manifest.signature);
  });

  it("refuses a policy that asks something else, or that did not judge", async () => {
    const { manifest } = await finishedRun();
    const [first, ...rest] = policy().categories;
    const reworded = { ...policy(), categories: [{ ...first!, text: "Should not." }, ...rest] };
    expect(() => withPolicy(manifest.policies, reworded)).toThrow("asks the model something else");
    expect(() => withPolicy(manifest.policies, policy("other"))).toThrow("not judged by a policy other");
  });

  it("refuses thresholds below what the run decoded from, unless every category was scored", async () => {
    const out = join(tempFolder(), "replay");
    await expect(replay(await finishedRun(), "S1=0.4", out)).rejects.toThrow("--scores listed");
    expect(existsSync(out)).toBe(false);
    await replay(await finishedRun([policy()], { scores: "listed" }), "S1=0.4");
  });

  it("does not write over anything", async () => {
    const run = await finishedRun();
    await expect(replay(run, "S1=0.7", run.dir)).rejects.toThrow("holds something already");
  });
});

describe("withThresholds", () => {
  it("changes one role or both, of the policy that is named", async () => {
    const { manifest } = await finishedRun([policy("a"), policy("b")]);
    const rulesOf = (changes: string) =>
      withThresholds(manifest.policies, parseThresholds(changes)).map(({ categories }) =>
        categories.map(({ rules }) => [rules.user.threshold, rules.assistant.threshold]),
      );
    expect(rulesOf("a/S1=0.7, b/user:S2=1")).toEqual([
      [
        [0.7, 0.7],
        [0.5, 0.5],
      ],
      [
        [0.5, 0.5],
        [1, 0.5],
      ],
    ]);
    expect(() => rulesOf("S1=0.7")).toThrow("name one, as in a/S1");
    expect(() => rulesOf("a/S9=0.7")).toThrow("no category S9");
    for (const wrong of ["", "S1", "S1=2", "S1=-1", "s1=0.5", "S1=0.5;S2=0.5", "both:S1=0.5"])
      expect(() => parseThresholds(wrong)).toThrow("--threshold takes");
  });
});
