import type { Request } from "express";

/** Template of the route that matched, such as `/v1/models/:id`; undefined where none did. */
export const routeOf = (req: Pick<Request, "route">): string | undefined =>
  (req.route as { path: string } | undefined)?.path;
