import type { PromptSpan } from "../model/index.js";

/** Neighbouring text spans as one text: what it has in common with other prompts, and what is its own. */
export interface TextRun {
  readonly shared: string;
  readonly own: string;
}

/** Joins neighbouring text spans; a span marked `shared` counts as such only at the start of its run. */
export function joinText(spans: readonly PromptSpan[]): (TextRun | { readonly control: string })[] {
  const joined: (TextRun | { readonly control: string })[] = [];
  for (const span of spans) {
    const last = joined.at(-1);
    if ("control" in span) {
      joined.push(span);
      continue;
    }
    const run = last !== undefined && "own" in last ? last : { shared: "", own: "" };
    if (run === last) joined.pop();
    joined.push(
      span.shared === true && run.own === ""
        ? { shared: run.shared + span.text, own: "" }
        : { shared: run.shared, own: run.own + span.text },
    );
  }
  return joined;
}
