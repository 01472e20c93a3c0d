import type { LoggedTurn } from "../log-entry.js";
import { Unreadable } from "../unreadable.js";

type Role = LoggedTurn["role"];

const ROLES: ReadonlyMap<string, Role> = new Map<string, Role>([
  ...["user", "human", "customer", "prompter"].map((name) => [name, "user"] as const),
  ...["assistant", "gpt", "chatgpt", "bing", "bard", "model", "ai", "bot", "chatbot", "agent"].map(
    (name) => [name, "assistant"] as const,
  ),
  ...["system", "developer"].map((name) => [name, "system"] as const),
  ...["tool", "function", "function_call", "observation", "ipython"].map((name) => [name, "tool"] as const),
]);

export const isRole = (value: unknown): boolean =>
  typeof value === "string" && ROLES.has(value.trim().toLowerCase());

/**
 * Whoever is not known could be either side, and a guess would be judged under the wrong rules.
 * @throws Unreadable `unknown_role`
 */
export function roleOf(value: unknown): Role {
  const role = typeof value === "string" ? ROLES.get(value.trim().toLowerCase()) : undefined;
  if (role === undefined) throw new Unreadable("unknown_role", "a message of a role that is not known");
  return role;
}
