/** For the Redis of a queue. */
export const QUEUE_PASSWORD_ENV = "PORTCULLIS_QUEUE_PASSWORD";

/** Password to show to Redis. From the environment, since arguments are visible to every user. */
export const readQueuePassword = (env: NodeJS.ProcessEnv = process.env): string | undefined =>
  env[QUEUE_PASSWORD_ENV];
