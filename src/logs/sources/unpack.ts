import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { unpackZstd } from "../zstd/unpack-zstd.js";

/** By the first bytes; names may lie. */
export type Packing = "gzip" | "zstd" | "parquet" | "none";

export const MAGIC_BYTES = 4;

export function packingOf(head: Uint8Array): Packing {
  const hex = Buffer.from(head.subarray(0, MAGIC_BYTES)).toString("hex");
  if (hex.startsWith("1f8b")) return "gzip";
  if (hex === "28b52ffd" || /^5.2a4d18$/.test(hex)) return "zstd";
  return hex === "50415231" ? "parquet" : "none"; // PAR1
}

/** @throws Unreadable or errors of zlib where it is not whole */
export function unpack(
  bytes: AsyncIterable<Uint8Array>,
  packing: "gzip" | "zstd" | "none",
): AsyncIterable<Uint8Array> {
  switch (packing) {
    case "gzip":
      return pipeline(bytes, createGunzip({ chunkSize: 256 * 1024 }), () => undefined);
    case "zstd":
      return unpackZstd(bytes);
    case "none":
      return bytes;
    default:
      return packing satisfies never;
  }
}
