import type { Judged, PeerSetup, PeerVocabulary, Written } from "./peer.js";
import type { Prompt } from "./prompt.js";

/** One at a time; each is answered before the next is sent. */
export type PeerAsk =
  | { readonly kind: "open"; readonly setup: PeerSetup; readonly vocabulary: PeerVocabulary }
  | { readonly kind: "judge"; readonly prompts: readonly Prompt[]; readonly atOnce: number }
  | { readonly kind: "write"; readonly prompt: Prompt; readonly tokens: number }
  | { readonly kind: "close" };

export type PeerAnswer = Judged | Written | null;
