// Everything a reviewer would run, one after the other: installs what the checks need, checks types, style and
// the API document, builds, and runs all tests. Stops at the first failure. Needs no terminal and no input.
//
// Of the system, the service needs nothing but the C++ library that Node itself runs on. The tests also talk to
// a Redis server and look at pages in Chromium; where they are missing, they come from Debian's packages.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { needsInstall, requireNode } from "./prepare.mjs";
import { installSystemPackages } from "./system-packages.mjs";

requireNode();
process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const startMs = Date.now();

const missing = installSystemPackages();
if (missing !== null) finish(0, 1, missing);
if (needsInstall()) check("packages", ["ci", "--no-audit", "--no-fund"]);
for (const script of ["types", "lint", "openapi", "build"]) check(script, ["run", "--silent", script]);
test();

function check(name, npmArgs) {
  if (run(name, npmArgs) !== 0) finish(0, 1, `stopped at ${name}`);
}

function test() {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-verify-"));
  const report = join(folder, "jest.json");
  const status = run("tests", ["run", "--silent", "jest", "--", "--ci", "--json", `--outputFile=${report}`]);
  const result = readReport(report);
  rmSync(folder, { recursive: true });
  if (result === undefined) finish(0, 1, "the tests did not run");
  // A file that does not even load has no tests to fail: it counts as one.
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  const skipped = result.numPendingTests + result.numTodoTests;
  finish(result.numPassedTests, status === 0 ? failed : Math.max(failed, 1), `${skipped} skipped`);
}

function run(name, npmArgs) {
  console.log(`\n=== ${name} ===`);
  const { status } = spawnSync("npm", npmArgs, {
    // Jest's JSON goes to its file; what people read, it writes to stderr.
    stdio: ["ignore", name === "tests" ? "ignore" : "inherit", "inherit"],
    env: { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" },
    shell: process.platform === "win32",
  });
  return status ?? 1;
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

function finish(passed, failed, note) {
  const seconds = ((Date.now() - startMs) / 1000).toFixed(0);
  console.log(`\n${passed} passed, ${failed} failed (${note}; ${seconds} s)`);
  process.exit(failed === 0 ? 0 : 1);
}
