#!/usr/bin/env node
import { run } from "./cli/index.js";

// `portcullis ... | head` closes the pipe early, and a log collector may go away: neither ends the program.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });

// Not process.exit(): what was written to a pipe must arrive.
process.exitCode = await run(process.argv.slice(2));
