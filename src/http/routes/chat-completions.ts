import { CHAT_ENDPOINT } from "../chat/chat-endpoint.js";
import { guardedChat } from "../chat/guarded-chat.js";
import type { Handler } from "../locals.js";
import type { HttpOptions } from "../options.js";

/** `POST /v1/chat/completions`: a chat's next message, judged on both sides of the model. */
export const chatCompletions = (options: HttpOptions): Handler => guardedChat(CHAT_ENDPOINT, options);
