import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { createExternalData } from "../../src/convert/external-data.js";
import { tempFolder } from "../fixtures/temp-folder.js";

it("lays weights one after the other at multiples of 64 bytes", async () => {
  const path = join(tempFolder(), "weights");
  const weights = await createExternalData(path);
  const places = [];
  for (const length of [3, 64, 65, 0, 1])
    places.push(await weights.append(new Uint8Array(length).fill(length)));
  await weights.close();
  expect(places.map(({ offset }) => offset)).toEqual([0, 64, 128, 256, 256]);
  const file = readFileSync(path);
  for (const { offset, bytes } of places)
    expect([...file.subarray(offset, offset + bytes)]).toEqual(new Array(bytes).fill(bytes));
});

it("does not write over a file", async () => {
  const path = join(tempFolder(), "weights");
  await (await createExternalData(path)).close();
  await expect(createExternalData(path)).rejects.toMatchObject({ code: "EEXIST" });
});
