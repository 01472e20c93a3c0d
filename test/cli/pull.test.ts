import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, test } from "@jest/globals";
import { FAKE_COMMIT, openFakeHub, type FakeHubOptions } from "../fixtures/fake-hub.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { writeTinyCheckpoint } from "../fixtures/tiny-checkpoint.js";
import { runCli, type Finished } from "./run-cli.js";

const SLOW_MS = 120_000; // starts processes on machines that may be busy
const REPOSITORY = "acme/Tiny-Llama-Guard-2";

let checkpoint: string;
let files: Record<string, Uint8Array>;
beforeAll(async () => {
  checkpoint = join(tempFolder(), "checkpoint");
  await writeTinyCheckpoint(checkpoint);
  const content = readdirSync(checkpoint).map(
    (name) => [name, readFileSync(join(checkpoint, name))] as const,
  );
  files = {
    ...Object.fromEntries(content),
    LICENSE: Buffer.from("terms"),
    "README.md": Buffer.from("read me"),
  };
});

const pull = (folder: string, args: readonly string[], env: Record<string, string> = {}): Promise<Finished> =>
  runCli(["pull", ...args, "--models-dir", join(folder, "models")], {
    env: { HF_HUB_CACHE: join(folder, "cache"), HOME: folder, ...env },
  });

async function pullFrom(
  options: Partial<FakeHubOptions>,
  args: readonly string[] = [REPOSITORY, "--format", "fp32"],
): Promise<Finished> {
  await using hub = await openFakeHub({ files, repository: REPOSITORY, ...options });
  return await pull(tempFolder(), args, { HF_ENDPOINT: hub.endpoint });
}

describe("portcullis pull", () => {
  it(
    "brings a guard from the hub to a folder that serve finds by its name, once",
    async () => {
      const folder = tempFolder();
      await using hub = await openFakeHub({ files, repository: REPOSITORY });
      const env = { HF_ENDPOINT: hub.endpoint };
      const first = await pull(folder, [REPOSITORY, "--calibrate", "8"], env);
      expect(first.stderr).toContain(`${REPOSITORY}@0123456789ab: `);
      expect(first.exitCode).toBe(0);
      expect(first.stdout).toContain("tiny-llama-guard-2, int8, ");
      expect(first.stdout).toContain("Against float32 on 2 prompts: P(unsafe) moved ");
      expect(first.stdout).toContain("Serve it: portcullis serve --guard tiny-llama-guard-2\n");
      const model = join(folder, "models/tiny-llama-guard-2");
      expect(readdirSync(join(folder, "models"))).toEqual(["tiny-llama-guard-2"]);
      expect(readFileSync(join(model, "LICENSE"), "utf8")).toBe("terms");
      expect(JSON.parse(readFileSync(join(model, "manifest.json"), "utf8"))).toMatchObject({
        ...{ id: "tiny-llama-guard-2", task: "guard", template: "llama-guard-2" },
        source: { repository: REPOSITORY, revision: FAKE_COMMIT },
        quantization: { smoothing: { alpha: 0.5 }, calibration: { prompts: 8 } },
      });
      expect(hub.contentRequests("README.md")).toEqual([]);

      const requests = hub.requests.length;
      const again = await pull(folder, [REPOSITORY], env);
      expect(again).toMatchObject({ exitCode: 0, stderr: "" });
      expect(again.stdout).toBe("tiny-llama-guard-2 is there already, made of what was asked for\n");
      expect(hub.requests).toHaveLength(requests);

      const otherwise: [string[], RegExp][] = [
        [["--format", "int4"], /another format, smooth: .*portcullis models remove tiny-llama-guard-2/],
        [["--smooth", "0.7"], /another smooth:/],
        [["--template", "llama-guard-3"], /another template:/],
        [["--revision", "f".repeat(40)], /another revision:/],
        [["--id", "other"], /another id:/],
        [["--adapter", "/absent"], /--adapter names the folder of an adapter/],
      ];
      for (const [flags, message] of otherwise) {
        const refused = await pull(folder, [REPOSITORY, ...flags], env);
        expect(refused).toMatchObject({ exitCode: 2, stdout: "" });
        expect(refused.stderr).toMatch(message);
      }
    },
    SLOW_MS,
  );

  it(
    "takes a folder in place of the hub, and a generator's defaults for a generator",
    async () => {
      const folder = tempFolder();
      const args = ["acme/Llama-3-Tiny", "--from", checkpoint, "--name", "chat", "--revision", "r1"];
      const { exitCode, stdout } = await pull(folder, args, { HF_ENDPOINT: "http://127.0.0.1:9" });
      expect(exitCode).toBe(0);
      expect(stdout).not.toContain("serve --guard");
      expect(JSON.parse(readFileSync(join(folder, "models/chat/manifest.json"), "utf8"))).toMatchObject({
        ...{ id: "chat", task: "generator", template: "llama-3", graph: { format: "int4" } },
        ...{ head: { kind: "full" }, source: { repository: "acme/Llama-3-Tiny", revision: "r1" } },
      });

      const smoothed = [
        "acme/Llama-3-Tiny",
        "--from",
        checkpoint,
        "--name",
        "smooth",
        "--format",
        "int8",
        "--calibrate",
        "6",
      ];
      expect(await pull(folder, smoothed)).toMatchObject({ exitCode: 0 });
      expect(JSON.parse(readFileSync(join(folder, "models/smooth/manifest.json"), "utf8"))).toMatchObject({
        quantization: { smoothing: { alpha: 0.5 }, calibration: { prompts: 6 }, agreement: null },
      });
    },
    SLOW_MS,
  );

  it(
    "warns when the checkpoint's own chat template asks in other words",
    async () => {
      const template = Buffer.from("{{ bos_token }}{% for m in messages %}{{ m.content }}{% endfor %}Safe?");
      const { exitCode, stderr } = await pullFrom({ files: { ...files, "chat_template.jinja": template } });
      expect(stderr).toMatch(
        /Warning: the checkpoint's own chat template lacks \d+ fixed texts of llama-guard-2/,
      );
      expect(stderr).not.toContain("Safe?");
      expect(exitCode).toBe(0);
    },
    SLOW_MS,
  );

  const gated = { status: 401, headers: { "x-error-code": "GatedRepo" } };
  const refusals: [string, Partial<FakeHubOptions>, string[], number, RegExp][] = [
    ["a gated model", { fault: () => gated }, [REPOSITORY], 2, /accept .*HF_TOKEN/s],
    ["a name that tells nothing", {}, ["acme/tiny"], 2, /--task guard/],
    ["half a name", {}, ["tiny"], 2, /name one repository/],
    ["a folder that is not there", {}, [REPOSITORY, "--from", "/absent"], 2, /\/absent/],
    [
      "a template that does not exist",
      {},
      [REPOSITORY, "--template", "llama-guard-9"],
      2,
      /--template must be/,
    ],
  ];
  test.each(refusals)(
    "answers %s with one line that says what to do",
    async (_, hub, args, exitCode, message) => {
      const finished = await pullFrom(hub, args);
      expect(finished.stderr.split("\n").at(-2)).toMatch(message);
      expect(finished).toMatchObject({ exitCode, stdout: "" });
    },
  );
});
