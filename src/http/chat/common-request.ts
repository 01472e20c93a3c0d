/** Fields that both endpoints of guarded chat have. OpenAI's clients send null for what they leave out. */
export interface CommonRequest {
  readonly model: string;
  readonly policy?: string;
  readonly moderation?: ModerationWish | null;
  readonly stream?: boolean | null;
  readonly stream_options?: { readonly include_usage?: boolean | null } | null;
  readonly n?: number | null;
  readonly max_tokens?: number | null;
  readonly temperature?: number | null;
  readonly top_p?: number | null;
  readonly seed?: number | null;
  readonly stop?: string | readonly string[] | null;
  readonly presence_penalty?: number | null;
  readonly frequency_penalty?: number | null;
}

type Side = { readonly mode: "score" | "block" } | null;

/** OpenAI's `moderation` field. */
export interface ModerationWish {
  readonly policy?: { readonly input?: Side; readonly output?: Side } | null;
}
