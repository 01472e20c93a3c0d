import { writeFile } from "node:fs/promises";
import { GuardError } from "../base/index.js";
import {
  asJson,
  calibratePolicy,
  overlayOf,
  type Aim,
  type CalibratedPolicy,
  type FitFigures,
} from "../eval/index.js";
import { parsePolicy } from "../policy/index.js";
import type { Evaluated } from "./evaluate-rows.js";
import { formatTable } from "./format-table.js";

export interface OverlayOptions {
  readonly path: string;
  /** Of the overlay: the name of its file. */
  readonly id: string;
  readonly aim: Aim;
}

/**
 * Fits an overlay to judged rows and writes it.
 * @returns what it is worth, for people
 * @throws GuardError `invalid_config` when there is such a file already, or too little to fit
 */
export async function writeOverlay(
  { outcomes, policy, run }: Pick<Evaluated, "outcomes" | "policy" | "run">,
  { path, id, aim, seed }: OverlayOptions & { readonly seed: number },
): Promise<string> {
  const fitted = calibratePolicy(outcomes, { policy, model: run.model.sha256, aim, seed });
  const { before, heldOut, rows, folds } = fitted;
  const note =
    `Fitted on ${String(rows)} rows for ${run.model.id} to ${describeAim(aim)}. Held out in ${String(folds)} folds: ` +
    `F1 ${digits(heldOut.f1)} (before ${digits(before.f1)}), false positive rate ${digits(heldOut.falsePositiveRate)} ` +
    `(before ${digits(before.falsePositiveRate)}), calibration error ${digits(heldOut.ece)} (before ${digits(before.ece)}).`;
  const overlay = overlayOf(id, policy, fitted, note);
  const base = policy.extends === undefined ? policy : { ...policy, id: policy.extends, extends: undefined };
  parsePolicy(overlay, () => base as typeof policy); // what the registry will say of it is known before it is written
  await writeFile(path, asJson(overlay), { flag: "wx" }).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === "EEXIST" ? "exists already" : "cannot be written";
    throw new GuardError("invalid_config", `${path} ${why}; choose another name`, { cause });
  });
  return describeFit(path, fitted, aim);
}

const describeAim = (aim: Aim): string =>
  aim.kind === "f1"
    ? "the highest F1"
    : `the highest recall at a false positive rate of ${String(aim.share)}`;

function describeFit(path: string, fitted: CalibratedPolicy, aim: Aim): string {
  const { calibration, thresholds, byCategory, before, inSample, heldOut, folds } = fitted;
  const line = (name: string, figures: FitFigures): string[] => [
    name,
    ...[
      figures.f1,
      figures.recall,
      figures.falsePositiveRate,
      figures.ece,
      figures.brier,
      figures.logLoss,
    ].map(digits),
  ];
  const [common] = thresholds.values();
  return [
    `\n${path}: temperature ${String(calibration.temperature)}, bias ${String(calibration.bias)}, `,
    byCategory
      ? `thresholds ${[...thresholds].map(([code, threshold]) => `${code} ${String(threshold)}`).join(", ")}`
      : `one threshold for all categories, ${String(common)}: on held-out rows others were worth nothing`,
    `; fitted for ${describeAim(aim)}\n\n`,
    formatTable([
      ["", "F1", "recall", "FPR", "ECE", "Brier", "log loss"],
      line("before", before),
      line(`held out, ${String(folds)} folds`, heldOut),
      line("on its own rows", inSample),
    ]),
    "\nWhat to expect of other rows like these is the line of held-out ones.\n",
  ].join("");
}

const digits = (figure: number | null): string => figure?.toFixed(3) ?? "-";
