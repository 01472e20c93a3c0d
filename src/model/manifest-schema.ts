import { GEOMETRY_SCHEMA } from "./geometry-schema.js";

/** Folders and names of plain characters, none beginning with a dot: no `..`, no `\`, no drive letters. */
const FILE_PATH = {
  type: "string",
  maxLength: 200,
  pattern: "^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*){0,7}$",
} as const;

const shortText = (maxLength: number) => ({ type: "string", minLength: 1, maxLength }) as const;
const closed = <P extends object>(properties: P) => ({
  type: "object",
  additionalProperties: false,
  required: Object.keys(properties),
  properties,
});

const tokenIds = (maxItems: number) => ({
  type: "array",
  minItems: 1,
  maxItems,
  uniqueItems: true,
  items: { type: "integer", minimum: 0 },
});

const files = {
  type: "array",
  minItems: 1,
  maxItems: 1000, // a sharded 405B checkpoint has 191 files
  items: closed({
    path: FILE_PATH,
    bytes: { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    sha256: { type: "string", pattern: "^[0-9a-f]{64}$" },
  }),
} as const;

const share = { type: "number", minimum: 0, maximum: 1 } as const;
const error = { type: "number", minimum: 0 } as const;
const count = { type: "integer", minimum: 0 } as const;
const orNull = <S extends object>(schema: S) => ({ ...schema, nullable: true }) as const;

/** JSON Schema of `QuantizationReport`. */
const QUANTIZATION = closed({
  weightError: error,
  worstWeight: closed({ name: shortText(200), error }),
  smoothing: orNull(closed({ alpha: share })),
  calibration: orNull(
    closed({
      set: shortText(200),
      sha256: { type: "string", pattern: "^[0-9a-f]{64}$" },
      prompts: count,
      tokens: count,
    }),
  ),
  agreement: orNull(
    closed({
      prompts: count,
      logitError: error,
      unsafeShiftMean: share,
      unsafeShiftP95: share,
      unsafeShiftMax: share,
      flips: count,
    }),
  ),
});

const MODEL_ID = { type: "string", pattern: "^[a-z0-9][a-z0-9._-]{0,79}$" } as const;

/** JSON Schema of what whoever makes a model says about it. */
export const IDENTITY_SCHEMA = {
  type: "object",
  properties: {
    id: MODEL_ID,
    notice: shortText(1000),
    template: MODEL_ID,
    repository: shortText(300),
    revision: shortText(100),
  },
} as const;

/** JSON Schema of manifest.json, closed: a field this version does not know may change what the model means. */
export const MANIFEST_SCHEMA = closed({
  schemaVersion: { const: 2 },
  id: MODEL_ID,
  task: { enum: ["guard", "generator"] },
  notice: IDENTITY_SCHEMA.properties.notice,
  template: MODEL_ID,
  geometry: GEOMETRY_SCHEMA,
  graph: closed({ path: FILE_PATH, format: { enum: ["fp32", "fp16", "int8", "int4"] } }),
  tokenizer: closed({ path: FILE_PATH, configPath: FILE_PATH }),
  head: {
    type: "object",
    required: ["kind"],
    discriminator: { propertyName: "kind" },
    oneOf: [
      closed({ kind: { const: "full" } }),
      closed({ kind: { const: "rows" }, tokenIds: tokenIds(8192) }), // more rows than that is no cut
    ],
  },
  endTokenIds: tokenIds(16),
  source: closed({
    repository: IDENTITY_SCHEMA.properties.repository,
    revision: IDENTITY_SCHEMA.properties.revision,
    files,
  }),
  adapter: orNull(closed({ name: shortText(200), base: orNull(shortText(300)), files })),
  quantization: orNull(QUANTIZATION),
  converter: closed({ version: shortText(50) }),
  files,
});
