import { AwsV4Signer } from "aws4fetch";
import { setTimeout as sleep } from "node:timers/promises";
import type { S3Access } from "../log-options.js";
import type { S3Object } from "./found-log.js";

export interface ListedObject extends S3Object {
  readonly bytes: number;
  /** As the store sends it, quotes included. */
  readonly etag: string;
}

export interface S3Store {
  /** Objects whose keys begin with the prefix, ascending by key. */
  list(bucket: string, prefix: string): AsyncGenerator<ListedObject>;
  /** @param etag of the version that was listed; another one is refused with status 412 */
  get(object: S3Object, etag: string | null): Promise<Response>;
}

/** What a store answered instead of what was asked for; `status` 0 where it did not answer. */
export class StoreRefusal extends Error {
  constructor(
    readonly status: number,
    options?: ErrorOptions,
  ) {
    super(status === 0 ? "the store does not answer" : `the store answers HTTP ${String(status)}`, options);
  }
}

const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 200;

/** A list of at most 1000 objects takes about 400 KiB. */
const MAX_LIST_CHARACTERS = 16 * 1024 * 1024;

/**
 * Lists and gets, signed (AWS Signature Version 4). Buckets stand in the path: that works for any name and any store.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export function createS3Store(access: S3Access, signal?: AbortSignal): S3Store {
  const origin = access.endpoint?.replace(/\/+$/, "") ?? `https://s3.${access.region}.amazonaws.com`;
  const { accessKeyId, secretAccessKey, sessionToken, region } = access;
  const send = access.fetch ?? fetch;

  const once = async (url: string, headers: Record<string, string>): Promise<Response> => {
    const session = sessionToken === undefined ? {} : { sessionToken };
    const signer = new AwsV4Signer({
      url,
      headers,
      service: "s3",
      accessKeyId,
      secretAccessKey,
      region,
      ...session,
    });
    const signed = await signer.sign();
    const response = await send(signed.url, { headers: signed.headers, signal: signal ?? null }).catch(
      (cause: unknown) => {
        signal?.throwIfAborted();
        throw new StoreRefusal(0, { cause });
      },
    );
    if (response.ok) return response;
    await response.body?.cancel();
    throw new StoreRefusal(response.status);
  };
  /** Stores ask for patience when they are busy. */
  const ask = async (url: string, headers: Record<string, string> = {}): Promise<Response> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await once(url, headers);
      } catch (error) {
        const mayPass =
          error instanceof StoreRefusal &&
          (error.status === 0 || error.status === 429 || error.status >= 500);
        if (!mayPass || attempt === ATTEMPTS) throw error;
        await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1), undefined, signal && { signal });
      }
    }
  };

  return {
    async *list(bucket, prefix) {
      for (let token: string | null = null, isFirst = true; isFirst || token !== null; isFirst = false) {
        const query = new URLSearchParams({ "list-type": "2", "encoding-type": "url", prefix });
        if (token !== null) query.set("continuation-token", token);
        // A plus sign would be signed as one and read as a space.
        const response = await ask(
          `${origin}/${encodeURIComponent(bucket)}?${query.toString().replaceAll("+", "%20")}`,
        );
        const xml = (await response.text()).slice(0, MAX_LIST_CHARACTERS);
        yield* objectsIn(xml, bucket);
        token = valueIn(xml, "NextContinuationToken");
      }
    },
    get: ({ bucket, key }, etag) =>
      ask(`${origin}/${encodeURIComponent(bucket)}/${key.split("/").map(encodeSegment).join("/")}`, {
        ...(etag !== null && { "if-match": etag }),
      }),
  };
}

/** As the signature wants it: what `encodeURIComponent` leaves alone beyond letters, digits and `-_.~` too. */
const encodeSegment = (segment: string): string =>
  encodeURIComponent(segment).replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );

function objectsIn(xml: string, bucket: string): ListedObject[] {
  return [...xml.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)].flatMap(([, content = ""]) => {
    const [key, bytes, etag] = ["Key", "Size", "ETag"].map((name) => valueIn(content, name));
    if (key === null || key === undefined || !/^\d{1,15}$/.test(bytes ?? "")) return [];
    return [{ bucket, key: decodeKey(key), bytes: Number(bytes), etag: etag ?? "" }];
  });
}

/** Keys come as in a query, spaces as plus signs. */
function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    return key;
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  "#34": '"',
  "#39": "'",
};

function valueIn(xml: string, name: string): string | null {
  const match = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml);
  return match === null
    ? null
    : match[1]!.replace(/&(#?\w+);/g, (whole, entity: string) => ENTITIES[entity] ?? whole);
}
