import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { readEvents } from "../../src/upstream/read-events.js";

async function read(chunks: readonly Uint8Array[]): Promise<string[]> {
  const events: string[] = [];
  const source = async function* (): AsyncGenerator<Uint8Array> {
    yield* chunks;
  };
  for await (const event of readEvents(source())) events.push(event);
  return events;
}
const readText = (...texts: readonly string[]): Promise<string[]> =>
  read(texts.map((text) => new TextEncoder().encode(text)));

/** The bytes cut at the given places. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end));
}

const lineEnd = fc.constantFrom("\n", "\r\n", "\r");
const word = fc
  .oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("", " ", ":", "data: x", "né", "🛡️", "日本"))
  .filter((text) => !/[\r\n]/.test(text));
const stream = fc
  .array(
    fc.record({ lines: fc.array(word, { minLength: 1, maxLength: 3 }), comment: fc.boolean(), end: lineEnd }),
    { maxLength: 5 },
  )
  .map((events) => ({
    text: events
      .map(({ lines, comment, end }) =>
        [
          ...(comment ? [": ping", "id: 7", "event: x"] : []),
          ...lines.map((line) => `data: ${line}`),
          "",
          "",
        ].join(end),
      )
      .join(""),
    events: events.map(({ lines }) => lines.join("\n")),
  }));

describe("readEvents", () => {
  it("gives the same events however the bytes are cut", async () => {
    await fc.assert(
      fc.asyncProperty(stream, fc.array(fc.nat(), { maxLength: 12 }), async ({ text, events }, places) => {
        expect(await read(cut(new TextEncoder().encode(text), places))).toEqual(events);
      }),
      { numRuns: 200 },
    );
  });

  it("gives the same events byte by byte", async () => {
    const text = ': hi\r\n\r\ndata: {"a":"né 🛡️"}\r\n\r\ndata:b\rdata\r\rdata: c\ndata: d\n\n';
    const bytes = new TextEncoder().encode(text);
    expect(await read([...bytes].map((_, at) => bytes.subarray(at, at + 1)))).toEqual([
      '{"a":"né 🛡️"}',
      "b\n",
      "c\nd",
    ]);
  });

  it("takes off one space after the colon and no more", async () => {
    expect(await readText("data:  a\n\ndata:b\n\n")).toEqual([" a", "b"]);
  });

  it("passes over a byte order mark, other fields and names that only begin like data", async () => {
    expect(await readText("\uFEFFdata: a\nid: 1\nretry: 5\ndatabase: x\n\nevent: e\n\n")).toEqual(["a"]);
  });

  it("reads a last event that no blank line follows", async () => {
    expect(await readText("data: a\n\ndata: [DONE]")).toEqual(["a", "[DONE]"]);
  });

  it("refuses an event of many megabytes before it has all of it", async () => {
    let sent = 0;
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode("data: ");
      for (; sent < 1000; sent++) yield new Uint8Array(65_536).fill(0x61);
    };
    const reading = async (): Promise<void> => {
      for await (const event of readEvents(endless())) expect(event).toBe("never");
    };
    await expect(reading()).rejects.toMatchObject({ code: "upstream_failed" });
    expect(sent).toBeLessThan(20);
  });

  it("refuses an event of very many lines, and a comment without end", async () => {
    const lines = Array<string>(40).fill(`data: ${"x".repeat(65_536)}\n`);
    await expect(readText(...lines)).rejects.toMatchObject({ code: "upstream_failed" });
    await expect(readText(":", ...Array<string>(40).fill("x".repeat(65_536)))).rejects.toMatchObject({
      code: "upstream_failed",
    });
  });

  it("reads any number of events, each below the ceiling", async () => {
    const events = await readText(
      ...Array<string>(40).fill(`: ${"y".repeat(9)}\ndata: ${"x".repeat(65_536)}\n\n`),
    );
    expect(events).toHaveLength(40);
  });

  it("costs no more in a million pieces than in a few", async () => {
    const pieces = Array.from({ length: 200_000 }, () => new Uint8Array([0x61]));
    const started = performance.now();
    const [event] = await read([new TextEncoder().encode("data: "), ...pieces]);
    expect(event).toHaveLength(200_000);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it.each([
    ["bytes that are no UTF-8", [0x64, 0xff, 0x0a]],
    ["a character that is cut off", [0x64, 0xe2, 0x82]],
  ])("refuses %s", async (_, bytes) => {
    await expect(read([new Uint8Array(bytes)])).rejects.toMatchObject({ code: "upstream_failed" });
  });
});
