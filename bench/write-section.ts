import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { format } from "prettier";
import { PACKAGE_ROOT } from "../base/index.js";
import type { describeMachine } from "./machine.js";

export const DOCS = join(PACKAGE_ROOT, "docs");
const DOCUMENT = join(DOCS, "performance.md");

/**
 * Puts what was measured between the marks of a generated section of docs/performance.md, `<!-- NAME:begin -->` and
 * `<!-- NAME:end -->`, with the command that measured it.
 * @throws Error when the document has no such marks
 */
export async function writeSection(
  name: string,
  text: string,
  machine: ReturnType<typeof describeMachine>,
  command: string,
): Promise<void> {
  const { cpu, cores, node, ort, commit, loadBefore, date } = machine;
  const circumstances =
    `${date.slice(0, 10)}, commit ${commit}: ${String(cores)} cores of ${cpu}, Node ${node}, onnxruntime-node ${ort}, load ` +
    `before the run ${String(loadBefore)}, \`npm run bench -- ${command.trim()}\`.`;
  const document = replaceSection(await readFile(DOCUMENT, "utf8"), name, `${circumstances}\n\n${text}`);
  await writeFile(DOCUMENT, await format(document, { parser: "markdown", printWidth: 120 }));
}

function replaceSection(document: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the document has no ${begin} and ${end}`);
  return `${document.slice(0, from + begin.length)}\n\n${text}\n\n${document.slice(to)}`;
}
