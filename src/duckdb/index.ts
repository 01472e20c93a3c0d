export { DATABASE_DEFAULTS, openDatabase, type Database, type DatabaseOptions } from "./open-database.js";
