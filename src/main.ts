#!/usr/bin/env node
import { EXIT_CODE, run } from "./cli/index.js";

const args = process.argv.slice(2);

// The disk of the log may be full, and its collector may go away: neither ends a gate.
process.stderr.on("error", () => undefined);

// `portcullis ... | head` closes the pipe early, and what `serve` prints is no answer. Any other answer that
// cannot be written must not look given.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE" || args[0] === "serve") return;
  process.stderr.write(`portcullis: stdout cannot be written: ${String(error.code)}\n`);
  process.exit(EXIT_CODE.internal);
});

// Not process.exit(): what was written to a pipe must arrive.
process.exitCode = await run(args);
