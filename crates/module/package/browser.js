// The entry for browsers and bundlers: fetches the wasm that lies beside it.
import load from "./wasm.js";
import { failed, started } from "./core.js";

let loading;

export async function init(source) {
  loading ??= start(source).catch((cause) => {
    // The next attempt may have a network.
    loading = undefined;
    failed(cause);
  });
  return loading;
}

async function start(source = new URL("./likeness.wasm", import.meta.url)) {
  await load({ module_or_path: source });
  started();
}

export { LikenessError, buildRequest, compose, estimate, presets, routes, validate } from "./core.js";
