/** The one variable that is for callers of a service rather than for the service. */
export const CLIENT_KEY_ENV = "PORTCULLIS_API_KEY";

/** Key to show to a running service. From the environment, since arguments are visible to every user. */
export const readClientKey = (env: NodeJS.ProcessEnv = process.env): string | undefined =>
  env[CLIENT_KEY_ENV];
