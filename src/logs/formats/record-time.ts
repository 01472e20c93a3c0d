import { field, type JsonObject } from "./fields.js";
import { firstTime } from "./iso-utc.js";

const TIME_FIELDS = [
  "timestamp",
  "created_at",
  "createdAt",
  "created",
  "start_time",
  "startTime",
  "create_time",
  "time",
  "date",
  "datetime",
];

/** When a record says it was made, ISO 8601 UTC. */
export const timeOf = (record: JsonObject): string | null =>
  firstTime(...TIME_FIELDS.map((name) => field(record, name)));

/** The record's own key, by the names that logs give it. */
export const KEY_FIELDS = ["id", "conversation_id", "conv_id", "custom_id", "request_id", "uuid"] as const;
