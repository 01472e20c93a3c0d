import type { ErrorObject, ValidateFunction } from "ajv";

export interface LazyValidator<T> {
  (value: unknown): value is T;
  /** Of the last value that was refused. */
  readonly errors: ErrorObject[] | null;
}

/** A validator that is compiled when it is first asked: compiling takes up to 100 ms, and most commands need few. */
export function lazyValidator<T>(compile: () => ValidateFunction<T>): LazyValidator<T> {
  let compiled: ValidateFunction<T> | undefined;
  const validate = (value: unknown): value is T => (compiled ??= compile())(value);
  return Object.defineProperty(validate, "errors", {
    get: () => compiled?.errors ?? null,
  }) as LazyValidator<T>;
}
