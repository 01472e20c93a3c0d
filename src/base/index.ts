export {
  ERROR_CODES,
  GuardError,
  isCallersDoing,
  isErrorCode,
  type ErrorCode,
  type GuardErrorOptions,
  type StartCode,
} from "./errors.js";
export { withDeadline } from "./deadline.js";
export { followSignal } from "./follow-signal.js";
export { mapInOrder } from "./map-in-order.js";
export { PACKAGE_ROOT } from "./package-root.js";
export { seededRandom, type Random } from "./random.js";
export { packageVersion } from "./package-version.js";
export { lazyValidator, type LazyValidator } from "./lazy-validator.js";
