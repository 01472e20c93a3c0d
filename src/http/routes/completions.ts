import { COMPLETION_ENDPOINT } from "../chat/completion-endpoint.js";
import { guardedChat } from "../chat/guarded-chat.js";
import type { Handler } from "../locals.js";
import type { HttpOptions } from "../options.js";

/** `POST /v1/completions`: how a text goes on, judged on both sides of the model. */
export const completions = (options: HttpOptions): Handler => guardedChat(COMPLETION_ENDPOINT, options);
