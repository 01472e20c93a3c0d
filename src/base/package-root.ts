import { fileURLToPath } from "node:url";

/** Absolute path of the folder that holds package.json, the same from `src/` and from `dist/`. */
export const PACKAGE_ROOT = fileURLToPath(new URL("../../", import.meta.url));
