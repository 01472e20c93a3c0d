/** Fetches in a process of its own, as the options in argv say; prints each progress and then the outcome. */
import { fetchCheckpoint } from "../../dist/hub/index.js";

const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
print(await fetchCheckpoint({ ...JSON.parse(process.argv[2]), onProgress: print }));
