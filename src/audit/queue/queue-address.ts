import { GuardError } from "../../base/index.js";

/** Where a Redis server is, and who calls. */
export interface QueueAddress {
  readonly host: string;
  readonly port: number;
  /** Number of the database, from 0. */
  readonly db: number;
  readonly tls: boolean;
  readonly username: string | null;
  readonly password: string | null;
  /** For people: nothing in it is secret. */
  readonly shown: string;
}

const SCHEMES: ReadonlyMap<string, boolean> = new Map([
  ["redis:", false],
  ["rediss:", true],
]);

/**
 * @param url `redis://host:port/db`, with `rediss` for TLS; may hold a name and a password
 * @param password wins over the one in the URL: arguments are visible to every user of a machine
 * @throws GuardError `invalid_config`, without a word of the URL
 */
export function parseQueueAddress(url: string, password?: string): QueueAddress {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const tls = SCHEMES.get(parsed?.protocol ?? "");
  const db = /^\/?(\d{0,4})$/.exec(parsed?.pathname ?? "")?.[1];
  if (parsed === null || tls === undefined || db === undefined || parsed.hostname === "" || parsed.search)
    throw new GuardError(
      "invalid_config",
      "--queue must be redis://HOST:PORT/DB or, with TLS, rediss://HOST:PORT/DB",
    );
  const port = parsed.port === "" ? 6379 : Number(parsed.port);
  const host = parsed.hostname.replace(/^\[|\]$/g, ""); // an IPv6 address stands in brackets only in URLs
  return {
    ...{ host, port, db: Number(db), tls },
    username: decoded(parsed.username),
    password: password ?? decoded(parsed.password),
    shown: `${parsed.protocol}//${parsed.hostname}:${String(port)}/${String(Number(db))}`,
  };
}

function decoded(part: string): string | null {
  try {
    return part === "" ? null : decodeURIComponent(part);
  } catch {
    return part; // a bare % in a password
  }
}
