import type { Command } from "./command.js";
import { auditDiff } from "./commands/audit-diff.js";
import { auditExport } from "./commands/audit-export.js";
import { auditReplay } from "./commands/audit-replay.js";
import { auditVerify } from "./commands/audit-verify.js";
import { auditWorker } from "./commands/audit-worker.js";
import { audit } from "./commands/audit.js";
import { convert } from "./commands/convert.js";
import { datasetExport } from "./commands/dataset-export.js";
import { evalRobustness } from "./commands/eval-robustness.js";
import { evaluate } from "./commands/eval.js";
import { keyCreate } from "./commands/key-create.js";
import { modelsRemove } from "./commands/models-remove.js";
import { modelsVerify } from "./commands/models-verify.js";
import { models } from "./commands/models.js";
import { moderate } from "./commands/moderate.js";
import { policyCheck } from "./commands/policy-check.js";
import { policyList } from "./commands/policy-list.js";
import { policyTest } from "./commands/policy-test.js";
import { pull } from "./commands/pull.js";
import { report } from "./commands/report.js";
import { serve } from "./commands/serve.js";

/** Every command, in the order help shows them. */
export const COMMANDS: readonly Command[] = [
  serve,
  moderate,
  audit,
  auditVerify,
  auditDiff,
  auditReplay,
  auditExport,
  auditWorker,
  report,
  policyCheck,
  policyList,
  policyTest,
  pull,
  convert,
  models,
  modelsVerify,
  modelsRemove,
  datasetExport,
  evaluate,
  evalRobustness,
  keyCreate,
];
