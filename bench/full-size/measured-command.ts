// Runs `portcullis ARGUMENTS` and then says on the last line of stdout what it took: {"seconds":…,"peakMiB":…}
import { resourceUsage } from "node:process";

const startMs = performance.now();
process.on("exit", () => {
  const seconds = Number(((performance.now() - startMs) / 1000).toFixed(1));
  console.log(JSON.stringify({ seconds, peakMiB: Math.round(resourceUsage().maxRSS / 1024) }));
});
await import(new URL("../../main.js", import.meta.url).href);
