// Makes onnx/starter-guard/ and onnx/starter-chat/ from their checkpoints, the way `portcullis convert` makes any
// model. Needs the built program: npm run build.
import { renameSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CALIBRATION_FILE } from "../dist/cli/calibration-file.js";
import { makeModel } from "../dist/cli/make-model.js";
import { createProgressLine } from "../dist/cli/progress-line.js";
import { hashFile } from "../dist/model/index.js";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const MAX_BYTES = 15_000_000; // they travel with every clone
const MODELS = [
  {
    name: "starter-guard",
    repository: "training/starter",
    notice:
      "A small model trained from scratch so that the service works out of the box. " +
      "It is not Llama Guard 2 and must not be relied on to keep anyone safe.",
    task: "guard",
    template: "llama-guard-2",
  },
  {
    name: "starter-chat",
    repository: "training/chat",
    notice:
      "A toy language model trained from scratch so that guarded chat works out of the box. " +
      "It is not Llama 3, knows almost nothing and is often wrong.",
    task: "generator",
    template: "llama-3",
  },
];

for (const { name, repository, ...identity } of MODELS) {
  const [dir, out, next] = [`${repository}/checkpoint`, `onnx/${name}`, `onnx/${name}.next`];
  const revision = await hashFile(`${dir}/model.safetensors`);
  rmSync(next, { recursive: true, force: true });
  const manifest = await makeModel({
    ...{ ...identity, id: `portcullis-${name}`, repository, revision, format: "int8", outDir: next },
    obtain: () => Promise.resolve({ dir, revision }),
    companions: [`${repository}/MODEL_CARD.md`],
    ...{ calibrationRows: 256, calibrationFile: CALIBRATION_FILE, smoothingAlpha: 0.5, threads: 2 },
    progress: createProgressLine({ stream: process.stderr, isTerminal: process.stderr.isTTY }),
  });
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes > MAX_BYTES)
    throw new Error(`${out}: ${bytes} bytes; at most ${MAX_BYTES} belong in the repository`);
  rmSync(out, { recursive: true, force: true });
  renameSync(next, out);
  console.log(`${out}: ${manifest.files.length} files, ${(bytes / 1e6).toFixed(1)} MB`);
}
