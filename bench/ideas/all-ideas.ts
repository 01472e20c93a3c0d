import { ATTENTION_IDEAS } from "./catalogue/attention.js";
import { PRODUCT_IDEAS } from "./catalogue/products.js";
import { RUNTIME_IDEAS } from "./catalogue/runtime.js";
import { STEP_IDEAS } from "./catalogue/steps.js";
import type { Idea } from "./idea.js";

/** In the order of the table in docs/performance.md. */
export const IDEAS: readonly Idea[] = [...ATTENTION_IDEAS, ...PRODUCT_IDEAS, ...RUNTIME_IDEAS, ...STEP_IDEAS];
