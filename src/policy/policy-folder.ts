import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { describeFaults, isFaults, policyOrFaults } from "./parse-policy.js";
import type { Policy } from "./policy.js";
import type { PolicyFault } from "./policy-fault.js";
import { baseOf, type FindPolicy } from "./policy-overlay.js";

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
  /** Of an overlay, the hash of the policy it was laid over; null where that was missing, or it is no overlay. */
  readonly base: string | null;
}

export type PolicyEntries = ReadonlyMap<string, Entry>;

/** 99 categories with the longest remarks and all the text a prompt may have stay below this. */
const MAX_FILE_BYTES = 256 * 1024;

const SCHEMA_FILE = /\.schema\.json$/;

/**
 * Every `*.json` of the folder but the schemas, whole, by name. Names with a leading dot are left out:
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
  name.endsWith(".json") && !name.startsWith(".") && !SCHEMA_FILE.test(name);

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

  for (const [file, { content, policy, base }] of before) {
    if (contents.has(file) || content === null) continue;
    entries.set(file, { content: null, policy, base });
    unsettled = true;
  }

  const find: FindPolicy = (id) => entries.get(`${id}.json`)?.policy ?? undefined;
  // Overlays last: what they are laid over is then as it will be served.
  const isOverlay = ([, content]: readonly [string, FileContent]): boolean => extendedBy(content) !== null;
  const alone = [...contents].filter((one) => !isOverlay(one));
  const overlays = [...contents].filter(isOverlay);
  for (const [file, content] of [...alone, ...overlays]) {
    const known = before.get(file);
    const base = find(extendedBy(content) ?? "")?.sha256 ?? null;
    if (isDeepStrictEqual(known?.content, content) && known?.base === base) {
      entries.set(file, known);
      continue;
    }
    const policy = readPolicy(file, content, find);
    if (isFaults(policy)) faults.push({ file, faults: policy });
    entries.set(file, { content, base, policy: isFaults(policy) ? (known?.policy ?? null) : policy });
  }
  return { entries, faults, unsettled };
}

/** The id of the policy that a file is laid over; null also for a file that cannot be read. */
function extendedBy(content: FileContent): string | null {
  try {
    return "text" in content ? baseOf(JSON.parse(content.text)) : null;
  } catch {
    return null; // no JSON: its faults are told when it is read as a policy
  }
}

function readPolicy(file: string, content: FileContent, find: FindPolicy): Policy | readonly PolicyFault[] {
  if ("unreadable" in content) return [{ pointer: "", message: content.unreadable }];
  const policy = policyOrFaults(content.text, find);
  if (!isFaults(policy) && policy.id !== basename(file, ".json"))
    return [{ pointer: "/id", message: "must be the name of the file, without .json" }];
  return policy;
}

/** For people: file, place and what to change, one line each. */
export const describeFileFaults = (faults: readonly PolicyFileFault[]): string =>
  faults.map(({ file, faults: inFile }) => `${file}:\n${describeFaults(inFile)}`).join("\n");
