import { GuardError, withDeadline } from "../base/index.js";
import { continueTrace, withSpan } from "../telemetry/index.js";
import type { Handler, HttpRequest, HttpResponse } from "./locals.js";
import { routeOf } from "./route-of.js";

/**
 * Runs a route inside a span of the caller's trace, and with a signal that ends its work as soon as nobody
 * waits for it: when the caller goes away, the deadline passes, or the route is through, well or not.
 */
export const exchange =
  (
    deadlineMs: number,
    route: (req: HttpRequest, res: HttpResponse, signal: AbortSignal) => Promise<void>,
  ): Handler =>
  async (req, res) => {
    const over = new AbortController();
    const end = (): void => over.abort(new GuardError("canceled", "nobody waits for the answer"));
    res.once("close", end);
    const deadline = withDeadline(over.signal, deadlineMs);
    const template = routeOf(req) ?? "";
    try {
      await continueTrace(req.headers, () =>
        withSpan(
          `${req.method} ${template}`,
          { "http.request.method": req.method, "http.route": template },
          () => route(req, res, deadline.signal),
        ),
      );
    } finally {
      end();
      deadline[Symbol.dispose]();
    }
  };
