import { describe, expect, it, test } from "@jest/globals";
import { CONTRACT, validatorAt } from "../../src/http/contract.js";

const escaped = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");

interface Media {
  schema?: object;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}

/** Every media type of the document that has a schema, by its pointer. */
function mediaIn(node: unknown, pointer = ""): [pointer: string, media: Media][] {
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([name, child]) => {
    const at = `${pointer}/${escaped(name)}`;
    if (name !== "content") return mediaIn(child, at);
    return Object.entries(child as Record<string, Media>).map(([type, media]): [string, Media] => [
      `${at}/${escaped(type)}`,
      media,
    ]);
  });
}

const media = [...mediaIn(CONTRACT.paths, "/paths"), ...mediaIn(CONTRACT.components, "/components")].filter(
  ([, { schema }]) => schema !== undefined,
);

describe("openapi.yaml", () => {
  it("has a schema for the answers of every path", () => {
    expect(media.length).toBeGreaterThanOrEqual(Object.keys(CONTRACT.paths).length);
  });

  test.each(media)("%s: the schema compiles and its examples obey it", (pointer, { example, examples }) => {
    const isValid = validatorAt(`${pointer}/schema`);
    const values = [
      ...(example === undefined ? [] : [example]),
      ...Object.values(examples ?? {}).map(({ value }) => value),
    ];
    for (const value of values) {
      isValid(value);
      expect(isValid.errors ?? []).toEqual([]);
    }
  });

  it("shows an example of every request, every verdict and every error", () => {
    const bare = media.filter(([, { example, examples }]) => example === undefined && examples === undefined);
    expect(
      bare.filter(([pointer]) => /requestBody|moderat|components/.test(pointer)).map(([at]) => at),
    ).toEqual(["/components/responses/Alive/content/application~1json"]);
  });
});
