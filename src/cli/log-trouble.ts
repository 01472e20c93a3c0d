import { createLog, type Log } from "./log.js";

const log = createLog("auto");

/** For commands whose progress line says that things go well. */
export const troubleOnly: Log = (level, ...event) => {
  if (level !== "info") log(level, ...event);
};
