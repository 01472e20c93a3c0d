import { createServer, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { proxiedFetch } from "../../src/hub/proxied-fetch.js";

/** What was asked of the proxy, such as `CONNECT 127.0.0.1:8080`. */
let asked: string[];
let target: Server;
let proxy: Server;
const VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];
const before = VARIABLES.map((name) => [name, process.env[name]] as const);

const originOf = (server: Server): string =>
  `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
const listening = (server: Server): Promise<void> =>
  new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

beforeEach(async () => {
  asked = [];
  for (const name of VARIABLES) Reflect.deleteProperty(process.env, name);
  target = createServer((_, response) => response.end("content"));
  proxy = createServer();
  proxy.on("connect", ({ url }, client, head) => {
    asked.push(`CONNECT ${String(url)}`);
    const { hostname, port } = new URL(`http://${String(url)}`);
    const upstream = connect(Number(port), hostname, () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
  });
  await Promise.all([listening(target), listening(proxy)]);
});
afterEach(() => {
  for (const [name, value] of before)
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  for (const server of [target, proxy]) server.close().closeAllConnections();
});

it("goes through the proxy of the environment, and past it where it is told to", async () => {
  process.env["HTTP_PROXY"] = originOf(proxy);
  const through = await proxiedFetch()(originOf(target));
  expect(await through.text()).toBe("content");
  expect(asked).toEqual([`CONNECT ${originOf(target).slice("http://".length)}`]);

  process.env["NO_PROXY"] = "127.0.0.1";
  expect(await (await proxiedFetch()(originOf(target))).text()).toBe("content");
  expect(asked).toHaveLength(1);
});

it("goes straight where no proxy is named", async () => {
  expect(await (await proxiedFetch()(originOf(target))).text()).toBe("content");
  expect(asked).toEqual([]);
});
