import { CONTRACT, validatorAt } from "../../src/http/contract.js";
import type { Answer } from "./door.js";

interface Operation {
  readonly responses: Readonly<Record<string, { $ref?: string; content?: Record<string, unknown> }>>;
}

const PATHS = CONTRACT.paths as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
const escaped = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");

/** Holds an answer against the schema that openapi.yaml has for it; undocumented answers fail as well. */
export function expectDocumented(method: string, path: string, { status, headers, body }: Answer): void {
  if (headers.get("x-request-id") === null) throw new Error("an answer without x-request-id");
  if (method === "HEAD") return;
  const pointer = responsePointer(method.toLowerCase(), new URL(path, "http://x").pathname, status);
  const media = headers.get("content-type")?.split(";")[0] ?? "";
  const isValid = validatorAt(`${pointer}/content/${escaped(media)}/schema`);
  if (!isValid(body))
    throw new Error(
      `${method} ${path} ${String(status)} is not as documented: ${JSON.stringify(isValid.errors?.map(({ instancePath, message }) => [instancePath, message]))}`,
    );
}

/** Errors of path and method are described in words for all paths alike, and share one schema. */
function responsePointer(method: string, path: string, status: number): string {
  const template = Object.keys(PATHS).find((one) =>
    new RegExp(`^${one.replace(/\{\w+\}/g, "[^/]+")}$`).test(path),
  );
  const operation = template === undefined ? undefined : PATHS[template]?.[method];
  if (template === undefined || operation === undefined) {
    if (status !== (template === undefined ? 404 : 405))
      throw new Error(`${method} ${path} is not documented and answered ${String(status)}`);
    return "/components/responses/NotFound";
  }
  const response = operation.responses[String(status)];
  if (response === undefined) throw new Error(`${method} ${path} ${String(status)} is not documented`);
  return response.$ref?.slice(1) ?? `/paths/${escaped(template)}/${method}/responses/${String(status)}`;
}
