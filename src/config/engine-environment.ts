/** What a process needs to find its libraries and its scratch space; nothing else is any of its business. */
const PASSED_ON = [
  "PATH",
  "LD_LIBRARY_PATH",
  "DYLD_LIBRARY_PATH",
  "SYSTEMROOT",
  "TMPDIR",
  "TEMP",
  "TMP",
  "LANG",
  "LC_ALL",
  "TZ",
  "CUDA_VISIBLE_DEVICES",
];

/**
 * Environment of the engine process. It reads what strangers wrote, so it gets no secrets; and the native
 * runtime would report usage over the network unless told not to before its first session.
 */
export const engineEnvironment = (env: NodeJS.ProcessEnv = process.env): Readonly<Record<string, string>> =>
  Object.freeze({
    ...Object.fromEntries(
      PASSED_ON.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const])),
    ),
    ORT_DISABLE_TELEMETRY: "1",
  });
