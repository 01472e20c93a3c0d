import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import type { RunManifest } from "../../src/audit/index.js";
import { openFakeS3, S3_KEYS } from "../fixtures/fake-s3.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { runCli } from "./run-cli.js";

const LOG = `${JSON.stringify({
  id: "a",
  messages: [
    { role: "user", content: "What is the capital of France?" },
    { role: "assistant", content: "Paris." },
  ],
})}\n`;
const manifestIn = (dir: string): RunManifest =>
  JSON.parse(readFileSync(join(dir, "run.json"), "utf8")) as RunManifest;

describe("portcullis audit reads", () => {
  it("one's own columns, and prints its verdicts as JSONL, one line a message", async () => {
    const [csv, dir] = [join(tempFolder(), "own.csv"), join(tempFolder(), "run")];
    writeFileSync(csv, 'frage,antwort,nr\n"How do I bake bread?","Mix flour, water",7\n');
    const map = ["--map", "user=frage,assistant=antwort,id=nr"];
    expect(await runCli(["audit", csv, "--out", dir, ...map, "--keep-text"])).toMatchObject({ exitCode: 0 });
    expect(manifestIn(dir).options.logs).toEqual({
      format: "mapped",
      map: { user: "frage", assistant: "antwort", id: "nr" },
    });

    const { stdout, exitCode } = await runCli(["audit", "export", dir]);
    const rows = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(exitCode).toBe(0);
    expect(rows.map(({ conversation, turn, role, text }) => [conversation, turn, role, text])).toEqual([
      ["7", 0, "user", "How do I bake bread?"],
      ["7", 1, "assistant", "Mix flour, water"],
    ]);
    for (const { score } of rows) expect(score).toBeGreaterThan(0);
    expect(await runCli(["audit", "export", join(dir, "verdicts")])).toMatchObject({ exitCode: 2 });
  }, 120_000);

  it("the standard input, once: nobody knows whether the same comes again", async () => {
    const dir = join(tempFolder(), "run");
    expect(await runCli(["audit", "-", "--out", dir], { stdin: LOG })).toMatchObject({ exitCode: 0 });
    expect(manifestIn(dir).counts).toMatchObject({ judged: 2, faults: 0 });
    expect(await runCli(["audit", "-", "--out", dir], { stdin: LOG })).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("difference in the content of the logs"),
    });
  }, 120_000);

  it("objects of an S3 store with the credentials in the environment, and not without", async () => {
    await using store = await openFakeS3();
    store.objects.set("2026/11/a.jsonl", Buffer.from(LOG));
    const dir = join(tempFolder(), "run");
    const env = {
      AWS_ACCESS_KEY_ID: S3_KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: S3_KEYS.secretAccessKey,
      AWS_REGION: S3_KEYS.region,
      AWS_ENDPOINT_URL: store.endpoint,
    };
    const args = ["audit", "s3://logs/2026/", "--out", dir];
    expect(await runCli(args)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("AWS_ACCESS_KEY_ID"),
    });
    expect(existsSync(dir)).toBe(false);
    expect(await runCli(args, { env })).toMatchObject({ exitCode: 0 });
    expect(manifestIn(dir).counts).toMatchObject({ conversations: 1, judged: 2 });
    expect(manifestIn(dir).inputs[0]?.source).toBe("s3://logs/2026/11/a.jsonl");
    expect(readFileSync(join(dir, "run.json"), "utf8")).not.toContain(S3_KEYS.secretAccessKey);
  }, 120_000);

  it("either a format or a map", async () => {
    expect(
      await runCli(["audit", "x.csv", "--out", "run", "--format", "openai", "--map", "user=a"]),
    ).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("keep one of them") });
  });
});
