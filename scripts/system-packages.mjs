import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Programs of others that tests talk to, and the Debian packages they come in. */
const NEEDED = [
  { command: "redis-server", packages: ["redis-server"] },
  { command: "chromium", packages: ["chromium", "fonts-dejavu-core"] },
];

/**
 * Installs what is missing where that needs nobody's password; a Redis that comes this way is not started.
 * @returns a sentence when something is missing still, else null
 */
export function installSystemPackages() {
  const missing = NEEDED.filter(({ command }) => !isOnPath(command));
  if (missing.length === 0) return null;
  const packages = missing.flatMap((one) => one.packages);
  const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  const apt = (...args) => {
    const [command, ...rest] = [...asRoot, "apt-get", "-qq", ...args];
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" }; // no service starts
    return spawnSync(command, rest, { stdio: ["ignore", "ignore", "inherit"], env }).status;
  };
  apt("update");
  if (apt("install", "-y", "--no-install-recommends", ...packages) === 0) return null;
  return `the tests need ${packages.join(", ")} (names of Debian's packages); install them and run this again`;
}

function isOnPath(command) {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
