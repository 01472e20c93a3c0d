import { open } from "node:fs/promises";

/** Where a weight lies in the data file. */
export interface ExternalPlace {
  readonly offset: number;
  readonly bytes: number;
}

export interface ExternalData {
  /** Appends bytes, aligned. */
  append(data: Uint8Array): Promise<ExternalPlace>;
  close(): Promise<void>;
}

/** A cache line, and the widest vector load: weights are used where they are mapped. */
const ALIGNMENT_BYTES = 64;

/** Creates the file that a graph's weights are written to as they come, so that none has to stay in memory. */
export async function createExternalData(path: string): Promise<ExternalData> {
  const handle = await open(path, "wx");
  let end = 0;
  return {
    async append(data) {
      const offset = Math.ceil(end / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
      for (let written = 0; written < data.byteLength;) {
        const length = Math.min(data.byteLength - written, 1 << 30); // one write moves at most 2 GiB
        written += (await handle.write(data, written, length, offset + written)).bytesWritten;
      }
      end = offset + data.byteLength;
      return { offset, bytes: data.byteLength };
    },
    close: () => handle.close(),
  };
}
