// The entry for Node: reads the wasm from its file, so that nothing needs to be awaited.
import { readFileSync } from "node:fs";
import load, { initSync } from "./wasm.js";
import { failed, isReady, started } from "./core.js";

let missing;
try {
  initSync({ module: readFileSync(new URL("./likeness.wasm", import.meta.url)) });
  started();
} catch (cause) {
  // A bundler may have left the file behind; whoever knows where it is says so to init().
  missing = cause;
}

export async function init(source) {
  if (isReady()) return;
  try {
    if (source === undefined) throw missing;
    await load({ module_or_path: read(source) });
    started();
  } catch (cause) {
    failed(cause);
  }
}

/** Files are read here, since fetch() of Node knows none; everything else is left as it is. */
function read(source) {
  // One letter and a colon is a drive.
  const address = typeof source === "string" && /^[a-z]{2,}:/i.test(source) ? new URL(source) : source;
  const isFile = typeof address === "string" || (address instanceof URL && address.protocol === "file:");
  return isFile ? readFileSync(address) : address;
}

export { LikenessError, buildRequest, compose, estimate, presets, routes, validate } from "./core.js";
