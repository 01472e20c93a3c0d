import { isWorldReadable } from "./keys-file.js";
import { isLoopback } from "./loopback.js";
import type { Settings } from "./settings.js";

/** What is allowed and an operator should hear about, one sentence each. */
export function warningsAbout(settings: Settings): string[] {
  const { keysFile, host, guardUrl, guardKeyFile, generatorUrl, generatorKeyFile } = settings;
  const warnings: string[] = [];
  const warn = (when: boolean, what: string): void => void (when && warnings.push(what));

  warn(
    keysFile !== null && isWorldReadable(keysFile),
    "Every user of this machine can read the keys file: `chmod o-r` helps.",
  );
  for (const [whose, path] of [
    ["guard", guardKeyFile],
    ["generator", generatorKeyFile],
  ] as const)
    warn(
      path !== null && isWorldReadable(path),
      `Every user of this machine can read the key of the ${whose}'s server: \`chmod o-r\` helps.`,
    );
  warn(
    keysFile === null && !isLoopback(host),
    "Every machine that reaches this one may use the service: no key is asked for.",
  );
  for (const [whose, url, path] of [
    ["guard", guardUrl, guardKeyFile],
    ["generator", generatorUrl, generatorKeyFile],
  ] as const)
    warn(
      path !== null && url !== null && isInClear(url),
      `The key of the ${whose}'s server crosses the network in clear: its address is http.`,
    );
  warn(settings.chatFailOpenInput === "yes", "Prompts pass unjudged while the guard is away.");
  warn(settings.chatFailOpenOutput === "yes", "Answers pass unjudged while the guard is away.");
  warn(
    settings.chatMaxUnjudgedTokens > 0,
    `Up to ${String(settings.chatMaxUnjudgedTokens)} tokens of an answer leave before they are judged.`,
  );
  return warnings;
}

const isInClear = (url: string): boolean =>
  URL.canParse(url) && new URL(url).protocol === "http:" && !isLoopback(new URL(url).hostname);
