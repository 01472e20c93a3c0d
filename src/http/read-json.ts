import { GuardError } from "../base/index.js";
import { isDeeperThan } from "./json-depth.js";
import type { Handler, HttpRequest } from "./locals.js";
import type { HttpLimits } from "./options.js";

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** Bytes of a body -> `res.locals.body`: JSON, of bounded length and depth, in valid UTF-8. */
export const readJson =
  ({ bodyBytes, jsonDepth }: Pick<HttpLimits, "bodyBytes" | "jsonDepth">): Handler =>
  async (req, res, next) => {
    refuseOtherMedia(req);
    const bytes = await readBytes(req, bodyBytes);
    res.locals.bodyBytes = bytes.length;
    res.locals.body = parse(bytes, jsonDepth);
    next();
  };

function refuseOtherMedia(req: HttpRequest): void {
  const type = req.is(["application/json", "+json"]);
  if (type === null) throw new GuardError("invalid_request", "a JSON body is needed");
  if (type === false) throw new GuardError("invalid_request", "the content type must be application/json");
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(req.get("content-type") ?? "")?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset))
    throw new GuardError("invalid_request", "the charset of JSON is UTF-8");
  if (!/^(identity)?$/i.test(req.get("content-encoding") ?? ""))
    throw new GuardError("invalid_request", "compressed bodies are not accepted");
}

/** Refuses as soon as too much is announced or has come; what still comes then runs to waste. */
async function readBytes(req: HttpRequest, maxBytes: number): Promise<Buffer> {
  const tooLarge = () => new GuardError("too_large", `the body may have ${String(maxBytes)} bytes`);
  if (Number(req.get("content-length") ?? 0) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) break;
      chunks.push(chunk);
    }
  } catch (cause) {
    throw new GuardError("canceled", "the caller went away", { cause });
  }
  if (bytes <= maxBytes) return Buffer.concat(chunks);
  req.resume();
  throw tooLarge();
}

function parse(bytes: Buffer, jsonDepth: number): unknown {
  if (isDeeperThan(jsonDepth, bytes))
    throw new GuardError("invalid_request", `the body is nested more than ${String(jsonDepth)} deep`);
  let text;
  try {
    text = UTF8.decode(bytes);
  } catch {
    throw new GuardError("invalid_request", "the body is not valid UTF-8");
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new GuardError("invalid_request", "the body is not valid JSON"); // the parser's message quotes the body
  }
}
