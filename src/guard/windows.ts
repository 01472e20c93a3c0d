import type { CallOptions, Engine } from "../engine/index.js";
import type { Conversation, Message } from "../prompt/index.js";
import { GuardError, mapInOrder } from "../base/index.js";

/** Tokens that the label around a message may cost (`User: ` before, a blank line after) in any template. */
const LABEL_TOKENS = 8;
/** Tokens a piece repeats of the one before, so that no sentence is only ever seen cut in two. */
const OVERLAP_TOKENS = 64;
/** Windows of one conversation; the starter guard then reads some 80,000 tokens, an 8B some 500,000. */
const MAX_WINDOWS = 64;

interface Piece {
  readonly message: Message;
  readonly tokens: number;
}

/**
 * The conversations to judge so that the model sees all of one that may be longer than its context. Every
 * window ends in the judged message, or in a piece of it when it does not fit; nothing is left out.
 *
 * @param roomTokens tokens left for messages once policy, instructions and answer have their place
 * @returns one window, the conversation itself, whenever it fits
 * @throws GuardError `too_large` when more than 64 windows would be needed
 */
export async function planWindows(
  conversation: Conversation,
  roomTokens: number,
  engine: Pick<Engine, "count" | "split">,
  options: CallOptions = {},
): Promise<readonly Conversation[]> {
  if (mostTokens(conversation) <= roomTokens) return [conversation];
  const counts = await engine.count(
    conversation.map((message) => message.content),
    options,
  );
  const pieces = conversation.map((message, at) => ({ message, tokens: (counts[at] ?? 0) + LABEL_TOKENS }));
  if (sumTokens(pieces) <= roomTokens) return [conversation];

  const judged = pieces[pieces.length - 1]!;
  const context = pieces.slice(0, -1);
  const halfTokens = Math.floor(roomTokens / 2);
  const splitAll = async (whole: readonly Piece[], maxTokens: number): Promise<Piece[]> =>
    (await mapInOrder(whole, 1, (piece) => splitPiece(piece, maxTokens, engine, options))).flat();

  const wholeFits = judged.tokens <= roomTokens;
  const keepWhole = judged.tokens <= roomTokens - halfTokens;
  const endings = keepWhole ? [judged] : await splitAll([judged], roomTokens - halfTokens);
  const chunks = chunkFromEnd(await splitAll(context, halfTokens), halfTokens);

  const recent = chunks[0] ?? [];
  const last = endings[endings.length - 1]!;
  const windows = [
    ...endings.map((ending) => [...recent, ending]),
    ...chunks.slice(1).map((chunk) => [...chunk, last]),
    ...(wholeFits && !keepWhole ? [[judged]] : []),
  ];
  if (windows.length > MAX_WINDOWS)
    throw new GuardError(
      "too_large",
      `the conversation needs ${String(windows.length)} windows of the model's context; at most ${String(MAX_WINDOWS)} are read`,
    );
  return windows.map((window) => window.map(({ message }) => message) as unknown as Conversation);
}

/** No tokenizer makes more tokens than there are bytes: cheap, and enough for nearly every conversation. */
const mostTokens = (conversation: Conversation): number =>
  conversation.reduce((sum, { content }) => sum + Buffer.byteLength(content) + LABEL_TOKENS, 0);

const sumTokens = (pieces: readonly Piece[]): number => pieces.reduce((sum, { tokens }) => sum + tokens, 0);

async function splitPiece(
  piece: Piece,
  maxTokens: number,
  engine: Pick<Engine, "split">,
  options: CallOptions,
): Promise<Piece[]> {
  if (piece.tokens <= maxTokens) return [piece];
  const room = Math.max(1, maxTokens - LABEL_TOKENS);
  const overlapTokens = Math.min(OVERLAP_TOKENS, Math.floor(room / 4));
  const texts = await engine.split({ text: piece.message.content, maxTokens: room, overlapTokens }, options);
  return texts.map((content) => ({ message: { role: piece.message.role, content }, tokens: maxTokens }));
}

/** Runs of neighbouring pieces that fit together, latest run first; neighbours share one piece if they can. */
function chunkFromEnd(pieces: readonly Piece[], maxTokens: number): Piece[][] {
  const chunks: Piece[][] = [];
  for (let end = pieces.length; end > 0;) {
    let start = end;
    for (let tokens = 0; start > 0; start--) {
      tokens += pieces[start - 1]!.tokens;
      if (tokens > maxTokens && start < end) break;
    }
    chunks.push(pieces.slice(start, end));
    end = start > 0 && end - start > 1 ? start + 1 : start;
  }
  return chunks;
}
