export { EXIT_CODE } from "./exit-code.js";
export { run } from "./run.js";
