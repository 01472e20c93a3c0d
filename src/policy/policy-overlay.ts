import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { PACKAGE_ROOT, lazyValidator } from "../base/index.js";
import type { Calibration } from "./calibration.js";
import type { JudgedRole, Policy, PolicyCategory } from "./policy.js";
import type { PolicyFault } from "./policy-fault.js";
import { describeShapeFault, type CategoryFile } from "./policy-file.js";
import { sealPolicy } from "./seal-policy.js";

/**
 * Another policy with other rules: `policies/overlay.schema.json` says what each field means. Texts cannot be
 * changed: the model is asked the same, and only what is made of its answer differs.
 */
interface OverlayFile {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly extends: string;
  readonly calibration?: Calibration;
  readonly categories?: readonly CategoryOverlay[];
}

type CategoryOverlay = Pick<CategoryFile, "code" | "threshold" | "action" | "roles">;

/** The policy of an id, to lay something over; undefined where there is none. */
export type FindPolicy = (id: string) => Policy | undefined;

const schema = (name: string): object =>
  JSON.parse(readFileSync(join(PACKAGE_ROOT, "policies", name), "utf8")) as object;

const validate = lazyValidator(() =>
  new Ajv2020({ allErrors: true, verbose: true, allowUnionTypes: true })
    .addSchema(schema("policy.schema.json"), "policy.schema.json")
    .compile<OverlayFile>(schema("overlay.schema.json")),
);

/** The id of the policy that a file is laid over; null when it stands on its own or is nothing of the kind. */
export const baseOf = (file: unknown): string | null =>
  typeof file === "object" && file !== null && "extends" in file ? String(file.extends) : null;

/** @returns the policy with the overlay's rules in place of its own, or every fault of the overlay */
export function overlayOrFaults(file: unknown, find: FindPolicy): Policy | readonly PolicyFault[] {
  if (!validate(file)) return (validate.errors ?? []).map(describeShapeFault);
  const base = find(file.extends);
  if (base === undefined)
    return [
      {
        pointer: "/extends",
        message: "must be a policy of the same folder that is no overlay and has no faults",
      },
    ];
  // One level: of two, nobody could see in one file's neighbour what holds.
  if (base.extends !== undefined)
    return [{ pointer: "/extends", message: `must not be an overlay itself; extend ${base.extends}` }];
  const faults = findFaults(file, base);
  return faults.length > 0 ? faults : sealPolicy(layOver(file, base));
}

function findFaults({ categories = [] }: OverlayFile, base: Policy): PolicyFault[] {
  const codes = base.categories.map(({ code }) => code);
  return categories.flatMap(({ code }, at) => {
    const pointer = `/categories/${String(at)}/code`;
    if (!codes.includes(code))
      return [{ pointer, message: `must be a code of ${base.id}: ${codes.join(", ")}` }];
    if (categories.findIndex((other) => other.code === code) < at)
      return [{ pointer, message: "must differ from the codes before it" }];
    return [];
  });
}

function layOver(
  { id, version, title, calibration, categories = [] }: OverlayFile,
  base: Policy,
): Omit<Policy, "sha256"> {
  return {
    ...base,
    ...{ id, version, title, extends: base.id },
    ...(calibration === undefined ? {} : { calibration: { ...calibration } }),
    categories: base.categories.map((category) => {
      const own = categories.find(({ code }) => code === category.code);
      return own === undefined ? category : { ...category, rules: rulesUnder(own, category) };
    }),
  };
}

/** For each role: what the overlay says of it, then what it says of the category, then what held before. */
function rulesUnder(
  { roles, threshold, action }: CategoryOverlay,
  { rules }: PolicyCategory,
): PolicyCategory["rules"] {
  const ruleFor = (role: JudgedRole): PolicyCategory["rules"][JudgedRole] => ({
    threshold: roles?.[role]?.threshold ?? threshold ?? rules[role].threshold,
    action: roles?.[role]?.action ?? action ?? rules[role].action,
  });
  return { user: ruleFor("user"), assistant: ruleFor("assistant") };
}
