import { describe, expect, it } from "@jest/globals";
import { engineEnvironment } from "../../src/config/index.js";

describe("engineEnvironment", () => {
  it("passes on what a process needs, and no secret", () => {
    const env = { PATH: "/bin", LANG: "C.UTF-8", PORTCULLIS_API_KEY: "pk_x", AWS_SECRET_ACCESS_KEY: "y" };
    expect(engineEnvironment(env)).toEqual({ PATH: "/bin", LANG: "C.UTF-8", ORT_DISABLE_TELEMETRY: "1" });
  });

  it("keeps the native runtime from reporting, whatever the environment says", () => {
    expect(engineEnvironment({ ORT_DISABLE_TELEMETRY: "0" })).toEqual({ ORT_DISABLE_TELEMETRY: "1" });
  });
});
