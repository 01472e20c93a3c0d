import type { QueueAddress } from "../audit/index.js";
import { GuardError } from "../base/index.js";
import { readQueuePassword } from "../config/index.js";
import { textOption, type CommandInput } from "./command.js";
import { wholeNumberOption } from "./whole-number-option.js";

/** How an audit is spread over workers. */
export interface QueueAsked {
  readonly address: QueueAddress;
  /** Chunks, and parts of chunks, that are handed out at once. */
  readonly chunksInFlight: number;
  /** How long Redis or all workers may be away, ms. */
  readonly patienceMs: number;
}

/**
 * What the flags of an audit say of a queue; null for an audit that judges by itself.
 * @throws GuardError `invalid_config`, also for flags that say nothing without a queue, or nothing with one
 */
export async function queueAsked(input: CommandInput): Promise<QueueAsked | null> {
  const url = textOption(input, "queue");
  const idle = url === undefined ? ["chunks-in-flight", "patience"] : ["in-flight"];
  for (const name of idle)
    if (textOption(input, name) !== undefined)
      throw new GuardError(
        "invalid_config",
        url === undefined ? `--${name} goes with --queue` : `--${name} is for the workers of a queue to say`,
      );
  if (url === undefined) return null;
  const { parseQueueAddress } = await import("../audit/index.js");
  const number = (name: string, maximum: number, otherwise: number): number =>
    wholeNumberOption(input, name, { minimum: 1, maximum, otherwise });
  return {
    address: parseQueueAddress(url, readQueuePassword()),
    chunksInFlight: number("chunks-in-flight", 256, 16),
    patienceMs: 1_000 * number("patience", 86_400, 600),
  };
}
