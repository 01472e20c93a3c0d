import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { PACKAGE_ROOT } from "../../src/base/index.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { runCli } from "./run-cli.js";

const POLICIES = join(PACKAGE_ROOT, "policies");
const shipped = readdirSync(POLICIES).filter((name) => name.endsWith(".json") && !name.includes(".schema."));

describe("portcullis policy check", () => {
  it("finds nothing wrong with the policies that come along", async () => {
    const files = shipped.map((name) => join(POLICIES, name));
    const { exitCode, stdout } = await runCli(["policy", "check", ...files]);
    expect(stdout).toBe(files.map((file) => `${file}: ok\n`).join(""));
    expect(exitCode).toBe(0);
  });

  it("names every fault of every file with its place, and exits with 1", async () => {
    const folder = tempFolder();
    const policy = JSON.parse(readFileSync(join(POLICIES, "llama-guard-2.json"), "utf8")) as {
      version?: string;
      categories: { code: string }[];
    };
    delete policy.version;
    policy.categories[2]!.code = "lower";
    const [faulty, broken] = [join(folder, "faulty.json"), join(folder, "broken.json")];
    writeFileSync(faulty, JSON.stringify(policy));
    writeFileSync(broken, "{");
    const { exitCode, stdout } = await runCli(["policy", "check", faulty, broken]);
    expect(stdout).toContain(`${faulty}: /version is missing\n`);
    expect(stdout).toContain(`${faulty}: /categories/2/code `);
    expect(stdout).toContain(`${broken}: `);
    expect(exitCode).toBe(1);
  });

  it("fails with 2 when a file cannot be read", async () => {
    const { exitCode, stderr } = await runCli(["policy", "check", "/absent.json"]);
    expect(stderr).toBe("portcullis: /absent.json cannot be read\n");
    expect(exitCode).toBe(2);
  });
});

describe("portcullis policy list", () => {
  it("shows every policy and marks the default one", async () => {
    const { exitCode, stdout } = await runCli(["policy", "list"]);
    for (const name of shipped) expect(stdout).toContain(name.replace(".json", " "));
    expect(stdout).toMatch(/^llama-guard-2 \S+ \(default\): /m);
    expect(stdout).toContain("  S1   Violent Crimes\n");
    expect(exitCode).toBe(0);
  });
});
