export { openRemoteGuard, type RemoteGuard } from "./open-remote-guard.js";
export type { RemoteGuardEvent, RemoteGuardOptions } from "./remote-guard-options.js";
