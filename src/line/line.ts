import { EnvHttpProxyAgent, Headers, type Dispatcher } from "undici";
import { GuardError, packageVersion } from "../base/index.js";
import type { LineOptions } from "./line-options.js";

/** The way to one model server: connections, which are kept and used again, and what every request carries. */
export interface Line {
  /** Of a path from the root, such as `/v1/models`. */
  url(path: string): URL;
  readonly host: string;
  /** Name in messages. They reach callers, whom the address does not concern. */
  readonly named: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly dispatcher: Dispatcher;
  readonly silenceMs: number;
}

/**
 * Goes by way of HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
 * @throws GuardError `invalid_config`
 */
export function openLine({ baseUrl, apiKey, headers, connectTimeoutMs, silenceMs }: LineOptions): Line {
  const base = readBaseUrl(baseUrl);
  return {
    url(path) {
      const url = new URL(base);
      url.pathname += path.slice(1);
      return url;
    },
    host: base.host,
    named: "the model server",
    headers: checkedHeaders({
      "user-agent": `portcullis/${packageVersion()}`,
      ...headers,
      ...(apiKey !== null && { authorization: `Bearer ${apiKey}` }),
    }),
    dispatcher: new EnvHttpProxyAgent({
      connect: { timeout: connectTimeoutMs },
      headersTimeout: 0, // silence is watched where it can be told from a slow reader
      bodyTimeout: 0,
    }),
    silenceMs,
  };
}

/** The root of the server: what comes before `/v1`, with a closing slash. */
function readBaseUrl(text: string): URL {
  const wrong = (what: string): GuardError =>
    new GuardError(
      "invalid_config",
      `the address of the model server ${what}, as in http://127.0.0.1:8000/v1`,
    );
  if (!URL.canParse(text)) throw wrong("cannot be read: give a whole one");
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol)) throw wrong("must begin with http:// or https://");
  if (url.username !== "" || url.password !== "") throw wrong("holds credentials: give them as the key");
  if (url.search !== "" || url.hash !== "") throw wrong("must end with its path");
  url.pathname = url.pathname.replace(/\/*(\/v1)?\/*$/, "/");
  return url;
}

/** Checked here, since an error of the request would quote the value. */
function checkedHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(headers))
    try {
      new Headers([[name, value]]);
    } catch {
      const what = name === "authorization" ? "the key of the model server" : `the header ${name}`;
      throw new GuardError("invalid_config", `${what} holds characters that no header may hold: correct it`);
    }
  return headers;
}
