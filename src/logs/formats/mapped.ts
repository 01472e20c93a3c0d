import type { ColumnMap } from "../column-map.js";
import { Unreadable } from "../unreadable.js";
import { messagePiece, orderOf } from "./columns.js";
import { emptyContent, addContent } from "./content.js";
import { systemTurns } from "./exchange.js";
import { field, has, isObject, keyOf, unfolded, type JsonObject } from "./fields.js";
import { isoUtc } from "./iso-utc.js";
import { readMessages, turnOf } from "./messages.js";
import { whole, type FormatReader, type Reading } from "./reading.js";
import { timeOf } from "./record-time.js";
import { roleOf } from "./role.js";

/** Records read by one's own map. A record without any of the mapped columns has another shape. */
export function mapped(map: ColumnMap): FormatReader {
  const content = Object.values(map).filter((name) => ![map.id, map.order, map.time].includes(name));
  return {
    format: "mapped",
    read(record) {
      if (!content.some((name) => valueAt(record, name) !== undefined)) return null;
      const at = map.time === undefined ? timeOf(record) : isoUtc(valueAt(record, map.time));
      const key = map.id === undefined ? null : keyOf(valueAt(record, map.id));
      if (map.role !== undefined && map.content !== undefined) return messageRow(record, map, key, at);
      const system = map.system === undefined ? [] : systemTurns(valueAt(record, map.system));
      if (map.messages !== undefined)
        return whole(key, [...system, ...readMessages(valueAt(record, map.messages))], at);
      const sides = (["user", "assistant"] as const).flatMap((role) => {
        const value = map[role] === undefined ? null : valueAt(record, map[role]);
        return value === undefined || value === null || value === "" ? [] : [turn(role, value, null)];
      });
      return whole(key, [...system, ...sides], at);
    },
  };
}

function messageRow(record: JsonObject, map: ColumnMap, group: string | null, at: string | null): Reading {
  const said = turn(roleOf(valueAt(record, map.role ?? "")), valueAt(record, map.content ?? ""), at);
  if (group === null) {
    if (map.id !== undefined)
      throw new Unreadable("bad_content", "the mapped id is neither text nor whole number");
    return whole(null, [said], at);
  }
  const order =
    map.order === undefined ? (at === null ? null : Date.parse(at)) : orderOf(valueAt(record, map.order));
  return messagePiece(group, said, order, at);
}

function turn(role: "user" | "assistant" | "system" | "tool", value: unknown, at: string | null) {
  const content = emptyContent();
  addContent(value, content);
  return turnOf(role, content, at);
}

/** A field of that whole name, or else one step into the record for each dot. */
function valueAt(record: JsonObject, path: string): unknown {
  if (has(record, path)) return field(record, path);
  let value: unknown = record;
  for (const name of path.split(".")) {
    const inner = unfolded(value);
    if (!isObject(inner)) return undefined;
    value = field(inner, name);
  }
  return value;
}
