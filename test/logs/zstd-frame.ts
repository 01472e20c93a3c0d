const MAX_BLOCK_BYTES = 128 * 1024;

/** Content as a zstd frame of raw blocks: valid, and packed by nobody. Other blocks are tested with what DuckDB packs. */
export function zstdFrame(content: Uint8Array): Buffer {
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x40]); // a window of 256 KiB
  const parts = [head];
  for (let from = 0; from === 0 || from < content.length; from += MAX_BLOCK_BYTES) {
    const block = content.subarray(from, from + MAX_BLOCK_BYTES);
    const isLast = from + MAX_BLOCK_BYTES >= content.length ? 1 : 0;
    const size = Buffer.alloc(3);
    size.writeUIntLE(block.length * 8 + isLast, 0, 3);
    parts.push(size, Buffer.from(block));
  }
  return Buffer.concat(parts);
}
