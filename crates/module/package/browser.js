// The entry for browsers and bundlers: fetches the wasm that lies beside it.
import load from "./wasm.js";
import { started } from "./core.js";

let loading;

export function init(source = new URL("./likeness.wasm", import.meta.url)) {
  loading ??= load({ module_or_path: source }).then(started, (cause) => {
    // The next attempt may have a network.
    loading = undefined;
    throw cause;
  });
  return loading;
}

export { LikenessError, buildRequest, compose, estimate, presets, routes, validate } from "./core.js";
