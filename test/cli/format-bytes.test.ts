import { expect, it } from "@jest/globals";
import { formatBytes } from "../../src/cli/format-bytes.js";

it.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1024, "1.0 KiB"],
  [1024 ** 2 - 1, "1.0 MiB"],
  [7_752_090, "7.4 MiB"],
  [16_060_522_496, "15.0 GiB"],
  [1024 ** 5, "1024.0 TiB"],
])("writes %d bytes as %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
