import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "@jest/globals";
import { PACKAGE_ROOT } from "../../src/base/index.js";
import { COMMANDS } from "../../src/cli/commands.js";
import { SETTING_NAMES, envName, flagName } from "../../src/config/index.js";
import { runCli, startCli } from "./run-cli.js";

describe("portcullis", () => {
  it("lists every command and every exit code", async () => {
    const { exitCode, stdout } = await runCli(["--help"]);
    expect(exitCode).toBe(0);
    for (const { name, summary } of COMMANDS)
      expect(stdout).toMatch(new RegExp(`^  ${name} .*${summary}`, "m"));
    expect(stdout).toMatch(/^ {2}3 {3}the engine or the service could not answer/m);
  });

  it("shows the same and fails when nothing was asked of it", async () => {
    const { exitCode, stdout } = await runCli([]);
    expect(exitCode).toBe(2);
    expect(stdout).toBe((await runCli(["--help"])).stdout);
  });

  it.each(COMMANDS.map(({ name }) => name))("explains `%s`", async (name) => {
    const { exitCode, stdout } = await runCli([...name.split(" "), "--help"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Usage: portcullis ${name}`);
  });

  it("shows every setting with its variable in the help of serve", async () => {
    const { stdout } = await runCli(["serve", "--help"]);
    for (const name of SETTING_NAMES) {
      expect(stdout).toMatch(new RegExp(`^  --${flagName(name)}$`, "m"));
      expect(stdout).toContain(`${envName(name)};`);
    }
  });

  it("tells its version", async () => {
    const { version } = JSON.parse(readFileSync(join(PACKAGE_ROOT, "package.json"), "utf8")) as {
      version: string;
    };
    expect((await runCli(["--version"])).stdout).toBe(`portcullis ${version}\n`);
  });

  it.each([
    ["a command that does not exist", ["surf"]],
    ["half a command", ["policy"]],
    ["a flag that does not exist", ["serve", "--hots", "::1"]],
    ["a flag of another command", ["policy", "list", "--port", "1"]],
    ["a flag without its value", ["serve", "--port"]],
    ["a value that looks like a flag", ["convert", "a", "b", "--calibrate", "-1"]],
    ["a setting out of range", ["serve", "--port", "99999"]],
    ["an argument where none belongs", ["serve", "now"]],
    ["a role nobody has", ["moderate", "--role", "system", "text"]],
    ["two messages", ["moderate", "one", "two"]],
    ["no message", ["moderate"]],
    ["a service's address that is none", ["moderate", "text", "--url", "notaurl"]],
    ["a service's address without http", ["moderate", "text", "--url", "localhost:8080"]],
    ["a key without a name", ["key", "create"]],
    ["a key with a name that is none", ["key", "create", "My App"]],
  ])("answers %s with one line and exit code 2", async (_, args) => {
    const { exitCode, stdout, stderr } = await runCli(args);
    expect(stderr).toMatch(/^portcullis: .+\n$/);
    expect(stdout).toBe("");
    expect(exitCode).toBe(2);
  });
});

it("tells how half a command goes on", async () => {
  const { stderr } = await runCli(["models-not", "x"]);
  expect(stderr).toContain("no such command");
  expect((await runCli(["key", "--help"])).stderr).toBe("portcullis: key goes on: `key create`\n");
  expect((await runCli(["policy"])).stderr).toContain("`policy check` or `policy list`");
});

describe("portcullis moderate", () => {
  it("refuses bytes on stdin that are no text, rather than judge a stand-in", async () => {
    const { exitCode, stderr } = await runCli(["moderate", "--url", "http://127.0.0.1:1"], {
      stdin: Uint8Array.of(0xff, 0xfe),
    });
    expect(stderr).toBe("portcullis: stdin is not valid UTF-8\n");
    expect(exitCode).toBe(2);
  });
});

(existsSync("/dev/full") ? describe : describe.skip)("portcullis on a full disk", () => {
  it("fails as a program when its answer cannot be written", async () => {
    const child = startCli(["--version"], { stdout: openSync("/dev/full", "w") });
    const [stderr, exit] = await Promise.all([text(child.stderr!), once(child, "exit")]);
    expect(stderr).toBe("portcullis: stdout cannot be written: ENOSPC\n");
    expect(exit).toEqual([70, null]);
  });
});

describe("portcullis key create", () => {
  it("prints a key of 256 bits and the entry that recognises it", async () => {
    const { exitCode, stdout, stderr } = await runCli(["key", "create", "my-app"]);
    const [key, entry] = stdout.split("\n");
    expect(exitCode).toBe(0);
    expect(stderr).toBe("");
    expect(key).toMatch(/^pk_[\w-]{43}$/);
    expect(JSON.parse(entry!)).toEqual({
      id: "my-app",
      sha256: createHash("sha256").update(key!).digest("hex"),
    });
  });

  it("never prints the same key twice", async () => {
    const [one, other] = await Promise.all([runCli(["key", "create", "a"]), runCli(["key", "create", "a"])]);
    expect(one.stdout).not.toBe(other.stdout);
  });
});
