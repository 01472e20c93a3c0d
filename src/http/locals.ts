import type { ErrorRequestHandler, Request, RequestHandler, Response } from "express";
import type { ApiKey } from "../config/index.js";

/** What the steps before a route leave for it and for one another. A type, since Express asks for an open record. */
export type Locals = {
  requestId: string;
  /** Who calls; absent where no keys are configured. */
  key?: ApiKey;
  /** The body as parsed JSON, not yet checked against the contract. */
  body?: unknown;
  bodyBytes?: number;
  /** Trades the estimate of a request's tokens for what it really cost. */
  settleTokens?: (computedTokens: number) => Promise<void>;
};

export type Handler = RequestHandler<Request["params"], unknown, unknown, Request["query"], Locals>;
export type ErrorHandler = ErrorRequestHandler<Request["params"], unknown, unknown, Request["query"], Locals>;
export type HttpRequest = Parameters<Handler>[0];
export type HttpResponse = Response<unknown, Locals>;
