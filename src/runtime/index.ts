// Importing this room loads the native runtime: only code of a child process may.
export { Tensor } from "onnxruntime-node";
export { openGraph, type Feeds, type Graph, type GraphOptions } from "./open-graph.js";
export { sessionOptions } from "./session-options.js";
