import { lstat, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { GuardError } from "../base/index.js";

/** The folder in which a model comes into being, beside its place and on the same disk. One process at a time has it. */
export interface WorkFolder extends AsyncDisposable {
  readonly dir: string;
}

interface Owner {
  readonly host: string;
  readonly pid: number;
}

/** Those of this process: its own number in a file may be that of an earlier container's. */
const held = new Set<string>();

const OWNER = "owner.json";
/** A folder this young without an owner is being claimed at this moment. */
const CLAIM_MS = 10_000;

/**
 * Claims the place of a model before hours of work. What an interrupted conversion left there is removed.
 * @throws GuardError `invalid_config` when the place is taken, somebody else is at it, or it cannot be written
 */
export async function openWorkFolder(outDir: string): Promise<WorkFolder> {
  const place = resolve(outDir);
  await requireAbsent(place);
  const dir = join(dirname(place), `.${basename(place)}.unfinished`);
  await mkdir(dirname(place), { recursive: true }).catch(refuseToWrite(dirname(place)));
  await removeRemains(dir, place);
  await mkdir(dir).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "EEXIST") throw busy(place, cause);
    throw refuseToWrite(dirname(place))(cause);
  });
  held.add(dir);
  await writeFile(join(dir, OWNER), JSON.stringify({ host: hostname(), pid: process.pid } satisfies Owner));
  return {
    dir,
    async [Symbol.asyncDispose]() {
      await rm(dir, { recursive: true, force: true });
      held.delete(dir);
    },
  };
}

async function requireAbsent(path: string): Promise<void> {
  if ((await lstat(path).catch(() => null)) !== null)
    throw new GuardError("invalid_config", `${path} exists already; remove it or choose another folder`);
}

async function removeRemains(dir: string, place: string): Promise<void> {
  if ((await lstat(dir).catch(() => null)) === null) return;
  const owner = await readOwner(dir);
  const young = Date.now() - (await stat(dir)).mtimeMs < CLAIM_MS;
  if (held.has(dir) || (owner === null ? young : mayBeAtWork(owner))) throw busy(place);
  await rm(dir, { recursive: true, force: true }).catch(refuseToWrite(dirname(place)));
}

async function readOwner(dir: string): Promise<Owner | null> {
  try {
    return JSON.parse(await readFile(join(dir, OWNER), "utf8")) as Owner;
  } catch {
    return null; // killed before it said who it is
  }
}

/** Of another machine nothing is known: a folder of models may be shared. */
function mayBeAtWork({ host, pid }: Owner): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return pid !== process.pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

const busy = (place: string, cause?: unknown): GuardError =>
  new GuardError(
    "invalid_config",
    `${place} is being made by another process; if that is not so, run ` +
      `\`portcullis models remove .${basename(place)}.unfinished\``,
    { cause },
  );

const refuseToWrite =
  (folder: string) =>
  (cause: NodeJS.ErrnoException): never => {
    throw new GuardError(
      "invalid_config",
      `${folder} cannot be written (${String(cause.code)}): choose another`,
      {
        cause,
      },
    );
  };
