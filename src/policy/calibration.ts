/**
 * How a model's P(unsafe) becomes a probability that holds on somebody's own data: log-odds are divided by
 * `temperature` and shifted by `bias` (Platt, 1999; with a bias of 0, temperature scaling: Guo and others, 2017).
 */
export interface Calibration {
  /** Above 0; above 1 brings scores nearer to one half, below 1 drives them apart. */
  readonly temperature: number;
  /** Added to the log-odds afterwards; above 0 makes everything likelier to be unsafe. */
  readonly bias: number;
  /** SHA-256 of the model whose scores it was fitted on: another model's are off in other ways. */
  readonly model: string;
}
