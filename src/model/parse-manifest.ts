import { Ajv, type ErrorObject } from "ajv";
import { GuardError, lazyValidator } from "../base/index.js";
import { checkGeometry } from "./check-geometry.js";
import { MANIFEST_SCHEMA } from "./manifest-schema.js";
import type { ModelManifest } from "./manifest.js";

const isManifest = lazyValidator(() =>
  new Ajv({ discriminator: true }).compile<ModelManifest>(MANIFEST_SCHEMA),
);

const bad = (detail: string): GuardError =>
  new GuardError("bad_model_file", `manifest.json: ${detail}; convert or download the model again`);

const describe = ([error]: ErrorObject[]): string =>
  `${error?.instancePath === "" ? "the whole" : String(error?.instancePath)} ${String(error?.message)}`;

/**
 * @param json what `JSON.parse` made of manifest.json
 * @throws GuardError `bad_model_file` naming the first field at fault
 */
export function parseManifest(json: unknown): ModelManifest {
  if (!isManifest(json)) throw bad(describe(isManifest.errors ?? []));
  checkGeometry(json.geometry, "manifest.json");
  const paths = new Set(json.files.map((file) => file.path));
  if (paths.size !== json.files.length) throw bad("a file is listed twice");
  if (paths.has("manifest.json")) throw bad("it cannot hold its own digest");
  for (const path of [json.graph.path, json.tokenizer.path, json.tokenizer.configPath])
    if (!paths.has(path)) throw bad(`${path} is named but not among the files`);
  const ids = [...json.endTokenIds, ...(json.head.kind === "rows" ? json.head.tokenIds : [])];
  if (ids.some((id) => id >= json.geometry.vocabSize)) throw bad("a token id is outside the vocabulary");
  return json;
}
