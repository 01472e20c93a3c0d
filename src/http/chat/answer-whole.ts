import { tellHeaders, usageOnWire, type Answering } from "./answering.js";
import { chatNote } from "./chat-note.js";
import type { WholeChoice } from "./dialect.js";
import { moderationResults } from "./moderation-results.js";
import { policyViolation } from "./on-block.js";

/** Collects an answer and sends it as one JSON. What is blocked in the end leaves nothing of itself. */
export async function answerWhole(answering: Answering): Promise<void> {
  const { res, events, record, dialect, terms, envelope, wants } = answering;
  const choices = Array.from({ length: answering.choices }, () => unwritten(wants.logprobs));

  for await (const event of events) {
    record.add(event);
    if (event.type === "error") throw event.error;
    if (!("choice" in event) || event.type === "degraded") continue;
    const choice = choices[event.choice]!;
    if (event.type === "text") {
      choice.text += event.text;
      choice.logprobs?.push(...(event.logprobs ?? []));
    } else if (event.type === "toolCall") choice.calls.push(event.call);
    else if (event.type === "finished") choice.reason = event.reason;
    else Object.assign(choice, { text: "", logprobs: null, refusal: event.refusal });
  }

  const { verdicts, usage } = record;
  if (verdicts === null) throw new TypeError("the gate ended without a word on its verdicts");
  await res.locals.settleTokens?.(record.computedTokens);
  tellHeaders(answering, verdicts);
  if (answering.onBlock === "error" && record.allBlocked) throw policyViolation(answering.refusal);
  res.json({
    id: envelope.id,
    object: dialect.whole,
    created: envelope.created,
    model: envelope.model,
    choices: choices.map((choice, index) => dialect.wholeChoice(choice, index)),
    ...(usage !== null && { usage: usageOnWire(usage) }),
    ...(wants.moderation && { moderation: moderationResults(verdicts, terms.policy) }),
    portcullis: chatNote(terms, record, verdicts),
  });
}

const unwritten = (logprobs: boolean): WholeChoice => ({
  text: "",
  logprobs: logprobs ? [] : null,
  calls: [],
  refusal: null,
  reason: "stop",
});
