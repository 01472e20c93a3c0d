import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { openPolicyRegistry, type Policy, type PolicyFileFault } from "../../src/policy/index.js";

let dir: string;
let faults: PolicyFileFault[];
let changes: string[];
let closeRegistry: (() => Promise<void>) | undefined;

const textOf = (id: string, title = "Title"): string =>
  JSON.stringify({
    id,
    version: "1",
    title,
    template: "llama-guard-2",
    categories: [{ code: "S1", name: "Only" }],
  });
const write = (file: string, text: string): void => writeFileSync(join(dir, file), text);

async function open(
  folder = dir,
  required: readonly string[] = [],
): Promise<{ get(id: string): Policy; titles(): string[] }> {
  const registry = await openPolicyRegistry({
    dir: folder,
    required,
    onChange: (policies) => changes.push(policies.map(({ id }) => id).join()),
    onFault: (fault) => faults.push(fault),
  });
  closeRegistry = () => registry.close();
  return {
    get: (id) => registry.get(id),
    titles: () => registry.list().map(({ id, title }) => `${id} ${title}`),
  };
}

/** Waits for what a change on disk must lead to; fails with the last difference. */
async function eventually(expectation: () => void): Promise<void> {
  const giveUpAt = Date.now() + 15_000;
  for (;;) {
    try {
      return expectation();
    } catch (error) {
      if (Date.now() > giveUpAt) throw error;
      await sleep(20);
    }
  }
}
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "policies-"));
  [faults, changes, closeRegistry] = [[], [], undefined];
  write("a.json", textOf("a"));
  write("b.json", textOf("b"));
});
afterEach(async () => {
  await closeRegistry?.();
  rmSync(dir, { recursive: true, force: true });
});

