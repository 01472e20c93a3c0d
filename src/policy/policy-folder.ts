import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { describeFaults, isFaults, policyOrFaults } from "./parse-policy.js";
import type { Policy } from "./policy.js";
import type { PolicyFault } from "./policy-fault.js";

/** What is wrong with one file of a folder of policies. */
export interface PolicyFileFault {
  readonly file: string;
  readonly faults: readonly PolicyFault[];
}

/** What a look found in a file: its whole text, or why that could not be had. */
export type FileContent = { readonly text: string } | { readonly unreadable: string };

/** A file as it was last seen, and the policy it last held. */
interface Entry {
  /** null once the file is gone. */
  readonly content: FileContent | null;
  /** null while the file has never held one. */
  readonly policy: Policy | null;
}

export type PolicyEntries = ReadonlyMap<string, Entry>;

/** 99 categories with the longest remarks and all the text a prompt may have stay below this. */
const MAX_FILE_BYTES = 256 * 1024;

const SCHEMA_FILE = "policy.schema.json";

/**
 * Every `*.json` of the folder but the schema, whole, by name. Names with a leading dot are left out:
 * editors and Kubernetes keep their own files under them.
 */
export async function readPolicyFiles(dir: string): Promise<ReadonlyMap<string, FileContent>> {
  const names = await readdir(dir);
  const contents = new Map<string, FileContent>();
  for (const file of names.filter(isPolicyFile).sort()) {
    const content = await readWhole(join(dir, file));
    if (content !== null) contents.set(file, content);
  }
  return contents;
}

const isPolicyFile = (name: string): boolean =>
  name.endsWith(".json") && !name.startsWith(".") && name !== SCHEMA_FILE;

async function readWhole(path: string): Promise<FileContent | null> {
  try {
    const { size } = await stat(path);
    if (size > MAX_FILE_BYTES) return { unreadable: `must have at most ${String(MAX_FILE_BYTES)} bytes` };
    return { text: await readFile(path, "utf8") };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    return code === "ENOENT" ? null : { unreadable: `cannot be read (${code})` }; // gone since it was listed
  }
}

export interface FolderStep {
  readonly entries: PolicyEntries;
  readonly faults: readonly PolicyFileFault[];
  /** Whether a file has only just gone: it may be on its way back. */
  readonly unsettled: boolean;
}

/**
 * What a new look at the folder changes. A broken file keeps the policy it held before and is reported once
 * for each content; a file must be gone in two looks running before its policy goes too, as some editors
 * remove a file and write it anew.
 */
export function stepFolder(before: PolicyEntries, contents: ReadonlyMap<string, FileContent>): FolderStep {
  const entries = new Map<string, Entry>();
  const faults: PolicyFileFault[] = [];
  let unsettled = false;

  for (const [file, content] of contents) {
    const known = before.get(file);
    if (isDeepStrictEqual(known?.content, content)) {
      entries.set(file, { content, policy: known?.policy ?? null });
      continue;
    }
    const policy = readPolicy(file, content);
    if (isFaults(policy)) faults.push({ file, faults: policy });
    entries.set(file, { content, policy: isFaults(policy) ? (known?.policy ?? null) : policy });
  }
  for (const [file, { content, policy }] of before) {
    if (contents.has(file) || content === null) continue;
    entries.set(file, { content: null, policy });
    unsettled = true;
  }
  return { entries, faults, unsettled };
}

function readPolicy(file: string, content: FileContent): Policy | readonly PolicyFault[] {
  if ("unreadable" in content) return [{ pointer: "", message: content.unreadable }];
  const policy = policyOrFaults(content.text);
  if (!isFaults(policy) && policy.id !== basename(file, ".json"))
    return [{ pointer: "/id", message: "must be the name of the file, without .json" }];
  return policy;
}

/** For people: file, place and what to change, one line each. */
export const describeFileFaults = (faults: readonly PolicyFileFault[]): string =>
  faults.map(({ file, faults: inFile }) => `${file}:\n${describeFaults(inFile)}`).join("\n");
