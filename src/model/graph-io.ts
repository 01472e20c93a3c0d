/**
 * Names and shapes by which the engine feeds a graph that `convert/` built; the two rooms share nothing else.
 *
 * S new tokens in one row, P rows of past, T = past tokens in use + S, R positions read, V rows of the head.
 */
export const GRAPH_INPUT = {
  /** int64 [1, S] */
  inputIds: "input_ids",
  /**
   * int64 [1, S]; restart for every packed sequence. With no past in use (T = S) the runtime reads only the
   * first and counts on from it, so several sequences can be packed only behind a past.
   */
  positionIds: "position_ids",
  /** float32 [1, 1, S, T]; 0 where a token may look, -1e9 where it may not, itself seeing nothing behind itself */
  attentionBias: "attention_bias",
  /** int32 [1]; T - 1 */
  seqlensK: "seqlens_k",
  /** int32 scalar; T */
  totalSequenceLength: "total_sequence_length",
  /** int64 [R]; indices into S whose logits are wanted */
  readPositions: "read_positions",
} as const;

export const GRAPH_OUTPUT = {
  /** float32 [R, V]; column c scores token `head.tokenIds[c]`, or token c where the head is full */
  logits: "logits",
} as const;

/**
 * float32 [1, kvHeads, P, headDim]; P may exceed the tokens in use: the rest is spare room, in which any finite
 * numbers may lie.
 */
export const pastKeyName = (layer: number): string => `past_key_values.${String(layer)}.key`;
export const pastValueName = (layer: number): string => `past_key_values.${String(layer)}.value`;

/** float32 [1, kvHeads, S, headDim]: keys (already rotated) and values of the new tokens only. */
export const newKeyName = (layer: number): string => `new_key_values.${String(layer)}.key`;
export const newValueName = (layer: number): string => `new_key_values.${String(layer)}.value`;

/** What a token may not look at is pushed this far down; float32 softmax then gives exactly 0. */
export const MASKED = -1e9;
