import { watch, type FSWatcher } from "node:fs";
import { GuardError } from "../base/index.js";
import { canonicalJson } from "./canonical-json.js";
import type { Policy } from "./policy.js";
import {
  describeFileFaults,
  readPolicyFiles,
  stepFolder,
  type PolicyEntries,
  type PolicyFileFault,
} from "./policy-folder.js";
import type { PolicyRegistry } from "./registry.js";

export interface PolicyRegistryOptions {
  /** Folder of policy files, each called `<id>.json`. */
  readonly dir: string;
  /** Policies that must not go: one whose file is removed stays in force, and `onFault` hears of it. */
  readonly required?: readonly string[];
  /** After the policies served have changed, with all of them. */
  readonly onChange?: (policies: readonly Policy[]) => void;
  /** When a file, or the folder as a whole (`file` is then `""`), cannot be used; what was served before stays. */
  readonly onFault?: (fault: PolicyFileFault) => void;
}

/** A save is often several events; this long after the last one the file is whole. */
const SETTLE_MS = 100;

/** How often to look without being told: network folders and replaced folders send no events. */
const POLL_MS = 2_000;

/**
 * Serves the policies of a folder and follows its changes without a restart. Each look reads all files whole
 * and swaps the set in one step. A broken edit leaves the policy as it was; a removed file removes its
 * policy, so that requests naming it fail rather than be judged by what nobody sees any more, except when
 * nothing would be left: an empty folder is a lost mount, not a wish.
 * Neither the watcher nor the timer keeps the process alive.
 * @throws GuardError `invalid_policy` naming every broken file, or that there is none
 */
export async function openPolicyRegistry({
  dir,
  required = [],
  onChange,
  onFault,
}: PolicyRegistryOptions): Promise<PolicyRegistry & { close(): Promise<void> }> {
  const first = stepFolder(
    new Map(),
    await readPolicyFiles(dir).catch((cause: unknown) => {
      throw new GuardError("invalid_policy", `the folder of policies ${dir} cannot be read`, { cause });
    }),
  );
  if (first.faults.length > 0)
    throw new GuardError("invalid_policy", describeFileFaults(first.faults), {
      pointer: first.faults[0]?.faults[0]?.pointer ?? "",
    });
  let entries = first.entries;
  let served = servedBy(entries);
  if (served.size === 0) throw new GuardError("invalid_policy", `no policy in ${dir}`);

  let folderFault = "";
  const reportFolder = (message: string): void => {
    if (message !== "" && message !== folderFault)
      onFault?.({ file: "", faults: [{ pointer: "", message }] });
    folderFault = message;
  };

  async function look(): Promise<void> {
    const contents = await readPolicyFiles(dir).catch(() => null);
    if (contents === null) return reportFolder("cannot be read as a folder; its policies stay in force");
    const step = stepFolder(entries, contents);
    entries = step.entries;
    if (step.unsettled) lookSoon();
    for (const fault of step.faults) onFault?.(fault);
    const next = servedBy(step.entries);
    if (next.size === 0) return reportFolder("holds no usable policy any more; the last ones stay in force");
    const missed = required.filter((id) => !next.has(id) && served.has(id));
    for (const id of missed) next.set(id, served.get(id)!);
    reportFolder(
      missed.length === 0 ? "" : `no longer holds ${missed.join(", ")}; what was read last stays in force`,
    );
    const changed = fingerprint(next) !== fingerprint(served);
    served = next;
    if (changed) onChange?.([...served.values()]);
  }

  let closed = false;
  let looking = Promise.resolve();
  const lookNext = (): void => {
    looking = looking.then(() => (closed ? undefined : look()));
  };
  let soon: NodeJS.Timeout | undefined;
  function lookSoon(): void {
    clearTimeout(soon);
    soon = setTimeout(lookNext, SETTLE_MS).unref();
  }
  const poll = setInterval(lookNext, POLL_MS).unref();
  const watcher = watchOrNot(dir, lookSoon);

  return {
    get(id) {
      const policy = served.get(id);
      if (policy !== undefined) return policy;
      throw new GuardError("policy_not_found", "no policy has this id");
    },
    list: () => [...served.values()],
    close() {
      closed = true;
      watcher?.close();
      clearInterval(poll);
      clearTimeout(soon);
      return looking;
    },
  };
}

/** Where the system cannot watch (network folders, too many watchers) the timer alone goes on looking. */
function watchOrNot(dir: string, onEvent: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(dir, { persistent: false }, onEvent);
    return watcher.on("error", () => watcher.close());
  } catch {
    return undefined;
  }
}

const servedBy = (entries: PolicyEntries): Map<string, Policy> =>
  new Map(
    [...entries.values()]
      .flatMap(({ policy }) => (policy === null ? [] : [policy]))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map((policy) => [policy.id, policy]),
  );

/** Of everything that was read: the hash of a policy leaves out what changes no verdict. */
const fingerprint = (policies: ReadonlyMap<string, Policy>): string => canonicalJson([...policies.values()]);
