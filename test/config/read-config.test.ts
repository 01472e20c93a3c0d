import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { GuardError } from "../../src/base/index.js";
import { SETTINGS, SETTING_NAMES, envName, readConfig, type Config } from "../../src/config/index.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "portcullis-config-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const sha256 = "ab".repeat(32);

function keysFile(content: unknown, mode = 0o600): string {
  const path = join(folder, "keys.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  chmodSync(path, mode);
  return path;
}

/** The message of the `invalid_config` that the environment leads to. */
function fault(env: Record<string, string>, flags: Record<string, string> = {}): string {
  try {
    readConfig(flags, env);
  } catch (error) {
    expect(error).toBeInstanceOf(GuardError);
    expect((error as GuardError).code).toBe("invalid_config");
    return (error as GuardError).message;
  }
  throw new Error("accepted");
}

describe("readConfig", () => {
  it("has a valid default for every setting", () => {
    const config = readConfig({}, {});
    for (const name of SETTING_NAMES) expect(config[name]).toBe(SETTINGS[name].default);
  });

  it("is frozen", () => {
    const config = readConfig({}, {}) as { -readonly [Key in keyof Config]: Config[Key] };
    expect(() => {
      config.port = 1;
    }).toThrow(TypeError);
  });

  it("puts flags before the environment and the environment before the default", () => {
    const env = { PORTCULLIS_PORT: "9001", PORTCULLIS_DRAIN_MS: "5" };
    expect(readConfig({ port: "9002" }, env)).toMatchObject({ port: 9002, drainMs: 5 });
  });

  it("takes paths from the working directory", () => {
    expect(readConfig({}, { PORTCULLIS_POLICIES_DIR: "mine" }).policiesDir).toBe(resolve("mine"));
  });

  it("leaves variables of other programs and of its own clients alone", () => {
    expect(() =>
      readConfig({}, { PORT: "x", PORTCULLI_HOST: "x", PORTCULLIS_API_KEY: "pk_x" }),
    ).not.toThrow();
  });

  it("refuses a name it does not know", () => {
    expect(fault({ PORTCULLIS_HOSTS: "::1" })).toContain("PORTCULLIS_HOSTS");
  });

  it("refuses what is not a whole number in range, naming the variable and the range", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.integer({ min: 65_536 }).map(String),
          fc.integer({ max: -1 }).map(String),
          fc.constantFrom("", " ", " 80", "80 80", "8080.5", "0x50", "1e3", "+1", "NaN", "Infinity", "on"),
        ),
        (text) => {
          expect(fault({ PORTCULLIS_PORT: text })).toBe("PORTCULLIS_PORT must be 0..65535");
        },
      ),
    );
  });

  it("names every setting at fault, the way it was given", () => {
    expect(fault({ PORTCULLIS_METRICS: "yes" }, { stepTokens: "many" })).toBe(
      "PORTCULLIS_METRICS must be keyed | open | off; --step-tokens must be 16..65536",
    );
  });

  it.each(["0.0.0.0", "::", "10.1.2.3", "example.org", "127.evil.example"])(
    "refuses to listen on %s without a key",
    (host) => {
      expect(fault({ PORTCULLIS_HOST: host })).toContain("PORTCULLIS_KEYS_FILE");
    },
  );

  it.each(["127.0.0.1", "127.8.8.8", "::1", "localhost"])("listens on %s without a key", (host) => {
    expect(readConfig({}, { PORTCULLIS_HOST: host })).toMatchObject({ host, keys: [], warnings: [] });
  });

  it("listens anywhere when that was asked for, with a warning", () => {
    const config = readConfig({}, { PORTCULLIS_HOST: "0.0.0.0", PORTCULLIS_ALLOW_OPEN: "yes" });
    expect(config.warnings).toHaveLength(1);
  });

  it("refuses an open gate with keys", () => {
    const env = {
      PORTCULLIS_ALLOW_OPEN: "yes",
      PORTCULLIS_KEYS_FILE: keysFile({ keys: [{ id: "a", sha256 }] }),
    };
    expect(fault(env)).toContain("contradict");
  });

  it("refuses a step larger than what may wait", () => {
    expect(fault({ PORTCULLIS_STEP_TOKENS: "512", PORTCULLIS_WAITING_TOKENS: "511" })).toContain(
      "PORTCULLIS_WAITING_TOKENS",
    );
  });
});

describe("the keys file", () => {
  const read = (path: string): Config =>
    readConfig({}, { PORTCULLIS_HOST: "0.0.0.0", PORTCULLIS_KEYS_FILE: path });

  it("gives ids, digests and limits", () => {
    const keys = [
      { id: "a", sha256 },
      { id: "b.c-d_1", sha256: "0".repeat(64), requestsPerMinute: 60 },
    ];
    expect(read(keysFile({ keys }))).toMatchObject({ keys, warnings: [] });
  });

  it("is reported when everybody may read it", () => {
    expect(read(keysFile({ keys: [{ id: "a", sha256 }] }, 0o644)).warnings).toEqual([
      expect.stringContaining("chmod"),
    ]);
  });

  it.each([
    ["is not JSON", "{"],
    ["has no keys", { keys: [] }],
    ["has a field nobody knows", { keys: [{ id: "a", sha256, key: "pk_x" }] }],
    [
      "has the digest of an empty key",
      { keys: [{ id: "a", sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" }] },
    ],
    ["has an upper-case digest", { keys: [{ id: "a", sha256: sha256.toUpperCase() }] }],
    ["has an id with a space", { keys: [{ id: "a b", sha256 }] }],
    [
      "names an id twice",
      {
        keys: [
          { id: "a", sha256 },
          { id: "a", sha256: "0".repeat(64) },
        ],
      },
    ],
    [
      "names a digest twice",
      {
        keys: [
          { id: "a", sha256 },
          { id: "b", sha256 },
        ],
      },
    ],
    ["allows no request at all", { keys: [{ id: "a", sha256, requestsPerMinute: 0 }] }],
  ])("is refused when it %s", (_, content) => {
    const path = keysFile(content);
    expect(fault({ PORTCULLIS_KEYS_FILE: path })).toContain(path);
  });

  it("is refused when it is not there", () => {
    expect(fault({ PORTCULLIS_KEYS_FILE: join(folder, "absent") })).toContain("cannot be read");
  });
});

describe("what is measured for whom", () => {
  const telemetry = (env: Record<string, string>): object => readConfig({}, env).telemetry;

  it.each([
    ["nothing is set", {}, { scrape: true, pushMetrics: false, traces: false }],
    ["metrics are off", { PORTCULLIS_METRICS: "off" }, { scrape: false, pushMetrics: false, traces: false }],
    [
      "a collector is named",
      { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" },
      { scrape: true, pushMetrics: false, traces: true },
    ],
    [
      "a collector of traces is named and traces are not wanted",
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://collector:4318", OTEL_TRACES_EXPORTER: "none" },
      { scrape: true, pushMetrics: false, traces: false },
    ],
    [
      "metrics are to be pushed",
      { OTEL_METRICS_EXPORTER: "otlp" },
      { scrape: false, pushMetrics: true, traces: false },
    ],
    [
      "everything is switched off",
      { OTEL_SDK_DISABLED: "True", OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" },
      { scrape: false, pushMetrics: false, traces: false },
    ],
  ])("follows the standard variables when %s", (_, env, expected) => {
    expect(telemetry(env as unknown as Record<string, string>)).toEqual(expected);
  });
});

describe("names", () => {
  it("are made from the setting's name", () => {
    expect(envName("headCacheMib")).toBe("PORTCULLIS_HEAD_CACHE_MIB");
  });
});
