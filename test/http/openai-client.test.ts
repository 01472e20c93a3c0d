import { describe, expect, it } from "@jest/globals";
import OpenAI from "openai";
import { GuardError } from "../../src/base/index.js";
import { openDoor, type Door } from "./door.js";
import { WordGuard, sha256 } from "./fakes.js";

/** The official client, with its retries as they are by default. */
const clientOf = ({ url }: Door, apiKey = "key") => new OpenAI({ baseURL: `${url}/v1`, apiKey });
const keys = [{ id: "a", sha256: sha256("key"), requestsPerMinute: 100 }];

describe("the official OpenAI client", () => {
  it("gets a moderation of a text", async () => {
    const client = clientOf(await openDoor({ keys }));
    const moderation = await client.moderations.create({ input: "steal", model: "omni-moderation-latest" });
    expect(moderation.model).toBe("word-guard");
    expect(moderation.results[0]?.flagged).toBe(true);
    expect(moderation.results[0]?.categories.illicit).toBe(true);
    expect(moderation.results[0]?.category_applied_input_types.hate).toEqual(["text"]);
  });

  it("gets one result for each text, and one for a list of parts", async () => {
    const client = clientOf(await openDoor());
    const list = await client.moderations.create({ input: ["a", "steal", "b"] });
    expect(list.results.map(({ flagged }) => flagged)).toEqual([false, true, false]);
    const parts = await client.moderations.create({ input: [{ type: "text", text: "steal" }] });
    expect(parts.results).toHaveLength(1);
  });

  it("lists the models", async () => {
    const client = clientOf(await openDoor());
    const names = [];
    for await (const model of client.models.list()) names.push(model.id);
    expect(names).toEqual(["word-guard"]);
    await expect(client.models.retrieve("none")).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });

  it("understands a refusal, with the pointer and the request id", async () => {
    const client = clientOf(await openDoor());
    const image = { type: "image_url" as const, image_url: { url: "https://example.com/a.png" } };
    const error: unknown = await client.moderations
      .create({ input: [image] })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect(error).toMatchObject({
      code: "invalid_request",
      type: "invalid_request_error",
      param: "/input/0/type",
      requestID: expect.stringMatching(/^req-/),
      message: expect.stringContaining("only text can be judged"),
    });
  });

  it("is told of an unknown key by the class of its own", async () => {
    const client = clientOf(await openDoor({ keys }), "other");
    await expect(client.moderations.create({ input: "a" })).rejects.toBeInstanceOf(
      OpenAI.AuthenticationError,
    );
  });

  it("does not repeat what cannot get better", async () => {
    const guard = new WordGuard();
    guard.before = () => Promise.reject(new GuardError("unreadable_output", "x"));
    const client = clientOf(await openDoor({ guard }));
    await expect(client.moderations.create({ input: "a" })).rejects.toBeInstanceOf(
      OpenAI.InternalServerError,
    );
    expect(guard.calls).toHaveLength(1);
  });

  it("comes back after an overload, not before it was told to", async () => {
    const guard = new WordGuard();
    const times: number[] = [];
    guard.before = () => {
      times.push(performance.now());
      return times.length > 1
        ? Promise.resolve()
        : Promise.reject(new GuardError("overloaded", "full", { retryAfterMs: 1000 }));
    };
    const client = clientOf(await openDoor({ guard }));
    const moderation = await client.moderations.create({ input: "a" });
    expect(moderation.results).toHaveLength(1);
    expect(times).toHaveLength(2);
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(990);
  });

  it("is refused over its limit as a rate limit", async () => {
    const door = await openDoor({ keys: [{ id: "a", sha256: sha256("key"), requestsPerMinute: 1 }] });
    const client = clientOf(door).withOptions({ maxRetries: 0 });
    await client.moderations.create({ input: "a" });
    await expect(client.moderations.create({ input: "a" })).rejects.toBeInstanceOf(OpenAI.RateLimitError);
  });
});
