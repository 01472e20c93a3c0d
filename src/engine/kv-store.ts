import { kvBytesPerToken, type ModelGeometry } from "../model/index.js";
import { copyKvRows, createKvRows, type KvRows } from "./kv-rows.js";

/** The rows themselves, by block id. Who owns a block is the kv cache's business. */
export interface KvStore {
  /** Copies `count` new rows to the tokens `at ..` that a list of blocks holds. */
  write(blocks: readonly number[], at: number, from: KvRows, fromRow: number, count: number): void;
  /** Copies the tokens `at .. at + count` of a list of blocks. */
  read(blocks: readonly number[], at: number, count: number, to: KvRows, toRow: number): void;
  /** Lets go of a block nobody owns. */
  free(block: number): void;
  readonly bytes: number;
}

export interface KvStoreOptions {
  readonly geometry: ModelGeometry;
  readonly blockTokens: number;
  /** Memory of so many blocks is kept for the next owner; beyond, it is given back. */
  readonly keptBlocks: number;
}

export function createKvStore({ geometry, blockTokens, keptBlocks }: KvStoreOptions): KvStore {
  const held = new Map<number, KvRows>();

  /** Calls `copy` for each run of neighbouring rows of `at .. at + count`. */
  function eachRun(
    blocks: readonly number[],
    at: number,
    count: number,
    copy: (block: number, row: number, done: number, rows: number) => void,
  ): void {
    for (let done = 0; done < count;) {
      const row = (at + done) % blockTokens;
      const rows = Math.min(blockTokens - row, count - done);
      copy(blocks[Math.floor((at + done) / blockTokens)]!, row, done, rows);
      done += rows;
    }
  }

  return {
    write(blocks, at, from, fromRow, count) {
      eachRun(blocks, at, count, (block, row, done, rows) => {
        let target = held.get(block);
        if (target === undefined) held.set(block, (target = createKvRows(geometry, blockTokens)));
        copyKvRows(geometry, from, fromRow + done, target, row, rows);
      });
    },

    read(blocks, at, count, to, toRow) {
      eachRun(blocks, at, count, (block, row, done, rows) => {
        copyKvRows(geometry, held.get(block)!, row, to, toRow + done, rows);
      });
    },

    free(block) {
      if (block >= keptBlocks) held.delete(block);
    },

    get bytes() {
      return held.size * blockTokens * kvBytesPerToken(geometry);
    },
  };
}
