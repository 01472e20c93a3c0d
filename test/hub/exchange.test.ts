import { describe, expect, it } from "@jest/globals";
import { exchange, type Line } from "../../src/hub/exchange.js";

const HUB = "https://hub.example";

/** A network in which each address has one answer; notes who was shown the token. */
function network(answers: Readonly<Record<string, string | number>>): Line & { shown: string[] } {
  const shown: string[] = [];
  return {
    ...{ endpoint: HUB, token: "secret", silenceMs: 1_000, signal: new AbortController().signal, shown },
    fetch: (url, init) => {
      if ("authorization" in (init!.headers as object)) shown.push(String(url as URL));
      const answer = answers[String(url as URL)];
      return Promise.resolve(
        typeof answer === "string"
          ? new Response(null, { status: 302, headers: { location: answer } })
          : new Response(null, { status: answer ?? 404 }),
      );
    },
  };
}

const statusOf = (line: Line): Promise<number> =>
  exchange(line, `${HUB}/a`, {}, ({ status }) => Promise.resolve(status));

describe("exchange", () => {
  it("follows relative and foreign redirects, with the token for its own origin only", async () => {
    const line = network({
      [`${HUB}/a`]: "/b",
      [`${HUB}/b`]: "https://store.example/c",
      "https://store.example/c": "https://hub.example:8443/d",
      "https://hub.example:8443/d": 200,
    });
    expect(await statusOf(line)).toBe(200);
    expect(line.shown).toEqual([`${HUB}/a`, `${HUB}/b`]);
  });

  it.each([
    ["in a circle", "/a", /redirects in a circle/],
    ["out of encryption", "http://hub.example/a", /where no download should come from/],
    ["to a file", "file:///etc/passwd", /where no download/],
    ["nowhere", "https://", /where no download/],
  ])("does not go %s", async (_, location, message) => {
    await expect(statusOf(network({ [`${HUB}/a`]: location }))).rejects.toMatchObject({
      code: "upstream_failed",
      message: expect.stringMatching(message),
    });
  });
});
