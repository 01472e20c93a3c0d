import type { Application } from "express";
import type { Handler } from "./locals.js";

/** A server that shuts down says so in `/readyz`, so that balancers send their callers elsewhere. */
export const startDraining = (app: Application): void => void app.enable("draining");

export const isDraining = (app: Application): boolean => app.enabled("draining");

/** While draining a connection ends with its answer: a busy caller would otherwise be cut off mid-request. */
export const endConnections: Handler = (req, res, next) => {
  if (isDraining(req.app)) res.set("connection", "close");
  next();
};
