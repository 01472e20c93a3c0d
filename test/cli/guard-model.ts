import { buildTinyGuard } from "../fixtures/tiny-guard.js";

/** @returns path of the folder of a tiny model that gives verdicts */
export const buildGuardModel = async (): Promise<string> => (await buildTinyGuard()).modelDir;
