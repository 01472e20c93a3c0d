import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { PACKAGE_ROOT } from "../../src/base/index.js";
import { tempFolder } from "../fixtures/temp-folder.js";

const SCRIPT = fileURLToPath(new URL("./open-graph-process.mjs", import.meta.url));

async function openAndClose(graphPath: string): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, graphPath], {
    env: { ORT_DISABLE_TELEMETRY: "1" },
  });
  return JSON.parse(stdout);
}

const onLinux = process.platform === "linux" ? it : it.skip; // elsewhere mappings cannot be listed

describe("openGraph", () => {
  onLinux("maps weights while a graph is open and lets go of them when it is closed", async () => {
    const mappings = await openAndClose(join(PACKAGE_ROOT, "onnx/starter-guard/model.onnx"));
    expect(mappings).toEqual({ open: expect.any(Number), closed: 0 });
    expect(mappings).not.toMatchObject({ open: 0 });
  });

  it("says which file the runtime refuses and what to do", async () => {
    const graphPath = join(tempFolder(), "model.onnx");
    await writeFile(graphPath, "no graph");
    expect(await openAndClose(graphPath)).toEqual({
      code: "bad_model_file",
      message: `${graphPath} cannot be loaded by the runtime; convert it again`,
    });
  });
});
