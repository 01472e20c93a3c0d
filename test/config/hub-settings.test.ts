import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { readHubSettings } from "../../src/config/index.js";
import { tempFolder } from "../fixtures/temp-folder.js";

const home = tempFolder();
const read = (env: Record<string, string>): ReturnType<typeof readHubSettings> => readHubSettings(env, home);

describe("readHubSettings", () => {
  it("goes to the public hub without a token where nothing is set", () => {
    expect(read({})).toEqual({
      endpoint: "https://huggingface.co",
      token: null,
      cacheDir: join(home, ".cache/huggingface/hub"),
      offline: false,
    });
  });

  it("finds the cache where other Hugging Face programs do", () => {
    const env: Record<string, string> = {};
    const after = (name: string, value: string): string =>
      read(Object.assign(env, { [name]: value })).cacheDir;
    expect(after("XDG_CACHE_HOME", "/xdg")).toBe("/xdg/huggingface/hub");
    expect(after("HF_HOME", "~/hf")).toBe(join(home, "hf/hub"));
    expect(after("HUGGINGFACE_HUB_CACHE", "old")).toBe(resolve("old"));
    expect(after("HF_HUB_CACHE", "/new")).toBe("/new");
  });

  it("takes the token from the environment, else from the file that a login leaves", () => {
    mkdirSync(join(home, "hf"));
    writeFileSync(join(home, "hf/token"), "hf_file\n");
    writeFileSync(join(home, "other"), "");
    expect(read({ HF_HOME: join(home, "hf") }).token).toBe("hf_file");
    expect(read({ HF_HOME: join(home, "hf"), HF_TOKEN: " hf_env\n" }).token).toBe("hf_env");
    expect(read({ HF_HOME: join(home, "hf"), HF_TOKEN_PATH: join(home, "other") }).token).toBeNull();
    expect(() => read({ HF_TOKEN_PATH: home })).toThrow(/token file .* cannot be read/);
  });

  it("refuses a token that no header could carry, without repeating it", () => {
    expect(() => read({ HF_TOKEN: "hf_a\nb" })).toThrow(
      expect.objectContaining({ code: "invalid_config", message: expect.not.stringContaining("hf_a") }),
    );
  });

  it.each(["1", "ON", "true", "yes"])("stays offline when HF_HUB_OFFLINE is %s", (value) => {
    expect(read({ HF_HUB_OFFLINE: value }).offline).toBe(true);
  });
  it.each(["0", "", "false"])("goes online when HF_HUB_OFFLINE is '%s'", (value) => {
    expect(read({ HF_HUB_OFFLINE: value }).offline).toBe(false);
  });

  it("takes a mirror, with or without a slash at its end", () => {
    expect(read({ HF_ENDPOINT: "https://mirror.example/hf/" }).endpoint).toBe("https://mirror.example/hf");
  });

  it.each(["mirror.example", "ftp://mirror.example", "https://user:pw@mirror.example", "https://x/?a=1"])(
    "refuses the endpoint %s",
    (endpoint) => {
      expect(() => read({ HF_ENDPOINT: endpoint })).toThrow(/plain address of a hub/);
    },
  );

  it("sends a token in clear to this machine only", () => {
    for (const host of ["localhost:8080", "127.0.0.1", "[::1]:80"])
      expect(read({ HF_ENDPOINT: `http://${host}`, HF_TOKEN: "hf_x" }).token).toBe("hf_x");
    expect(read({ HF_ENDPOINT: "http://mirror.example" }).endpoint).toBe("http://mirror.example");
    for (const host of ["mirror.example", "127.0.0.1.example", "localhost.example"])
      expect(() => read({ HF_ENDPOINT: `http://${host}`, HF_TOKEN: "hf_x" })).toThrow(/sent in clear/);
  });
});
