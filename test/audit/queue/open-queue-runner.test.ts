import { join } from "node:path";
import { setTimeout as sleepMs } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { startRedis, type RedisServer } from "../../fixtures/redis-server.js";
import { tempFolder } from "../../fixtures/temp-folder.js";
import { startScript, type SaidEvent, type ScriptedProcess } from "./scripted-process.js";

const CONVERSATIONS = 80;
const PATIENCE_MS = 20_000;
const MARK = "said-by-people";

const coordinate = (dir: string, redis: RedisServer, patienceMs = PATIENCE_MS): ScriptedProcess =>
  startScript("scripted-coordinator.mjs", dir, redis.url, CONVERSATIONS, patienceMs);
const work = (redis: RedisServer, ms = 30, ...more: readonly string[]): ScriptedProcess =>
  startScript("scripted-worker.mjs", redis.url, ms, ...more);
const runFolder = (): string => join(tempFolder(), "run");

/** Keys that hold a word of a message. */
const withText = async (redis: RedisServer): Promise<string[]> =>
  [...(await redis.dump())].flatMap(([key, { content }]) => (content.includes(MARK) ? [key] : []));

/** What the same log comes to when one process judges it. */
let embedded: SaidEvent;
beforeAll(async () => {
  await using alone = startScript("scripted-coordinator.mjs", runFolder(), "-", CONVERSATIONS, 0);
  embedded = await alone.until("finished");
}, 60_000);

describe("an audit over a queue", () => {
  it("comes to the verdicts of one process, with a worker killed, one frozen and thawed, and Redis restarted", async () => {
    await using redis = await startRedis();
    await using killed = work(redis);
    await using frozen = work(redis);
    await using steady = work(redis);
    await using run = coordinate(runFolder(), redis);

    await killed.until("begins");
    killed.kill("SIGKILL");
    await frozen.until("begins");
    frozen.kill("SIGSTOP");
    const texts = await withText(redis);
    expect(texts.length).toBeGreaterThan(0);
    expect(texts.filter((key) => !key.includes(":text:"))).toEqual([]);
    for (const [key, { ttlMs }] of await redis.dump())
      if (key.includes(":text:")) expect(ttlMs).toBeGreaterThan(0);

    // Chunks are written in order and six are out at once: past those, what the two held has been taken over.
    await run.until("chunk", run.of("chunk").length + 8);
    frozen.kill("SIGCONT");
    await frozen.until("dropped");

    await redis.stop();
    await run.until("lost");
    await redis.start();
    await run.until("back");

    const { signature, counts } = await run.until("finished");
    expect({ signature, counts }).toEqual({ signature: embedded["signature"], counts: embedded["counts"] });
    expect(await run.ended()).toBe(0);
    expect(await withText(redis)).toEqual([]);
    steady.kill("SIGTERM");
    frozen.kill("SIGTERM");
    expect([await steady.ended(), await frozen.ended()]).toEqual([0, 0]);
    // Signs of life of workers are all that is left, and go by themselves.
    const left = [...(await redis.dump())];
    expect(left.filter(([, { ttlMs }]) => ttlMs < 0)).toEqual([]);
  }, 60_000);

  it("goes on after its coordinator was killed, with what was judged meanwhile", async () => {
    await using redis = await startRedis();
    const dir = runFolder();
    await using worker = work(redis, 10);
    {
      await using first = coordinate(dir, redis);
      await first.until("chunk", 3);
      first.kill("SIGKILL");
      await first.ended();
    }
    await sleepMs(500); // the worker goes on with what is in line
    const meanwhile = worker.of("judged").map(({ piece }) => piece);
    await using second = coordinate(dir, redis);
    const { signature } = await second.until("finished");
    expect(signature).toBe(embedded["signature"]);
    const after = worker.of("judged").slice(meanwhile.length);
    expect(after.filter(({ piece }) => meanwhile.includes(piece))).toEqual([]);
    expect(await second.ended()).toBe(0);
    expect(await withText(redis)).toEqual([]);
  }, 60_000);

  it("gives back what a worker had begun when that is asked to stop, and Redis keeps it through a restart", async () => {
    await using redis = await startRedis();
    await using slow = work(redis, 2_000);
    await using run = coordinate(runFolder(), redis);
    await slow.until("serves");
    await sleepMs(500);
    slow.kill("SIGTERM");
    expect(await slow.ended()).toBe(0);
    expect(slow.of("returned")).toHaveLength(2);
    await redis.stop(true);
    await run.until("lost");
    await redis.start();
    await using quick = work(redis, 0);
    await quick.until("serves");
    expect((await run.until("finished"))["signature"]).toBe(embedded["signature"]);
  }, 60_000);

  it("is refused by workers with another model, says so, and ends when nobody else comes", async () => {
    await using redis = await startRedis();
    const dir = runFolder();
    await using other = work(redis, 0, "f".repeat(64));
    {
      await using run = coordinate(dir, redis, 4_000);
      expect(await other.until("refuses")).toMatchObject({ reason: "model", wanted: "1".repeat(64) });
      expect(await run.until("unserved")).toMatchObject({ refusals: ["model"] });
      expect(await run.until("ended")).toMatchObject({
        code: "engine_unavailable",
        message: expect.stringMatching(/^no worker took anything for \d+ s \(some have another model\)/),
      });
      expect(await run.ended()).toBe(3);
    }
    expect(await withText(redis)).toEqual([]);
    await using right = work(redis, 0);
    await using again = coordinate(dir, redis);
    expect((await again.until("finished"))["signature"]).toBe(embedded["signature"]);
    expect(other.of("judged")).toEqual([]);
    expect(right.of("judged").length).toBeGreaterThan(0);
  }, 60_000);

  it("ends when Redis stays away, and goes on when it is back", async () => {
    await using redis = await startRedis();
    const dir = runFolder();
    await using worker = work(redis, 10);
    {
      await using run = coordinate(dir, redis, 2_000);
      await run.until("chunk", 2);
      await redis.stop();
      expect(await run.until("ended")).toMatchObject({
        code: "engine_unavailable",
        message: expect.stringContaining("stays away; what is judged is kept, and the same command goes on"),
      });
      expect(await run.ended()).toBe(3);
    }
    await redis.start();
    await worker.until("back");
    await using again = coordinate(dir, redis);
    expect((await again.until("finished"))["signature"]).toBe(embedded["signature"]);
  }, 60_000);
});
