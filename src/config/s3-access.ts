import { GuardError } from "../base/index.js";

/** Access to an S3 store, in the variables that all of Amazon's programs share. */
export interface S3Settings {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly region: string;
  /** Origin of a store other than Amazon's. */
  readonly endpoint?: string;
}

/** Where a bucket lies that nobody says anything of. */
const DEFAULT_REGION = "us-east-1";

/**
 * @returns null where there are no credentials
 * @throws GuardError `invalid_config`; its message holds none of them
 * @see AWS SDKs and Tools Reference Guide, "Environment variables"
 */
export function readS3Access(env: NodeJS.ProcessEnv = process.env): S3Settings | null {
  const text = (name: string): string | undefined => env[name]?.trim() || undefined;
  const [accessKeyId, secretAccessKey] = [text("AWS_ACCESS_KEY_ID"), text("AWS_SECRET_ACCESS_KEY")];
  if (accessKeyId === undefined && secretAccessKey === undefined) return null;
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw new GuardError(
      "invalid_config",
      "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY go together: one of them is missing",
    );
  const sessionToken = text("AWS_SESSION_TOKEN");
  const endpoint = text("AWS_ENDPOINT_URL_S3") ?? text("AWS_ENDPOINT_URL");
  if (endpoint !== undefined && !/^https?:\/\//i.test(endpoint))
    throw new GuardError("invalid_config", "AWS_ENDPOINT_URL must begin with http:// or https://");
  return Object.freeze({
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== undefined && { sessionToken }),
    region: text("AWS_REGION") ?? text("AWS_DEFAULT_REGION") ?? DEFAULT_REGION,
    ...(endpoint !== undefined && { endpoint: endpoint.replace(/\/+$/, "") }),
  });
}
