/** What every setting says of itself; `--help`, the environment and the documentation all come from it. */
interface Described {
  readonly group: SettingGroup;
  /** What it does: one sentence, with the unit. */
  readonly help: string;
  /** Why the default is what it is. */
  readonly why: string;
  /** How the default reads where its value depends on the machine or on where the package lies. */
  readonly shownDefault?: string;
}

export type SettingGroup =
  | "service"
  | "limits"
  | "policies"
  | "models"
  | "engine"
  | "remote guard"
  | "remote engines"
  | "generator"
  | "chat";

export type Setting = Described &
  (
    | { readonly kind: "text"; readonly default: string | null }
    /** Relative to the working directory; absolute once read. */
    | { readonly kind: "path"; readonly default: string | null }
    | { readonly kind: "choice"; readonly choices: readonly string[]; readonly default: string }
    /** Whole numbers from `minimum` to `maximum`, both allowed. */
    | {
        readonly kind: "integer";
        readonly minimum: number;
        readonly maximum: number;
        readonly default: number;
      }
  );

export type SettingValue<S extends Setting> = S extends { kind: "integer" }
  ? number
  : S extends { kind: "choice"; choices: readonly (infer Choice)[] }
    ? Choice
    : S extends { default: null }
      ? string | null
      : string;

const words = (name: string): string[] => name.split(/(?=[A-Z])/).map((word) => word.toLowerCase());

export const ENV_PREFIX = "PORTCULLIS_";

/** `bodyBytes` in the environment: `PORTCULLIS_BODY_BYTES`. */
export const envName = (name: string): string => ENV_PREFIX + words(name).join("_").toUpperCase();

/** `bodyBytes` on the command line: `body-bytes`. */
export const flagName = (name: string): string => words(name).join("-");

/** What values are allowed, for people: `1..65535`, `on or off`, `text`. */
export function allowedValues(setting: Setting): string {
  switch (setting.kind) {
    case "integer":
      return `${String(setting.minimum)}..${String(setting.maximum)}`;
    case "choice":
      return setting.choices.join(" | ");
    case "path":
      return "path";
    case "text":
      return "text";
  }
}

/** The default, for people. */
export const shownDefault = (setting: Setting): string =>
  setting.shownDefault ?? (setting.default === null ? "none" : String(setting.default));
