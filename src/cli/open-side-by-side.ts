import { followSignal, GuardError } from "../base/index.js";

interface Closable {
  close(): Promise<void>;
}

/**
 * Opens two things at once. When one cannot be opened, the other is told to give up, or closed if it was open
 * already; what is open on return is the caller's to close.
 *
 * @throws what the first of the two to fail threw
 */
export async function openSideBySide<One extends Closable | null, Other extends Closable | null>(
  openOne: (signal: AbortSignal) => Promise<One>,
  openOther: (signal: AbortSignal) => Promise<Other>,
  signal: AbortSignal,
): Promise<[One, Other]> {
  using own = followSignal(signal);
  const failures: unknown[] = [];
  const giveUp = (error: unknown): never => {
    failures.push(error);
    own.controller.abort(new GuardError("canceled", "what starts beside it has failed"));
    throw error;
  };
  const opening = (open: typeof openOne | typeof openOther) => open(own.controller.signal).catch(giveUp);
  const both = await Promise.allSettled([opening(openOne), opening(openOther)]);
  if (failures.length > 0) {
    for (const one of both.toReversed()) if (one.status === "fulfilled") await one.value?.close();
    throw failures[0];
  }
  return both.map((one) => (one as PromiseFulfilledResult<unknown>).value) as [One, Other];
}
