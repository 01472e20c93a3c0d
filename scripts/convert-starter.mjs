// Makes onnx/starter-guard/ from training/starter/checkpoint/, the way `portcullis convert` makes any model.
// Needs the built program: npm run build.
import { renameSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CALIBRATION_FILE } from "../dist/cli/calibration-file.js";
import { makeModel } from "../dist/cli/make-model.js";
import { createProgressLine } from "../dist/cli/progress-line.js";
import { hashFile } from "../dist/model/index.js";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const SOURCE = "training/starter/checkpoint";
const OUT = "onnx/starter-guard";
const NEXT = "onnx/starter-guard.next";
const MAX_BYTES = 15_000_000; // it travels with every clone

rmSync(NEXT, { recursive: true, force: true });
const manifest = await makeModel({
  sourceDir: SOURCE,
  outDir: NEXT,
  id: "portcullis-starter-guard",
  notice:
    "A small model trained from scratch so that the service works out of the box. " +
    "It is not Llama Guard 2 and must not be relied on to keep anyone safe.",
  task: "guard",
  template: "llama-guard-2",
  format: "int8",
  repository: "training/starter",
  revision: await hashFile(`${SOURCE}/model.safetensors`),
  companions: ["training/starter/MODEL_CARD.md"],
  calibrationRows: 256,
  calibrationFile: CALIBRATION_FILE,
  smoothingAlpha: 0.5,
  threads: 2,
  progress: createProgressLine({ stream: process.stderr, isTerminal: process.stderr.isTTY }),
});
const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
if (bytes > MAX_BYTES) throw new Error(`${bytes} bytes; at most ${MAX_BYTES} belong in the repository`);
rmSync(OUT, { recursive: true, force: true });
renameSync(NEXT, OUT);
console.log(`${OUT}: ${manifest.files.length} files, ${(bytes / 1e6).toFixed(1)} MB`);
console.log(JSON.stringify(manifest.quantization, null, 2));
