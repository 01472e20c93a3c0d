// Opens and closes a graph through the built room, outside Jest: the runtime refuses the typed arrays of its realm.
// argv: path of a graph. stdout: what was mapped of its data file, and the error if it was refused.
import { readFileSync } from "node:fs";
import process from "node:process";
import { openGraph } from "../../dist/runtime/index.js";

const [graphPath] = process.argv.slice(2);
const mappings = () =>
  readFileSync("/proc/self/maps", "utf8")
    .split("\n")
    .filter((line) => line.endsWith(`${graphPath}.data`)).length;

try {
  const graph = await openGraph({ graphPath, threads: 1 });
  const open = mappings();
  await graph.close();
  console.log(JSON.stringify({ open, closed: mappings() }));
} catch ({ code, message }) {
  console.log(JSON.stringify({ code, message }));
}
