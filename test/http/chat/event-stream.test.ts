import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, it } from "@jest/globals";
import { finished, text, USAGE, type Step } from "../../chat/scripted.js";
import { ask, CHAT, openChatDoor, type ChatDoor } from "./chat-door.js";

/** A reader of one's own: it reads when told to, and can go away at any time. */
async function readBy(door: ChatDoor, body: object): Promise<Socket> {
  const { hostname, port } = new URL(door.url);
  const socket = connect({ host: hostname, port: Number(port), onread: undefined });
  await once(socket, "connect");
  const json = JSON.stringify(body);
  socket.write(
    `POST ${CHAT} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${String(json.length)}\r\n\r\n${json}`,
  );
  return socket;
}

async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 20_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error("it never came to that");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** More than sockets of both sides hold. */
const FLOOD: readonly Step[] = [
  ...Array.from({ length: 3000 }, () => text(0, `${"flood ".repeat(1000)}. `)),
  finished(0),
  USAGE,
];

describe("a reader", () => {
  it("who waits long gets comments, and then the answer", async () => {
    const steps: Step[] = [() => new Promise((go) => setTimeout(go, 250)), text(0, "Hello."), finished(0)];
    const { stream } = await openChatDoor({ steps, limits: { keepAliveMs: 50 } });
    const { body, content, done, status } = await stream(ask());
    expect(body).toMatch(/^(: ping\n\n){2,}data: /);
    expect([status, content, done]).toEqual([200, "Hello.", true]);
  });

  it("who is not kept waiting gets none", async () => {
    const { stream } = await openChatDoor();
    expect((await stream(ask())).body).not.toContain(": ping");
  });

  it("who goes away ends the generation", async () => {
    const door = await openChatDoor({ steps: [text(0, "Hello."), "hang"] });
    const socket = await readBy(door, ask({ stream: true }));
    await once(socket, "data");
    expect(door.seen.aborted).toBe(false);
    socket.destroy();
    await until(() => door.seen.aborted);
  });

  it("who goes away before anything was said ends it as well, stream or not", async () => {
    for (const stream of [false, true]) {
      const door = await openChatDoor({ steps: ["hang"] });
      const socket = await readBy(door, ask({ stream }));
      await until(() => door.seen.started === 1);
      socket.destroy();
      await until(() => door.seen.aborted);
    }
  });

  it("who takes nothing halts the generation, and is cut after a while", async () => {
    const door = await openChatDoor({ steps: FLOOD, limits: { stallMs: 500, keepAliveMs: 100 } });
    const socket = await readBy(door, ask({ stream: true, max_tokens: 100_000 }));
    socket.on("error", () => undefined); // the cut
    socket.pause();
    await until(() => door.seen.said > 0);
    await until(() => door.seen.aborted);
    expect(door.seen.said).toBeLessThan(FLOOD.length - 2);
  });

  it("who reads slowly gets everything", async () => {
    const door = await openChatDoor({ steps: FLOOD.slice(-402), limits: { stallMs: 2000 } });
    const socket = await readBy(door, ask({ stream: true, max_tokens: 100_000 }));
    let bytes = 0;
    let tail = "";
    socket.on("data", (data) => {
      bytes += data.length;
      tail = (tail + data.toString()).slice(-200);
      socket.pause();
      setTimeout(() => socket.resume(), 2);
    });
    await until(() => tail.includes("data: [DONE]"));
    expect(bytes).toBeGreaterThan(400 * 6000);
    socket.destroy();
  });
});
