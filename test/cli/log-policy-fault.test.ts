import { describe, expect, it } from "@jest/globals";
import { logPolicyFault } from "../../src/cli/log-policy-fault.js";
import type { LogFields } from "../../src/cli/log.js";

function loggedFor(file: string): LogFields | undefined {
  let logged: LogFields | undefined;
  const faults = [{ pointer: "", message: "cannot be read" }];
  logPolicyFault((_level, _event, fields) => (logged = fields), "/etc/policies", { file, faults });
  return logged;
}

describe("logPolicyFault", () => {
  it("names the file at fault", () => {
    expect(loggedFor("mine.json")).toEqual({
      faults: expect.stringMatching(/^mine\.json:\n.*cannot be read/),
    });
  });

  it("names the folder when the fault is its own", () => {
    expect(loggedFor("")).toEqual({ faults: expect.stringMatching(/^\/etc\/policies:\n.*cannot be read/) });
  });
});
