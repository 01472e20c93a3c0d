/**
 * A controller that aborts when `parent` does, with its reason. Dispose it when the work is done: unlike
 * `AbortSignal.any`, nothing then stays attached to a long-lived parent.
 */
export function followSignal(parent: AbortSignal | undefined): { controller: AbortController } & Disposable {
  const controller = new AbortController();
  const relay = (): void => controller.abort(parent?.reason);
  if (parent?.aborted === true) relay();
  else parent?.addEventListener("abort", relay, { once: true });
  return { controller, [Symbol.dispose]: () => parent?.removeEventListener("abort", relay) };
}
