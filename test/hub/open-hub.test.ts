import { describe, expect, it } from "@jest/globals";
import { openHub } from "../../src/hub/open-hub.js";

const COMMIT = "0".repeat(40);
const ENDPOINT = "https://hub.example";

/** A hub whose list of files is what `page` makes of a request. */
function listing(page: () => Response): { list: () => Promise<unknown>; requests: () => number } {
  let requests = 0;
  const fetch = (url: unknown): Promise<Response> => {
    requests++;
    return Promise.resolve(String(url).includes("/tree/") ? page() : Response.json({ sha: COMMIT }));
  };
  const line = {
    ...{ endpoint: ENDPOINT, token: null, silenceMs: 1_000, signal: new AbortController().signal, fetch },
  };
  return { list: () => openHub(line, "acme/guard", []).list("main"), requests: () => requests };
}

const refused = { code: "upstream_failed", message: expect.stringMatching(/does not answer as a model hub/) };

describe("openHub", () => {
  it("does not follow a list without end", async () => {
    const link = `<${ENDPOINT}/api/models/acme/guard/tree/${COMMIT}>; rel="next"`;
    const { list, requests } = listing(() => Response.json([], { headers: { link } }));
    await expect(list()).rejects.toMatchObject(refused);
    expect(requests()).toBe(20);
  });

  it("does not read a page without end", async () => {
    const piece = Buffer.alloc(1024 * 1024, " ");
    let pieces = 0;
    const endless = (): Response =>
      new Response(
        new ReadableStream({
          pull: (controller) => (++pieces > 20 ? controller.close() : controller.enqueue(piece)),
        }),
      );
    await expect(listing(endless).list()).rejects.toMatchObject(refused);
    expect(pieces).toBeLessThan(10);
  });

  it("refuses a hub that names no commit", async () => {
    const fetch = (): Promise<Response> => Promise.resolve(Response.json({ sha: "main" }));
    const line = {
      endpoint: ENDPOINT,
      token: null,
      silenceMs: 1_000,
      signal: new AbortController().signal,
      fetch,
    };
    await expect(openHub(line, "acme/guard", []).list("main")).rejects.toMatchObject(refused);
  });
});
