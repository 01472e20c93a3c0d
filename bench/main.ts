// `npm run bench` measures a running service; `npm run bench -- NAME` one of the others below.
const COMMANDS: Readonly<Record<string, () => Promise<(args: readonly string[]) => Promise<void>>>> = {
  service: async () => (await import("./service-cases.js")).serviceCases,
  quick: async () => (await import("./quick/main.js")).quick,
  capacity: async () => (await import("./capacity/main.js")).capacity,
  growth: async () => (await import("./growth/main.js")).growth,
  compare: async () => (await import("./compare/main.js")).compare,
  chat: async () => (await import("./chat/main.js")).chat,
  gpu: async () => (await import("./gpu/main.js")).gpu,
  ideas: async () => (await import("./ideas/main.js")).ideas,
};

const [first, ...rest] = process.argv.slice(2);
const named = first !== undefined && !first.startsWith("-");
const command = COMMANDS[named ? first : "service"];
if (command === undefined) {
  console.error(`There is no ${first!}; there are ${Object.keys(COMMANDS).join(", ")}.`);
  process.exitCode = 2;
} else await (await command())(named ? rest : process.argv.slice(2));
