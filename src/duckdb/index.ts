export { lockFile, type FileLock } from "./lock-file.js";
export { DATABASE_DEFAULTS, openDatabase, type Database, type DatabaseOptions } from "./open-database.js";
export { quoteText } from "./quote.js";
