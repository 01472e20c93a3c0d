export { fetchCheckpoint, type FetchedCheckpoint, type FetchOptions } from "./fetch-checkpoint.js";
export type { FetchProgress } from "./create-meter.js";
export type { Patience } from "./patience.js";
export { proxiedFetch } from "./proxied-fetch.js";
