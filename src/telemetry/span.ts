import { SpanStatusCode, context, propagation, trace } from "@opentelemetry/api";
import { GuardError, isCallersDoing } from "../base/index.js";
import { ATTRIBUTE, SCOPE, type TelemetryAttributes } from "./names.js";

/** Adds attributes that are known only while the work runs. */
export type Annotate = (attributes: TelemetryAttributes) => void;

/**
 * Runs work inside a span that ends whatever happens. A failure is marked by its code alone: messages and
 * stack traces stay out of traces, so nothing a caller wrote can travel in them.
 * @param name from a small closed set, such as `moderate`
 */
export function withSpan<T>(
  name: string,
  attributes: TelemetryAttributes,
  run: (annotate: Annotate) => Promise<T>,
): Promise<T> {
  return trace.getTracer(SCOPE).startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await run((more) => span.setAttributes(more));
    } catch (error) {
      const code = error instanceof GuardError ? error.code : null;
      span.setAttribute(ATTRIBUTE.errorType, code ?? "internal");
      // The conventions keep ERROR for what a server would answer with a 5xx.
      if (code === null || !isCallersDoing(code)) span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

/**
 * Runs work as part of the trace that the request headers name (`traceparent`), or of a new one. No other
 * header is looked at: `tracestate` and `baggage` hold text of the caller's choosing.
 */
export const continueTrace = <T>({ traceparent }: Readonly<Record<string, unknown>>, run: () => T): T =>
  context.with(propagation.extract(context.active(), { traceparent }), run);
