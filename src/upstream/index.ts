export type { SpecialTokens } from "./control-tokens.js";
export { openUpstream } from "./open-upstream.js";
export type { UpstreamOptions } from "./upstream-options.js";
