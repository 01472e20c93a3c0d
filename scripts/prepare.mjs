import { statSync } from "node:fs";

/** Ends the program with a sentence when Node is too old; what follows would fail with something obscure. */
export function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`Portcullis needs Node 20.19 or newer; this is ${process.versions.node}. https://nodejs.org`);
  process.exit(2);
}

/** When a file was last written, ms; 0 where there is none. */
export const changedMs = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Whether what npm installed is older than the lockfile. npm leaves a copy of it where it installed. */
export const needsInstall = () =>
  changedMs("node_modules/.package-lock.json") < changedMs("package-lock.json");
