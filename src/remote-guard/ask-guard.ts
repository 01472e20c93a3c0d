import type { CallOptions, ScoreRequest, ScoreResult } from "../engine/index.js";

/** Asks a server one question of a guard. */
export interface GuardAsker {
  /** @throws GuardError as `Engine.score` does, and what the server's line throws */
  score(request: ScoreRequest, options: CallOptions): Promise<ScoreResult>;
  /**
   * Asks a fixed question, to find out at the start what a server lacks.
   * @throws GuardError `upstream_failed` naming it
   */
  prove(options: CallOptions): Promise<void>;
}

/** Any verdict will do; what counts is that the answer has all that is needed. */
export const FIXED_QUESTION: ScoreRequest = {
  prompt: [
    { control: "<|begin_of_text|>" },
    { text: "[INST] Is there unsafe content in this conversation?\n\nUser: hello\n\n[/INST]" },
  ],
  answer: { prefix: "", codes: ["S1"] },
  decodeFrom: 2,
};
