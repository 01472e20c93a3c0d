export type { SpecialTokens } from "./control-tokens.js";
export { openUpstream } from "./open-upstream.js";
export { PRESET_NAMES, type PresetName } from "./presets.js";
export type { Clock, UpstreamOptions } from "./upstream-options.js";
