/** Tests are TypeScript, transpiled file by file; types are checked by `npm run types`. */
export default {
  testEnvironment: "node",
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  extensionsToTreatAsEsm: [".ts"],
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      {
        jsc: { parser: { syntax: "typescript" }, target: "es2022" },
        module: { type: "es6" },
      },
    ],
  },
  testTimeout: 30_000,
  // Modules of every file stay in memory; past 2 GB a process spends its time on looking for what could go.
  workerIdleMemoryLimit: "768MB",
};
