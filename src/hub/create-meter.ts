export interface FetchProgress {
  readonly files: number;
  readonly filesDone: number;
  readonly bytes: number;
  /** Bytes that are there and hashed, whether from the network or from disk. May step back at a restart. */
  readonly bytesDone: number;
  /** The file that progress was last made on. */
  readonly file: string;
}

/** Says how far one file has come, as bytes that are there and hashed. */
export type Report = (bytesDone: number) => void;

/** Adds up what is reported of several files at once. */
export function createMeter(
  files: readonly { readonly path: string; readonly bytes: number }[],
  onProgress: (progress: FetchProgress) => void = () => undefined,
): { readonly bytes: number; reporter(path: string): Report; done(path: string): void } {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const doneOf = new Map<string, number>();
  let [filesDone, bytesDone] = [0, 0];
  const tell = (file: string): void => onProgress({ files: files.length, filesDone, bytes, bytesDone, file });
  return {
    bytes,
    reporter: (path) => (now) => {
      bytesDone += now - (doneOf.get(path) ?? 0);
      doneOf.set(path, now);
      tell(path);
    },
    done(path) {
      filesDone++;
      tell(path);
    },
  };
}
