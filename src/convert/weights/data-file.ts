import { closeSync, openSync, writeSync } from "node:fs";

/** The data file of a graph, written in any order. */
export interface DataFile extends Disposable {
  write(bytes: Uint8Array, offset: number): void;
}

/** Opens for writing at places reserved before; several threads may hold the same file open. */
export function openDataFile(path: string): DataFile {
  const descriptor = openSync(path, "r+");
  return {
    write(bytes, offset) {
      for (let written = 0; written < bytes.byteLength;) {
        const length = Math.min(bytes.byteLength - written, 1 << 30); // one write moves at most 2 GiB
        written += writeSync(descriptor, bytes, written, length, offset + written);
      }
    },
    [Symbol.dispose]: () => {
      closeSync(descriptor);
    },
  };
}

/** The memory of a typed array. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