describe("openPolicyRegistry", () => {
  it("keeps a required policy whose file is removed, says so, and takes it up again", async () => {
    const registry = await open(dir, ["a"]);
    unlinkSync(join(dir, "a.json"));
    await eventually(() => expect(faults.map(({ faults: [one] }) => one?.message)).toHaveLength(1));
    expect(faults[0]!.faults[0]!.message).toContain("no longer holds a");
    expect(registry.get("a").title).toBe("Title");
    write("a.json", textOf("a", "Back"));
    await eventually(() => expect(registry.get("a").title).toBe("Back"));
    expect(faults).toHaveLength(1);
  });

  it("serves every policy of the folder by id, leaving out the schema and hidden files", async () => {
    write("policy.schema.json", "{}");
    write(".a.json", "half");
    write("readme.txt", "x");
    const registry = await open();
    expect(registry.titles()).toEqual(["a Title", "b Title"]);
    expect(registry.get("b").id).toBe("b");
    expect(() => registry.get("c")).toThrow(expect.objectContaining({ code: "policy_not_found" }));
  });

  it("does not start on a broken file, and says which and where", async () => {
    write("b.json", '{ "id": "b",\n }');
    write("c.json", textOf("other"));
    await expect(open()).rejects.toMatchObject({
      code: "invalid_policy",
      message: expect.stringMatching(
        /b\.json:[^]*line 2, column 2[^]*c\.json:\n\/id must be the name of the file/,
      ),
    });
  });

  it("does not start without a policy, or without a folder", async () => {
    await expect(open(join(dir, "missing"))).rejects.toMatchObject({ code: "invalid_policy" });
    mkdirSync(join(dir, "empty"));
    await expect(open(join(dir, "empty"))).rejects.toMatchObject({ code: "invalid_policy" });
  });

  it("does not start on a file too large to be a policy", async () => {
    write("b.json", " ".repeat(300_000) + textOf("b"));
    await expect(open()).rejects.toThrow(/b\.json:\n.*at most 262144 bytes/);
  });

  it("takes up an edit, and readers keep the whole policy they had", async () => {
    const registry = await open();
    const before = registry.get("a");
    write("a.json", textOf("a", "Edited"));
    await eventually(() => expect(registry.titles()).toEqual(["a Edited", "b Title"]));
    expect(before.title).toBe("Title");
    expect(registry.get("a").sha256).not.toBe(before.sha256);
    expect(changes).toEqual(["a,b"]);
    expect(faults).toEqual([]);
  });

  it("takes up an edit that changes no verdict, and tells of it", async () => {
    const registry = await open();
    const before = registry.get("a");
    write("a.json", textOf("a").replace("{", '{"modes":{"output":"shadow"},'));
    await eventually(() => expect(registry.get("a").modes.output).toBe("shadow"));
    expect(registry.get("a").sha256).toBe(before.sha256);
    expect(changes).toEqual(["a,b"]);
  });

  it("keeps the policy when an edit breaks it, reports once, and takes up the mended file", async () => {
    const registry = await open();
    write("a.json", textOf("a", "Edited").slice(0, -10));
    write("b.json", textOf("b", "Edited"));
    await eventually(() => expect(registry.titles()).toEqual(["a Title", "b Edited"]));
    await sleep(2_500); // the timer looks again in this time
    expect(faults.map(({ file }) => file)).toEqual(["a.json"]);
    write("a.json", textOf("a", "Mended"));
    await eventually(() => expect(registry.titles()).toEqual(["a Mended", "b Edited"]));
    expect(faults).toHaveLength(1);
  });

  it("takes up a file renamed into place", async () => {
    const registry = await open();
    write(".a.json.tmp", textOf("a", "Renamed"));
    renameSync(join(dir, ".a.json.tmp"), join(dir, "a.json"));
    await eventually(() => expect(registry.titles()).toEqual(["a Renamed", "b Title"]));
    expect(faults).toEqual([]);
  });

  it("takes up links that are switched to another folder, as Kubernetes does", async () => {
    const mount = join(dir, "mount");
    for (const [folder, title] of [
      ["..1", "Old"],
      ["..2", "New"],
    ] as const) {
      mkdirSync(join(mount, folder), { recursive: true });
      writeFileSync(join(mount, folder, "a.json"), textOf("a", title));
    }
    symlinkSync("..1", join(mount, "..data"));
    symlinkSync("..data/a.json", join(mount, "a.json"));
    const registry = await open(mount);
    expect(registry.titles()).toEqual(["a Old"]);
    symlinkSync("..2", join(mount, "..next"));
    renameSync(join(mount, "..next"), join(mount, "..data"));
    await eventually(() => expect(registry.titles()).toEqual(["a New"]));
  });

  it("takes up a folder that was replaced, which the watcher cannot see", async () => {
    const folder = join(dir, "served");
    mkdirSync(folder);
    writeFileSync(join(folder, "a.json"), textOf("a", "Old"));
    const registry = await open(folder);
    renameSync(folder, join(dir, "old"));
    await eventually(() => expect(faults).toHaveLength(1));
    expect(registry.titles()).toEqual(["a Old"]);
    mkdirSync(folder);
    writeFileSync(join(folder, "a.json"), textOf("a", "New"));
    await eventually(() => expect(registry.titles()).toEqual(["a New"]));
  });

  it("adds a policy for a new file, and none for a new broken file", async () => {
    const registry = await open();
    write("d.json", "{");
    write("c.json", textOf("c"));
    await eventually(() => expect(registry.titles()).toEqual(["a Title", "b Title", "c Title"]));
    await eventually(() => expect(faults.map(({ file }) => file)).toEqual(["d.json"]));
  });

  it("removes the policy of a removed file", async () => {
    const registry = await open();
    unlinkSync(join(dir, "a.json"));
    await eventually(() => expect(registry.titles()).toEqual(["b Title"]));
    expect(() => registry.get("a")).toThrow(expect.objectContaining({ code: "policy_not_found" }));
  });

  it("never misses a policy whose file an editor removes and writes anew", async () => {
    const registry = await open();
    unlinkSync(join(dir, "a.json"));
    await sleep(60);
    write("a.json", textOf("a", "Anew"));
    await eventually(() => expect(registry.titles()).toEqual(["a Anew", "b Title"]));
    expect(changes).toEqual(["a,b"]); // never just "b"
  });

  it("keeps the last policies when the folder is emptied", async () => {
    const registry = await open();
    unlinkSync(join(dir, "a.json"));
    unlinkSync(join(dir, "b.json"));
    await eventually(() => expect(faults.map(({ file }) => file)).toEqual([""]));
    expect(registry.titles()).toEqual(["a Title", "b Title"]);
    write("b.json", textOf("b", "Back"));
    await eventually(() => expect(registry.titles()).toEqual(["b Back"]));
  });

  it("calls a change in a remark no change", async () => {
    const registry = await open();
    const { sha256 } = registry.get("a");
    write("a.json", textOf("a").replace("{", '{"note":"x",'));
    write("c.json", textOf("c"));
    await eventually(() => expect(changes.at(-1)).toBe("a,b,c"));
    expect(changes).toHaveLength(1);
    expect(registry.get("a").sha256).toBe(sha256);
  });

  it("stops looking when closed, however often", async () => {
    const registry = await open();
    await closeRegistry?.();
    await closeRegistry?.();
    write("a.json", textOf("a", "Late"));
    await sleep(300);
    expect(registry.titles()).toEqual(["a Title", "b Title"]);
  });

  it("lays an overlay over a policy, and follows both", async () => {
    const mine = { id: "mine", version: "1", title: "Mine", extends: "a" };
    write("mine.json", JSON.stringify({ ...mine, categories: [{ code: "S1", threshold: 0.9 }] }));
    const registry = await open();
    const ruleOf = (id: string) => registry.get(id).categories[0]!.rules.user.threshold;
    expect([ruleOf("a"), ruleOf("mine")]).toEqual([0.5, 0.9]);
    const before = registry.get("mine").sha256;

    const renamed = textOf("a").replace("Only", "Other name"); // the base changes, the overlay's file does not
    write("a.json", renamed);
    await eventually(() => expect(registry.get("mine").categories[0]!.name).toBe("Other name"));
    expect(registry.get("mine").sha256).not.toBe(before);

    unlinkSync(join(dir, "a.json"));
    await eventually(() => expect(faults.map(({ file }) => file)).toEqual(["mine.json"]));
    expect(registry.get("mine").categories[0]!.name).toBe("Other name"); // stays in force, and its fault is told
  });
});
