import { describe, expect, it } from "@jest/globals";
import { parseQueueAddress } from "../../../src/audit/queue/queue-address.js";

describe("parseQueueAddress", () => {
  it.each([
    [
      "redis://localhost",
      { host: "localhost", port: 6379, db: 0, tls: false, username: null, password: null },
    ],
    [
      "rediss://me:s%40crt@10.0.0.7:7000/3",
      { port: 7000, db: 3, tls: true, username: "me", password: "s@crt" },
    ],
    ["redis://[::1]:6380/", { host: "::1", port: 6380 }],
  ])("reads %s", (url, address) => {
    expect(parseQueueAddress(url)).toMatchObject(address);
  });

  it("shows nothing that is secret, and prefers the password of the environment", () => {
    const address = parseQueueAddress("redis://me:secret@host:1/2", "other");
    expect(address.shown).toBe("redis://host:1/2");
    expect(address.password).toBe("other");
  });

  it.each([
    "",
    "localhost:6379",
    "http://host",
    "redis://",
    "redis://host/zero",
    "redis://host/0?tls=secret",
  ])("refuses %j without repeating it", (url) => {
    expect(() => parseQueueAddress(url)).toThrow(
      "--queue must be redis://HOST:PORT/DB or, with TLS, rediss://HOST:PORT/DB",
    );
  });
});
