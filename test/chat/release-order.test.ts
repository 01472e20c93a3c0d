import { setImmediate as turnOfLoop } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { createChatGate, type ChatEvent } from "../../src/chat/index.js";
import {
  finished,
  OPTIONS,
  request,
  scriptedGenerator,
  scriptedGuard,
  text,
  textsOf,
  USAGE,
  type Step,
} from "./scripted.js";

const token = fc.constantFrom("a", "b ", " c", "d.", "\n", "京", "。", "e's", " f, ", "😀");
const answer = fc.record({
  tokens: fc.array(token, { maxLength: 40 }),
  /** Where the answer turns unsafe, if it is long enough. */
  badAt: fc.option(fc.nat(39), { nil: null, freq: 2 }),
});
const turns = fc.array(fc.nat(4), { minLength: 1, maxLength: 8 });

const wait = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await turnOfLoop();
};

describe("whatever is written, however long checks take", () => {
  it("only what is judged safe leaves, in order, up to whole words, and in the end all of it", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(answer, { minLength: 1, maxLength: 3 }),
        turns,
        turns,
        fc.nat(6),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom("parallel" as const, "first" as const),
        async (answers, checkTurns, writeTurns, maxUnjudgedTokens, checkTokens, before) => {
          const written = answers.map(({ tokens, badAt }, choice) => [
            `#${String(choice)} `, // tells answers apart
            ...tokens.map((word, at) => (at === badAt ? " BAD" : word)),
          ]);
          const guard = scriptedGuard(async ({ text: judged, nth }) => {
            await wait(checkTurns[nth % checkTurns.length]!);
            return judged.includes("BAD") ? "block" : "allow";
          });
          const longest = Math.max(...written.map(({ length }) => length));
          const said = Array.from({ length: longest }, (_, at) =>
            written.flatMap((tokens, choice): Step[] =>
              at < tokens.length
                ? [() => wait(writeTurns[at % writeTurns.length]!), text(choice, tokens[at]!)]
                : [],
            ),
          ).flat();
          const generator = scriptedGenerator(...said, ...written.map((_, at) => finished(at)), USAGE);
          const gate = createChatGate({ guard, generator });

          const events: ChatEvent[] = [];
          const outTokens = written.map(() => 0);
          for await (const event of gate.respond(request({ choices: written.length }), {
            ...OPTIONS,
            before,
            stream: { maxUnjudgedTokens, checkTokens },
          })) {
            events.push(event);
            if (event.type !== "text") continue;
            const tokens = written[event.choice]!;
            const out = ++outTokens[event.choice]!;
            const whole = tokens.join("");
            const judgedTokens = tokens.findLastIndex((_, at) =>
              guard.passed.includes(tokens.slice(0, at + 1).join("")),
            );
            expect(textsOf(events, event.choice)).toBe(tokens.slice(0, out).join(""));
            expect(whole.startsWith(textsOf(events, event.choice))).toBe(true);
            expect(out - (judgedTokens + 1)).toBeLessThanOrEqual(maxUnjudgedTokens);
          }

          written.forEach((tokens, choice) => {
            const own = events.filter((event) => "choice" in event && event.choice === choice);
            const [before, last] = [own.at(-2), own.at(-1)];
            const bad = tokens.indexOf(" BAD");
            if (bad < 0) {
              expect(textsOf(events, choice)).toBe(tokens.join(""));
              expect(last).toMatchObject({ type: "finished", reason: "stop" });
            } else {
              expect(before).toMatchObject({ type: "blocked", stage: "output" });
              expect(last).toMatchObject({ type: "finished", reason: "content_filter" });
              expect(outTokens[choice]).toBeLessThanOrEqual(bad + maxUnjudgedTokens);
              const cut = textsOf(events, choice);
              const rest = tokens.join("").slice(cut.length);
              expect(/[a-z']$/i.test(cut) && /^[a-z']/i.test(rest)).toBe(false);
            }
          });
        },
      ),
      { numRuns: 250 },
    );
  });
});
