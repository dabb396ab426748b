// The entry for Node: reads the wasm from its file, so that nothing needs to be awaited.
import { readFileSync } from "node:fs";
import { initSync } from "./wasm.js";
import { started } from "./core.js";

initSync({ module: readFileSync(new URL("./likeness.wasm", import.meta.url)) });
started();

export async function init() {}

export { LikenessError, buildRequest, compose, estimate, presets, routes, validate } from "./core.js";
