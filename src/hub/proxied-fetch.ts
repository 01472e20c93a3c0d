import { EnvHttpProxyAgent, fetch as undiciFetch } from "undici";

/**
 * `fetch` by way of HTTPS_PROXY, HTTP_PROXY and NO_PROXY, which the one of Node 20 passes over. Idle connections
 * close by themselves and keep no process alive.
 */
export function proxiedFetch(): typeof fetch {
  const dispatcher = new EnvHttpProxyAgent();
  const proxied = (url: Parameters<typeof undiciFetch>[0], init?: Parameters<typeof undiciFetch>[1]) =>
    undiciFetch(url, { ...init, dispatcher });
  return proxied as unknown as typeof fetch; // the same thing, declared twice
}
