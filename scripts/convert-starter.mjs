// Makes onnx/starter-guard/ from training/starter/checkpoint/. Needs the built program: npm run build.
import { existsSync, renameSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { convertCheckpoint } from "../dist/convert/index.js";
import { hashFile } from "../dist/model/index.js";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const SOURCE = "training/starter/checkpoint";
const CARD = "training/starter/MODEL_CARD.md";
const OUT = "onnx/starter-guard";
const NEXT = "onnx/starter-guard.next";
const MAX_BYTES = 15_000_000; // it travels with every clone

rmSync(NEXT, { recursive: true, force: true });
const manifest = await convertCheckpoint({
  sourceDir: SOURCE,
  outDir: NEXT,
  id: "portcullis-starter-guard",
  notice:
    "A small model trained from scratch so that the service works out of the box. " +
    "It is not Llama Guard 2 and must not be relied on to keep anyone safe.",
  task: "guard",
  template: "llama-guard-2",
  format: "int8",
  head: "guard",
  repository: "training/starter",
  revision: await hashFile(`${SOURCE}/model.safetensors`),
  companions: existsSync(CARD) ? [CARD] : [],
});
const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
if (bytes > MAX_BYTES) throw new Error(`${bytes} bytes; at most ${MAX_BYTES} belong in the repository`);
rmSync(OUT, { recursive: true, force: true });
renameSync(NEXT, OUT);
console.log(`${OUT}: ${manifest.files.length} files, ${(bytes / 1e6).toFixed(1)} MB`);
