import { describe, expect, it, test } from "@jest/globals";
import type { Framed } from "../../../src/logs/log-record.js";
import { createTableFrame } from "../../../src/logs/frames/table-frame.js";
import { createValueFrame } from "../../../src/logs/frames/value-frame.js";

type Frames = ReturnType<typeof createTableFrame>;

/** Records, or the code of what is broken, with their rows; fed in pieces of a size. */
function read(frame: Frames, text: string, size = text.length || 1): unknown[] {
  const bytes = Buffer.from(text);
  const all: Framed[] = [];
  for (let at = 0; at < bytes.length; at += size) all.push(...frame.push(bytes.subarray(at, at + size)));
  all.push(...frame.end());
  return all.map((one) => ("broken" in one ? [one.row, one.broken.code] : [one.row, one.value]));
}

const row = (n: number, ...cells: string[]): unknown => [
  n,
  Object.assign(
    Object.create(null) as object,
    Object.fromEntries(cells.map((cell, at) => ["abc"[at], cell])),
  ),
];

const TABLES: [name: string, text: string, expected: unknown[]][] = [
  [
    "quotes, doubled and over lines",
    'a,b\n"x ""y""\nz",1\n"",""\n',
    [row(1, 'x "y"\nz', "1"), row(2, "", "")],
  ],
  [
    "quotes within a cell that does not begin with one",
    'a,b\n5" pipe,6""\n7,8',
    [row(1, '5" pipe', '6""'), row(2, "7", "8")],
  ],
  ["semicolons, with commas in the text", "a;b\n1,2;3\n", [row(1, "1,2", "3")]],
  ["tabs and returns", "a\tb\r\n1\t2\r\n\r\n3\t4\r\n", [row(1, "1", "2"), row(2, "3", "4")]],
  [
    "line ends of both kinds, and neither",
    "a,b\r\n1,2\n3,4\r\n5,x\ry\0\n",
    [row(1, "1", "2"), row(2, "3", "4"), row(3, "5", "x\ry\0")],
  ],
  [
    "a quote that is never closed, in a row that would be too long",
    `a,b\n1,"${"x".repeat(200)}\n2,y\n`,
    [[1, "line_too_long"], row(2, "2", "y")],
  ],
  ["one column, with commas in the text", "a\nx\n", [row(1, "x")]],
  ["columns without a name", ",a\n0,x\n", [[1, Object.assign(Object.create(null) as object, { a: "x" })]]],
  [
    "rows of another width",
    "a,b\n1\n1,2,3\n4,5\n",
    [[1, "broken_table"], [2, "broken_table"], row(3, "4", "5")],
  ],
  ["text behind a quote", 'a,b\n"x"y,1\n2,3\n', [[1, "broken_table"], row(2, "2", "3")]],
  [
    "a quote that is never closed",
    'a,b\n1,"x\n2,y\n3,z\n',
    [[1, "broken_table"], row(2, "2", "y"), row(3, "3", "z")],
  ],
  ["a row that is too long", `a,b\n1,${"x".repeat(200)}\n2,y\n`, [[1, "line_too_long"], row(2, "2", "y")]],
  [
    "a quote that takes too much along",
    `a,b\n1,"${"x\n".repeat(60)}2,y\n`,
    [
      [1, "broken_table"],
      ...Array.from({ length: 59 }, (_, i) => [i + 2, "broken_table"]),
      row(61, "2", "y"),
    ],
  ],
  ["two columns of one name", "a,a\n1,2\n", [[1, "broken_table"]]],
  ["nothing but a header", "a,b\n", []],
];

describe("createTableFrame", () => {
  test.each(TABLES)("reads %s, however its bytes are cut", (_, text, expected) => {
    for (const size of [1, 3, 64, 1000])
      expect(read(createTableFrame(100, null), text, size)).toEqual(expected);
  });
});

describe("createValueFrame", () => {
  test.each<[string, string, unknown[]]>([
    [
      "an array over lines",
      '[\n {"a":\n1},\n\n{"b":"]}\\""}\n]\n',
      [
        [2, { a: 1 }],
        [5, { b: ']}"' }],
      ],
    ],
    [
      "objects one after the other",
      '{\n"a":1}\n{"b":2}{"c":3}',
      [
        [1, { a: 1 }],
        [3, { b: 2 }],
        [3, { c: 3 }],
      ],
    ],
    [
      "arrays in arrays, words and numbers",
      '[[1],2,"x",true]\n[null]',
      [
        [1, [1]],
        [1, 2],
        [1, "x"],
        [1, true],
        [2, null],
      ],
    ],
    [
      "what is broken, and what comes after",
      '[{"a":1,},\n{"b":2}, oops, {"c":3}]',
      [
        [1, "broken_json"],
        [2, { b: 2 }],
        [2, "broken_json"],
        [2, { c: 3 }],
      ],
    ],
    [
      "what ends within",
      '[{"a":1},\n{"b":',
      [
        [1, { a: 1 }],
        [2, "broken_json"],
      ],
    ],
    [
      "what is too long",
      `[{"a":"${"x".repeat(200)}"},{"b":2}]`,
      [
        [1, "line_too_long"],
        [1, { b: 2 }],
      ],
    ],
  ])("reads %s, however its bytes are cut", (_, text, expected) => {
    for (const size of [1, 3, 64, 1000]) expect(read(createValueFrame(100), text, size)).toEqual(expected);
  });

  it("holds one record of an array, however long that is", () => {
    const frame = createValueFrame(100);
    let count = 0;
    for (const piece of ["[", ...Array.from({ length: 100_000 }, () => '{"a":1},')])
      for (const one of frame.push(Buffer.from(piece))) count += "value" in one ? 1 : 0;
    expect(count).toBe(100_000);
  });
});
