import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Express } from "express";
import { startDraining } from "./draining.js";

export interface ListenOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** From the first byte of a request to its last. Default 15 s. */
  readonly receiveTimeoutMs?: number;
}

export interface HttpServer extends AsyncDisposable {
  /** Where it listens, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** From now on requests are answered by this app; those in flight stay with the one they came to. */
  serve(app: Express): void;
  /**
   * Stops accepting, answers what is in flight, and after `drainMs` cuts what is left. Idempotent: a second
   * call waits for the first.
   */
  close(drainMs: number): Promise<void>;
}

/** A body of 256 KiB takes a slow phone a few seconds; who trickles bytes to hold a connection is cut off. */
const RECEIVE_TIMEOUT_MS = 15_000;

/** Longer than the 60 s of common balancers, or these would reuse connections just closed here. */
const KEEP_ALIVE_MS = 65_000;

/** While draining, how often connections that fell idle are closed. */
const SWEEP_MS = 50;

/**
 * @param first answers until another app is served
 * @throws NodeJS.ErrnoException such as `EADDRINUSE`
 */
export async function listen(first: Express, options: ListenOptions): Promise<HttpServer> {
  let app = first;
  const receiveTimeoutMs = options.receiveTimeoutMs ?? RECEIVE_TIMEOUT_MS;
  const server = createServer(
    {
      headersTimeout: receiveTimeoutMs,
      requestTimeout: receiveTimeoutMs,
      connectionsCheckingInterval: Math.ceil(receiveTimeoutMs / 10),
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    (req, res) => void app(req, res),
  );
  server.listen(options.port, options.host);
  await once(server, "listening");

  let closing: Promise<void> | undefined;
  const close = (drainMs: number): Promise<void> => {
    startDraining(app);
    return (closing ??= drain(server, drainMs));
  };
  const serve = (next: Express): void => {
    if (closing !== undefined) startDraining(next);
    app = next;
  };
  return { url: urlOf(server), serve, close, [Symbol.asyncDispose]: () => close(0) };
}

async function drain(server: Server, drainMs: number): Promise<void> {
  const closed = once(server, "close");
  server.close();
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  const cut = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}

function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${String(port)}`;
}
