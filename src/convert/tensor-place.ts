import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { GuardError } from "../base/index.js";
import { DOWNLOAD_AGAIN } from "./download-again.js";
import type { FloatType } from "./tensor.js";

/** Where a tensor lies in a file, as plain data: whoever needs its numbers opens the file and reads them there. */
export interface TensorPlace {
  /** Absolute path. */
  readonly file: string;
  readonly name: string;
  readonly dtype: FloatType;
  readonly shape: readonly number[];
  /** Bytes from the start of the file. */
  readonly begin: number;
  readonly end: number;
}

/** An open file of weights. */
export interface WeightFile extends Disposable {
  /** Fills `target` from a position; blocks the thread. */
  readInto(target: Uint8Array, position: number): void;
}

/** @throws GuardError `bad_model_file` */
export function openWeightFile(path: string): WeightFile {
  const descriptor = openOrRefuse(path);
  return {
    readInto(target, position) {
      for (let filled = 0; filled < target.byteLength;) {
        const length = Math.min(target.byteLength - filled, 1 << 30); // one read moves at most 2 GiB
        const bytesRead = readSync(descriptor, target, filled, length, position + filled);
        if (bytesRead === 0)
          throw new GuardError("bad_model_file", `${path} became shorter while it was read`);
        filled += bytesRead;
      }
    },
    [Symbol.dispose]: () => {
      closeSync(descriptor);
    },
  };
}

/** Blocks the thread, so that all the more it must not wait for the other end of a pipe. */
function openOrRefuse(path: string): number {
  const refuse = (why: string, cause?: unknown): GuardError =>
    new GuardError("bad_model_file", `${path} ${why}; ${DOWNLOAD_AGAIN}`, { cause });
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    throw refuse("cannot be read", cause);
  }
  if (fstatSync(descriptor).isFile()) return descriptor;
  closeSync(descriptor);
  throw refuse("is not a file");
}
