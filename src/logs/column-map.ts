import { GuardError } from "../base/index.js";

const PARTS = ["messages", "user", "assistant", "system", "role", "content", "id", "order", "time"] as const;

type Part = (typeof PARTS)[number];

/**
 * Which of one's own columns holds what, by their names; a name with dots may lead into a record (`payload.text`).
 * Either `messages`, or `role` and `content` (a message a row), or `user` and `assistant` or one of them.
 */
export type ColumnMap = { readonly [part in Part]?: string };

/**
 * @param text such as `user=question,assistant=reply,id=cid`
 * @throws GuardError `invalid_config` saying what a map looks like
 */
export function parseColumnMap(text: string): ColumnMap {
  const map: { -readonly [part in Part]?: string } = {};
  for (const pair of text.split(",")) {
    const at = pair.indexOf("=");
    const [part, column] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    if (at < 0 || column === "") throw wrong("each part is written part=column");
    if (!isPart(part)) throw wrong(`parts are ${PARTS.join(", ")}`);
    if (map[part] !== undefined) throw wrong(`${part} is there twice`);
    map[part] = column;
  }
  const isRows = map.role !== undefined || map.content !== undefined;
  const ways = [map.messages !== undefined, isRows, (map.user ?? map.assistant) !== undefined];
  if (ways.filter(Boolean).length !== 1)
    throw wrong("name either messages, or role and content, or user and assistant");
  if (isRows && (map.role === undefined || map.content === undefined))
    throw wrong("role and content go together");
  return map;
}

const isPart = (text: string): text is Part => (PARTS as readonly string[]).includes(text);

const wrong = (why: string): GuardError =>
  new GuardError(
    "invalid_config",
    `the column map cannot be read: ${why}; such as user=question,assistant=reply,id=cid`,
  );
