// Objects in and out: the border between a caller's objects and the text that the wasm reads.
import * as wasm from "./wasm.js";

/** As many bytes of JSON as the wasm takes; a text of more characters has more bytes. */
const MOST = 512 * 1024;

let ready = false;

/** Notes that the wasm is there. */
export function started() {
  ready = true;
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

export const presets = () => call(wasm.presets);
export const routes = () => call(wasm.routes);
export const compose = (request) => call(wasm.compose, text(request));
export const validate = (request) => call(wasm.validate, text(request));
export const buildRequest = (request) => call(wasm.build_request, text(request));
export const estimate = (request) => call(wasm.estimate, text(request));

/** The request as JSON. All code of the caller runs in here, before the wasm is entered. */
function text(request) {
  let json;
  try {
    json = JSON.stringify(request, plain(new Map()));
  } catch (cause) {
    if (cause instanceof LikenessError) throw cause;
    throw new LikenessError("malformed", "The request cannot be written as JSON.", { cause });
  }
  if (json === undefined) throw new LikenessError("wrong_type", "A JSON object is expected here.");
  if (json.length > MOST) throw new LikenessError("too_large", `The request is over ${MOST} bytes of JSON.`);
  return json;
}

/** What JSON has no word for: a bigint goes as digits, and what it would drop or turn into null is refused. `paths` says where each object stands. */
function plain(paths) {
  return function (key, value) {
    const above = paths.get(this);
    const field = above ? `${above}.${key}` : key;
    switch (typeof value) {
      case "bigint":
        return value.toString();
      case "number":
        if (Number.isFinite(value)) return value;
        throw new LikenessError("wrong_type", "A finite number is expected here.", { field });
      case "function":
      case "symbol":
        throw new LikenessError("wrong_type", "A JSON value is expected here.", { field });
      case "object":
        if (value !== null) paths.set(value, field);
        return value;
      default:
        return value;
    }
  };
}

/** Whether a call has entered the wasm and not come back, because it trapped or the stack had no room left. */
let entered = false;

function call(run, ...request) {
  if (!ready) throw new LikenessError("not_ready", "Await init() before the first call.");
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
