import type { ChatEvent } from "../../chat/index.js";
import { tellHeaders, usageOnWire, type Answering } from "./answering.js";
import { chatNote } from "./chat-note.js";
import type { Dialect } from "./dialect.js";
import { openEventStream } from "./event-stream.js";
import { holdBlocks } from "./hold-blocks.js";
import { moderationResults } from "./moderation-results.js";
import { policyViolation } from "./on-block.js";

/**
 * Sends an answer as it leaves the gates. The last `finish_reason` waits for the verdicts, so that these need no
 * chunk of their own: many a reader takes the first choice of a chunk without a look whether there is one.
 */
export async function answerStream(answering: Answering): Promise<void> {
  const { res, signal, events, record, dialect, terms, limits, envelope, wants } = answering;
  const onBegin = (): void => tellHeaders(answering, null);
  using stream = openEventStream(res, { ...limits, signal, onBegin });
  const outlet = holdBlocks(answering.onBlock === "error", stream.send);
  const chunk = (choices: readonly object[], fields: object = {}): object => ({
    id: envelope.id,
    object: dialect.chunk,
    created: envelope.created,
    model: envelope.model,
    choices,
    ...(wants.usage && { usage: null }),
    ...fields,
  });

  const opened = new Set<number>();
  const refused = new Set<number>();
  let unfinished = answering.choices;
  let lastFinish: readonly object[] = [];

  for await (const event of events) {
    record.add(event);
    switch (event.type) {
      case "text":
      case "toolCall":
      case "blocked":
      case "finished": {
        const { choice } = event;
        if (event.type === "blocked") refused.add(choice);
        const say = refused.has(choice) ? outlet.sendBlock : outlet.send;
        const opening = opened.has(choice) ? null : dialect.opening(choice);
        opened.add(choice);
        if (opening !== null) await say(chunk([opening]));
        const said = wordOf(event, dialect);
        if (event.type === "finished" && --unfinished === 0) lastFinish = [said];
        else await say(chunk([said]));
        break;
      }
      case "verdicts":
        if (outlet.holdsAll && record.allBlocked) {
          await res.locals.settleTokens?.(record.computedTokens);
          tellHeaders(answering, event);
          throw policyViolation(answering.refusal);
        }
        await outlet.send(chunk(lastFinish, { portcullis: chatNote(terms, record, event) }));
        lastFinish = [];
        if (wants.moderation)
          await outlet.send(chunk([], { moderation: moderationResults(event, terms.policy) }));
        break;
      case "error":
        if (lastFinish.length > 0) await outlet.send(chunk(lastFinish));
        throw event.error;
      case "degraded":
      case "usage":
        break;
    }
  }

  if (wants.usage && record.usage !== null)
    await outlet.send(chunk([], { usage: usageOnWire(record.usage) }));
  await res.locals.settleTokens?.(record.computedTokens);
  stream.end();
}

type ChoiceEvent = Extract<ChatEvent, { type: "text" | "toolCall" | "blocked" | "finished" }>;

function wordOf(event: ChoiceEvent, dialect: Dialect): object {
  switch (event.type) {
    case "text":
      return dialect.text(event);
    case "toolCall":
      return dialect.toolCall(event);
    case "blocked":
      return dialect.refusal(event);
    case "finished":
      return dialect.finish(event.choice, event.reason);
  }
}
