import type { ModelManifest } from "../model/index.js";

/** What a repository's name tells of the model in it. */
export interface ModelKind {
  readonly task: ModelManifest["task"];
  /** Prompt template it was trained with. */
  readonly template: string;
  /** What Meta's licence asks whoever shows the model to say. */
  readonly notice: string;
}

const [LLAMA_2, LLAMA_3, LLAMA] = [
  "Llama 2 is licensed under the LLAMA 2 Community License, Copyright (c) Meta Platforms, Inc.",
  "Built with Meta Llama 3.",
  "Built with Llama.",
];

/** The first that fits; names as Meta publishes them, and as others copy them. */
const KINDS: readonly (readonly [name: RegExp, kind: ModelKind])[] = [
  [/llama-?guard-3/, { task: "guard", template: "llama-guard-3", notice: LLAMA }],
  [/llama-?guard-2/, { task: "guard", template: "llama-guard-2", notice: LLAMA_3 }],
  [/llama-?guard-7b/, { task: "guard", template: "llama-guard-1", notice: LLAMA_2 }],
  [/llama-3\.\d/, { task: "generator", template: "llama-3", notice: LLAMA }],
  [/llama-3/, { task: "generator", template: "llama-3", notice: LLAMA_3 }],
];

/** @returns null for a name that tells nothing */
export function modelKindOf(repository: string): ModelKind | null {
  const name = repository.split("/").at(-1)!.toLowerCase();
  return KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

/** `meta-llama/Meta-Llama-Guard-2-8B` becomes `llama-guard-2-8b`. */
export const modelNameOf = (repository: string): string =>
  repository
    .split("/")
    .at(-1)!
    .toLowerCase()
    .replace(/^meta-/, "")
    .replace(/[^a-z0-9._-]/g, "-")
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, 80);
