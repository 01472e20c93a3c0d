import { createHash, randomBytes } from "node:crypto";
import { GuardError } from "../../base/index.js";
import { KEY_ID_PATTERN } from "../../config/index.js";
import type { Command } from "../command.js";
import { EXIT_CODE } from "../exit-code.js";

const KEY_BYTES = 32; // 256 bits: nobody guesses it, so its plain hash may be stored

export const keyCreate: Command = {
  name: "key create",
  usage: "ID",
  summary: "make a key for a caller; the key is shown once and stored nowhere",
  details:
    "ID names the caller in limits: lower-case letters, digits, dots, dashes and underscores.\n" +
    "The key goes to the caller, the entry into the keys file (PORTCULLIS_KEYS_FILE), where\n" +
    "requestsPerMinute and tokensPerMinute may be added.",
  options: {},
  settingGroups: [],
  run({ positionals: [id, ...more] }) {
    if (id === undefined || more.length > 0 || !new RegExp(KEY_ID_PATTERN).test(id))
      throw new GuardError(
        "invalid_config",
        "name the key with one ID, such as `portcullis key create my-app`",
      );
    const key = `pk_${randomBytes(KEY_BYTES).toString("base64url")}`;
    const sha256 = createHash("sha256").update(key).digest("hex");
    process.stdout.write(`${key}\n${JSON.stringify({ id, sha256 })}\n`);
    return Promise.resolve(EXIT_CODE.ok);
  },
};
