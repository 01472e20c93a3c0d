import { Ajv } from "ajv";
import { GuardError } from "../base/index.js";
import { exchange } from "./exchange.js";
import type { Line } from "./line.js";
import { readJson } from "./read-json.js";
import type { Server } from "./servers.js";

/** The longest list known, of a gateway to everybody's models, is below 1 MB. */
const MAX_LIST_BYTES = 8 * 1024 * 1024;
/** Ten times the longest context any model claims. */
const MAX_CONTEXT_TOKENS = 100_000_000;
/** Models named when ours is not among them. */
const NAMED = 5;

const isModelList = new Ajv().compile<{ data?: { id: string }[] | null }>({
  type: "object",
  required: ["data"],
  properties: {
    data: {
      type: "array",
      nullable: true, // Ollama without any model
      items: { type: "object", required: ["id"], properties: { id: { type: "string" } } },
    },
  },
});

/**
 * Makes sure that the server is there and serves the model.
 *
 * @returns tokens of its context, null where the server does not say
 * @throws GuardError `invalid_config` when it has no such model or is no model server; what requests throw
 */
export async function findModel(
  line: Line,
  server: Server,
  model: string,
  controller: AbortController,
): Promise<number | null> {
  const addressed = { ...line, named: `the model server ${line.host}` }; // an operator reads this
  const get = async (path: string): Promise<unknown> => {
    const answer = await exchange(addressed, controller, path, null);
    return await readJson(answer.chunks, MAX_LIST_BYTES);
  };
  const list = await get("/v1/models");
  if (!isModelList(list))
    throw new GuardError(
      "invalid_config",
      `${line.host} lists no models: is it the address of ${server.title}, without more than /v1 at its end?`,
    );
  const ids = (list.data ?? []).map(({ id }) => id);
  if (server.listsModel && !ids.includes(model) && !ids.includes(`${model}:latest`))
    throw new GuardError("invalid_config", `${line.host} does not serve ${model}; ${offer(ids)}`);
  if (server.context === null) return null;
  const { path, read } = server.context;
  const tokens = read(await get(path).catch(() => null), model);
  controller.signal.throwIfAborted();
  return Number.isSafeInteger(tokens) && Number(tokens) > 0 && Number(tokens) <= MAX_CONTEXT_TOKENS
    ? Number(tokens)
    : null;
}

/** Names of models, as far as they look like names. */
function offer(ids: readonly string[]): string {
  const names = ids.filter((id) => /^[\w.:/@+-]{1,100}$/.test(id)).slice(0, NAMED);
  return names.length === 0
    ? "it serves none: load it there first"
    : `it serves ${names.join(", ")}${ids.length > names.length ? ", …" : ""}`;
}
