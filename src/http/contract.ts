import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { PACKAGE_ROOT } from "../base/index.js";
import { toFault } from "./fault.js";

/** `openapi.yaml`: what the server promises, and what its validators are made of. */
export const CONTRACT = parse(readFileSync(join(PACKAGE_ROOT, "openapi.yaml"), "utf8")) as Contract;

export interface Contract {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, unknown>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

/** What a document has beside schemas; an unknown keyword inside a schema is an error at start. */
const WORDS_OF_OPENAPI = ["openapi", "info", "servers", "tags", "security", "paths", "components"];

// `verbose` leaves the schema on an error, for its `x-faults`; names may be required without being described
// beside, as in the alternatives of `oneOf`.
const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, verbose: true })
  .addVocabulary([...WORDS_OF_OPENAPI, "x-faults"])
  .addSchema(CONTRACT, "openapi.yaml");

/** The validator of a schema, by its JSON pointer into the document. */
export function validatorAt<T>(pointer: string): ValidateFunction<T> {
  const validator = ajv.getSchema<T>(`openapi.yaml#${pointer}`);
  if (validator === undefined) throw new TypeError(`openapi.yaml has nothing at ${pointer}`);
  return validator as ValidateFunction<T>;
}

/** @returns a parser that throws GuardError `invalid_request` naming the part at fault */
export function parserOf<T>(schemaName: string): (body: unknown) => T {
  const isValid = validatorAt<T>(`/components/schemas/${schemaName}`);
  return (body) => {
    if (isValid(body)) return body;
    throw toFault(isValid.errors ?? []);
  };
}
