// Objects in and out: the border between a caller's objects and the text that the wasm reads.
import * as wasm from "./wasm.js";

/** As many bytes of JSON as the wasm takes; a text of more characters has more bytes. */
const MOST = 512 * 1024;

let ready = false;

/** Whether the wasm is there. */
export const isReady = () => ready;

/** Notes that it is. */
export function started() {
  ready = true;
}

/** It could not be loaded. */
export function failed(cause) {
  throw new LikenessError("not_ready", "The wasm could not be loaded.", { cause });
}

export class LikenessError extends Error {
  constructor(code, message, { field = "", issues = [], cause } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "LikenessError";
    this.code = code;
    this.field = field;
    this.issues = issues;
  }
}

/** What takes a request: the wasm has no clock, and an address may have ended, so the time goes with it. */
const asking = (run) => (request) => call(run, text(request), Date.now());

export const presets = () => call(wasm.presets);
export const routes = () => call(wasm.routes);
export const compose = asking(wasm.compose);
export const validate = asking(wasm.validate);
export const buildRequest = asking(wasm.build_request);
export const estimate = asking(wasm.estimate);

/** The request as JSON. All code of the caller runs in here, before the wasm is entered. */
function text(request) {
  let json;
  try {
    json = JSON.stringify(request, plain) ?? "[]";
  } catch (cause) {
    if (cause instanceof LikenessError) throw cause;
    throw new LikenessError("malformed", "The request cannot be written as JSON.", { cause });
  }
  if (json.length > MOST) throw new LikenessError("too_large", `The request is over ${MOST} bytes of JSON.`);
  return json;
}

/** What JSON would drop, empty or turn into null goes as this. No field takes a list, so the rules say so where it stands, beside everything else. */
const NO_VALUE = [];

/** What JSON has no word for: a bigint goes as digits, the rest as NO_VALUE. */
function plain(key, value) {
  // Asked for anew: others may have given bigints a `toJSON` that loses digits.
  if (typeof this[key] === "bigint") return String(this[key]);
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) ? value : NO_VALUE;
    case "function":
    case "symbol":
      return NO_VALUE;
    case "object":
      return value === null || isPlain(value) ? value : NO_VALUE;
    default:
      return value;
  }
}

/** Whether all of an object can be in its JSON: a map, a promise or a form would come out empty. */
function isPlain(value) {
  return Array.isArray(value) || Object.prototype.toString.call(value) === "[object Object]";
}

/** Whether a call has entered the wasm and not come back, because it trapped or the stack had no room left. */
let entered = false;

function call(run, ...request) {
  if (!ready) throw new LikenessError("not_ready", "The wasm is not there. Await init() before the first call; in a bundle, with the address of likeness.wasm.");
  // What such a call left behind is in disorder; a new instance is not.
  if (entered) wasm.__wbg_reset_state();
  entered = true;
  let said;
  try {
    said = run(...request);
  } catch (cause) {
    throw new LikenessError("internal", "The call could not be finished.", { cause });
  }
  entered = false;
  const answer = JSON.parse(said);
  if (answer.error) throw new LikenessError(answer.error.code, answer.error.message);
  for (const path of answer.big) {
    const last = path.pop();
    const holder = path.reduce((value, key) => value[key], answer.value ?? answer.issues);
    holder[last] = BigInt(holder[last]);
  }
  if (answer.issues) {
    const { issues } = answer;
    const first = issues.find((issue) => issue.severity === "error");
    throw new LikenessError(first.code, first.message, { field: first.field, issues });
  }
  return answer.value;
}
