import { join } from "node:path";
import { PACKAGE_ROOT } from "../base/index.js";

/** Conversations that come with the package, for whoever has none of their own to calibrate with. */
export const CALIBRATION_FILE = join(PACKAGE_ROOT, "training/calibration/conversations.jsonl");
