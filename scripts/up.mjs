// From a fresh clone to a running service: installs and builds only what is not there yet, then serves.
// Arguments go to `portcullis serve`. Uses nothing that would have to be installed first.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { changedMs, needsInstall, requireNode } from "./prepare.mjs";

requireNode();
process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const newestMs = (folder) =>
  Math.max(...readdirSync(folder, { recursive: true }).map((file) => changedMs(join(folder, file))));

if (needsInstall()) npm("Installing packages", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
if (changedMs("dist/main.js") < Math.max(newestMs("src"), changedMs("tsconfig.build.json")))
  npm("Building", ["run", "--silent", "build"]);

// In this same process, so that signals and the exit code need no one to pass them on.
process.argv.splice(2, 0, "serve");
await import("../dist/main.js");

function npm(title, args) {
  console.error(`${title} ...`);
  const { status } = spawnSync("npm", args, {
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32",
  });
  if (status !== 0) process.exit(status ?? 1);
}
