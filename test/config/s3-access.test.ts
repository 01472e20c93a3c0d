import { describe, expect, it } from "@jest/globals";
import { readS3Access } from "../../src/config/index.js";

const KEYS = { AWS_ACCESS_KEY_ID: "key-id", AWS_SECRET_ACCESS_KEY: "top-secret" };

describe("readS3Access", () => {
  it("is null where nobody is named", () => {
    expect(readS3Access({})).toBeNull();
    expect(readS3Access({ AWS_ACCESS_KEY_ID: " ", AWS_REGION: "eu-west-1" })).toBeNull();
  });

  it("takes the session, the region and another store's address along", () => {
    const env = { ...KEYS, AWS_SESSION_TOKEN: "session", AWS_DEFAULT_REGION: "eu-central-1" };
    expect(readS3Access({ ...env, AWS_ENDPOINT_URL: "http://127.0.0.1:9000/" })).toEqual({
      accessKeyId: "key-id",
      secretAccessKey: "top-secret",
      sessionToken: "session",
      region: "eu-central-1",
      endpoint: "http://127.0.0.1:9000",
    });
    expect(readS3Access(KEYS)).toEqual({
      accessKeyId: "key-id",
      secretAccessKey: "top-secret",
      region: "us-east-1",
    });
  });

  it("prefers what is said of S3 alone", () => {
    const both = { AWS_ENDPOINT_URL: "http://all", AWS_ENDPOINT_URL_S3: "http://s3" };
    expect(readS3Access({ ...KEYS, ...both })?.endpoint).toBe("http://s3");
  });

  it.each([
    [{ AWS_ACCESS_KEY_ID: "key-id" }, /go together/],
    [{ AWS_SECRET_ACCESS_KEY: "top-secret" }, /go together/],
    [{ ...KEYS, AWS_ENDPOINT_URL: "127.0.0.1:9000" }, /AWS_ENDPOINT_URL/],
  ])("refuses halves and repeats nothing of them: %j", (env, message) => {
    expect(() => readS3Access(env)).toThrow(message);
    expect(() => readS3Access(env)).not.toThrow(/top-secret|key-id|9000/);
  });
});
