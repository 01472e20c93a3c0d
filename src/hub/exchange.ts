import { GuardError, followSignal, packageVersion } from "../base/index.js";

/** The way to one hub. */
export interface Line {
  readonly endpoint: string;
  readonly token: string | null;
  readonly fetch: typeof fetch;
  readonly silenceMs: number;
  readonly signal: AbortSignal;
}

/** What came back, whatever its status. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Whether the hub itself answers, rather than a storage it sent us to. */
  readonly fromHub: boolean;
  /** @throws GuardError `upstream_failed` when the connection is lost */
  readonly chunks: AsyncIterable<Uint8Array>;
}

const MAX_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];

/**
 * One GET, from the first redirect to the last byte that `use` reads; what it leaves unread is let go.
 *
 * @throws GuardError `upstream_failed`, with `retryAfterMs` as it may be a passing fault, when the network
 *   fails or nothing comes for `silenceMs`
 */
export async function exchange<T>(
  line: Line,
  url: string,
  headers: Readonly<Record<string, string>>,
  use: (answer: Answer) => Promise<T>,
): Promise<T> {
  using own = followSignal(line.signal);
  const { controller } = own;
  const silent = `${hostOf(url)} sent nothing for ${String(line.silenceMs / 1000)} s; try again later`;
  const watch = setTimeout(() => controller.abort(passing(silent)), line.silenceMs);
  try {
    const { response, fromHub } = await follow(line, url, headers, controller.signal);
    const chunks = chunksOf(response, controller.signal, watch, hostOf(url));
    return await use({ status: response.status, headers: response.headers, fromHub, chunks });
  } finally {
    clearTimeout(watch);
    controller.abort();
  }
}

/** The token goes to the hub's own origin only: storages are other people's machines. */
async function follow(
  { endpoint, token, fetch }: Line,
  start: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<{ response: Response; fromHub: boolean }> {
  let url = new URL(start);
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const fromHub = url.origin === new URL(endpoint).origin;
    const response = await fetch(url, {
      headers: {
        "user-agent": `portcullis/${packageVersion()}`,
        ...headers,
        ...(fromHub && token !== null && { authorization: `Bearer ${token}` }),
      },
      redirect: "manual",
      signal,
    }).catch((cause: unknown) => {
      throw failureOf(
        cause,
        signal,
        `${url.host} cannot be reached`,
        "check the network, or name a mirror in HF_ENDPOINT",
      );
    });
    const location = REDIRECTS.includes(response.status) ? response.headers.get("location") : null;
    if (location === null) return { response, fromHub };
    await response.body?.cancel();
    const next = URL.canParse(location, url.href) ? new URL(location, url) : null;
    if (next === null || (next.protocol !== "https:" && next.protocol !== url.protocol))
      throw new GuardError("upstream_failed", `${url.host} redirects to where no download should come from`);
    url = next;
  }
  throw new GuardError("upstream_failed", `${url.host} redirects in a circle; is HF_ENDPOINT right?`);
}

async function* chunksOf(
  response: Response,
  signal: AbortSignal,
  watch: NodeJS.Timeout,
  host: string,
): AsyncGenerator<Uint8Array> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw failureOf(cause, signal, `the connection to ${host} was lost`, "try again");
    });
    if (done) return;
    yield value;
    watch.refresh(); // only now: the time that a slow disk took is not the network's
  }
}

/** An abort keeps its own reason; everything else that goes wrong between machines may pass. */
function failureOf(cause: unknown, signal: AbortSignal, what: string, advice: string): unknown {
  if (signal.aborted) return signal.reason;
  const { code } = ((cause as Error).cause ?? {}) as { code?: unknown };
  return passing(`${what}${typeof code === "string" ? ` (${code})` : ""}: ${advice}`, cause);
}

const passing = (message: string, cause?: unknown): GuardError =>
  new GuardError("upstream_failed", message, { cause, retryAfterMs: 0 });

const hostOf = (url: string): string => new URL(url).host;
