import type { Command } from "./command.js";
import { convert } from "./commands/convert.js";
import { keyCreate } from "./commands/key-create.js";
import { moderate } from "./commands/moderate.js";
import { policyCheck } from "./commands/policy-check.js";
import { policyList } from "./commands/policy-list.js";
import { serve } from "./commands/serve.js";

/** Every command, in the order help shows them. */
export const COMMANDS: readonly Command[] = [serve, moderate, policyCheck, policyList, keyCreate, convert];
