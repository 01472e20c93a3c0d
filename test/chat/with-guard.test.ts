import { describe, expect, it } from "@jest/globals";
import { createChatGate } from "../../src/chat/index.js";
import type { Engine, ScoreRequest } from "../../src/engine/index.js";
import { createGuard } from "../../src/guard/index.js";
import type { Policy } from "../../src/policy/index.js";
import { readPromptTemplates } from "../../src/prompt/index.js";
import { collect, finished, OPTIONS, POLICY, request, scriptedGenerator, text, textsOf } from "./scripted.js";

const RULE = { threshold: 0.5, action: "block" } as const;
const VIOLENCE: Policy = {
  ...POLICY,
  categories: [
    {
      ...{ code: "S1", name: "Violence", promptName: "Violence.", text: null, openaiNames: [] },
      rules: { user: RULE, assistant: RULE },
    },
  ],
};

/** A model to which everything is unsafe in which somebody hits somebody, and which loses its words over riddles. */
function scriptedEngine() {
  const asked: string[] = [];
  const engine: Pick<Engine, "info" | "score" | "count" | "split"> = {
    info: { modelId: "m", modelSha256: "1", notice: "", template: "llama-guard-2", contextTokens: 8192 },
    score({ prompt, answer }: ScoreRequest) {
      const whole = prompt.map((span) => ("text" in span ? span.text : "")).join("");
      const talk = whole.split("<BEGIN CONVERSATION>")[1]!.split("<END CONVERSATION>")[0]!.trim();
      asked.push(`${/'(User|Agent)' messages/.exec(whole)?.[1] ?? "?"} | ${talk}`);
      const scoreUnsafe = talk.includes("hits") ? 0.9 : 0.1;
      return Promise.resolve({
        scoreUnsafe,
        mass: talk.includes("riddle") ? NaN : 1,
        codes: answer.codes.map((code) => ({ code, probability: 1, listed: true })),
        usage: { promptTokens: 1, cachedTokens: 0, computedTokens: 1 },
        timings: { queueMs: 0, computeMs: 0 },
      });
    },
    count: (texts) => Promise.resolve(texts.map(() => 1)),
    split: ({ text: whole }) => Promise.resolve([whole]),
  };
  return { engine, asked };
}

async function answerOf(...words: string[]) {
  const { engine, asked } = scriptedEngine();
  const guard = createGuard({ engine, templates: await readPromptTemplates() });
  const generator = scriptedGenerator(...words.map((word) => text(0, word)), finished(0));
  const events = createChatGate({ guard, generator }).respond(
    { ...request(), policy: VIOLENCE },
    { ...OPTIONS, stream: { maxUnjudgedTokens: 0, checkTokens: 100 } },
  );
  return { ...(await collect(events)), asked };
}

describe("the gate with the guard itself", () => {
  it("has the prompt judged as a user's words and the growing answer as an agent's, in its context", async () => {
    const { got, asked } = await answerOf("He ", "smiles. ", "She ", "hits ", "him.");
    expect(textsOf(got)).toBe("He smiles. ");
    expect(asked).toEqual([
      "User | User: Hello",
      "Agent | User: Hello\n\nAgent: He smiles.",
      "Agent | User: Hello\n\nAgent: He smiles. She hits him.",
    ]);
    expect(got.find(({ type }) => type === "blocked")).toMatchObject({
      judgement: { role: "assistant", categories: [{ code: "S1" }] },
    });
  });

  it("lets nothing out on a number that is none", async () => {
    const { got, thrown } = await answerOf("A ", "riddle.");
    expect([got, thrown]).toMatchObject([[], { code: "unreadable_output" }]);
  });
});
