// The npm package in `pkg/`, used as a bot uses it: by its name, in Node.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { requests } from "./requests.mjs";

const esbuild = createRequire(new URL("../e2e/package.json", import.meta.url))("esbuild");
const pkg = new URL("../../pkg/", import.meta.url);
const likeness = await import(new URL("node.js", pkg));
const { LikenessError, buildRequest, compose, estimate, init, presets, routes, validate } = likeness;

const portrait = {
  avatar: { trigger_word: "TOK", lora_url: "https://example.com/tok.safetensors" },
  prompt: "portrait in the fog",
  preset: "balanced",
};

test("a request is composed, built and estimated alike", async () => {
  await init();
  const composed = compose(portrait);
  assert.equal(composed.endpoint, "fal-ai/flux-lora");
  assert.equal(composed.prompt.text, "TOK, portrait in the fog");
  const built = buildRequest(portrait);
  assert.deepEqual(built.body, composed.body);
  assert.deepEqual(JSON.parse(built.json), composed.body);
  assert.deepEqual(estimate(portrait).cost, composed.cost);
  assert.equal(presets().length, 8);
  assert.deepEqual(routes().map(({ kind }) => kind), ["portrait", "artistic", "artistic"]);
});

test("a seed keeps every digit, whether bigint or text", () => {
  const most = 2n ** 64n - 1n;
  for (const seed of [most, String(most)]) {
    const request = { ...portrait, overrides: { seed } };
    assert.equal(compose(request).body.seed, most);
    assert.match(buildRequest(request).json, /"seed":18446744073709551615/);
  }
  assert.equal(compose({ ...portrait, overrides: { seed: 7n } }).body.seed, 7);
});

test("an address that has ended is told from one that has not", () => {
  const until = (moment) => {
    const seconds = Math.floor(moment / 1000);
    const lora_url = `https://example.com/tok.safetensors?Expires=${seconds}&Signature=x`;
    const request = { ...portrait, avatar: { ...portrait.avatar, lora_url } };
    const [issue, ...more] = validate(request);
    assert.deepEqual([issue.code, issue.limit, more], ["notice", { until: seconds }, []]);
    assert.deepEqual(compose(request).issues, [issue]);
    return issue.message;
  };
  assert.match(until(Date.now() - 60_000), /which is over/);
  assert.match(until(Date.now() + 3_600_000), /will stop working/);
});

test("an error has code, field and all issues", () => {
  const wrong = { ...portrait, prompt: " ", preset: "best", overrides: { seed: 2n ** 64n } };
  assert.throws(() => compose(wrong), (error) => {
    assert.ok(error instanceof LikenessError);
    assert.deepEqual([error.code, error.field], ["required", "prompt"]);
    assert.deepEqual(error.issues, validate(wrong));
    assert.deepEqual(error.issues.map(({ field }) => field), ["prompt", "preset", "overrides.seed"]);
    return true;
  });
});

test("what JSON has no word for is refused where it stands", () => {
  const field = (request) => {
    try {
      compose(request);
    } catch (error) {
      assert.ok(error instanceof LikenessError, String(error?.stack));
      assert.equal(error.code, "wrong_type");
      return error.field;
    }
    return assert.fail("it was accepted");
  };
  assert.equal(field(undefined), "");
  assert.equal(field({ ...portrait, prompt: () => {} }), "prompt");
  assert.equal(field({ ...portrait, overrides: { guidance_scale: NaN } }), "overrides.guidance_scale");
  assert.equal(field({ ...portrait, overrides: { image_size: { width: Infinity, height: 512 } } }), "overrides.image_size.width");
  // What JSON would write as {} or null, and a default would be paid for instead.
  for (const overrides of [new Map([["seed", 7]]), new Set(), Promise.resolve({}), new URLSearchParams("seed=7"), new Uint8Array(2)]) {
    assert.equal(field({ ...portrait, overrides }), "overrides");
  }
  assert.equal(field({ ...portrait, overrides: { num_images: Object(NaN) } }), "overrides.num_images");
});

test("an empty field of a form is one issue among the others", () => {
  const form = { ...portrait, prompt: "", overrides: { guidance_scale: parseFloat(""), num_images: 9 } };
  const fields = ["prompt", "overrides.guidance_scale", "overrides.num_images"];
  assert.deepEqual(validate(form).map(({ field }) => field).sort(), fields.sort());
  assert.throws(() => compose(form), (error) => error.issues.length === 3);
});

test("half a character is refused where it stands", () => {
  const caption = "fog 🌫️".slice(0, 5);
  const fix = { field: "prompt", value: "fog " };
  assert.deepEqual(validate({ ...portrait, prompt: caption }).map(({ field, code, limit, fix }) => ({ field, code, limit, fix })), [
    { field: "prompt", code: "wrong_type", limit: { position: 4 }, fix },
  ]);
  assert.throws(() => compose({ ...portrait, prompt: caption }), (error) => {
    assert.deepEqual([error.code, error.field], ["wrong_type", "prompt"]);
    return error instanceof LikenessError;
  });
});

test("a seed keeps every digit although somebody taught bigints to be numbers", () => {
  BigInt.prototype.toJSON = function () {
    return Number(this);
  };
  try {
    assert.equal(compose({ ...portrait, overrides: { seed: 9007199254740993n } }).body.seed, 9007199254740993n);
  } finally {
    delete BigInt.prototype.toJSON;
  }
});

test("a program in one file is told where the wasm is, and then works", async () => {
  const folder = mkdtempSync(join(tmpdir(), "likeness-node-"));
  try {
    for (const format of ["esm", "cjs"]) {
      const outfile = join(folder, `bot.${format === "esm" ? "mjs" : "cjs"}`);
      const bot = `
        import { init, compose, LikenessError } from ${JSON.stringify(fileURLToPath(new URL("node.js", pkg)))};
        const said = (run) => { try { return run(); } catch (error) { return error instanceof LikenessError && error.code; } };
        const ask = () => compose(${JSON.stringify(portrait)}).prompt.text;
        const all = async () => {
          const early = [said(ask), await init().catch((error) => error.code)];
          const wrong = await init(process.argv[2] + ".none").catch((error) => error.code);
          await init(process.argv[2]);
          console.log([...early, wrong, ask()].join("; "));
        };
        all();`;
      await esbuild.build({ stdin: { contents: bot, resolveDir: folder }, bundle: true, format, platform: "node", outfile, logLevel: "silent" });
      for (const place of [fileURLToPath(new URL("likeness.wasm", pkg)), new URL("likeness.wasm", pkg).href]) {
        const { stdout, stderr } = spawnSync(process.execPath, [outfile, place], { encoding: "utf8" });
        assert.equal(stdout.trim(), "not_ready; not_ready; not_ready; TOK, portrait in the fog", stderr);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const cycle = {};
cycle.self = cycle;
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();
let deep = [];
for (let level = 0; level < 100_000; level++) deep = [deep];
const fails = () => {
  throw new Error("not today");
};
/** Wrong arguments, none of which may harm the next call. */
const WRONG = {
  nothing: undefined,
  "a null": null,
  "a number": 7,
  "a text": "compose",
  "a bigint": 5n,
  "a symbol": Symbol("x"),
  "a function": () => {},
  "a list": [portrait],
  "a map": new Map([["prompt", "x"]]),
  "a cycle": cycle,
  "a revoked proxy": revoked,
  "a proxy that throws": new Proxy({}, { get: fails, ownKeys: fails }),
  "a getter that throws": { ...portrait, get prompt2() { return fails(); } },
  "a toJSON that throws": { toJSON: fails },
  "a getter that calls the module wrongly": { get prompt() { return compose(null); } },
  "NaN": { ...portrait, overrides: { guidance_scale: NaN } },
  "Infinity": { ...portrait, overrides: { guidance_scale: Infinity } },
  "a bigint below zero": { ...portrait, overrides: { seed: -1n } },
  "a bigint without end": { ...portrait, overrides: { seed: 10n ** 5000n } },
  "half a surrogate pair": { ...portrait, prompt: "fog \ud800" },
  "half a surrogate pair in a key": { ...portrait, "\udc00": 1 },
  "a prompt that is too long": { ...portrait, prompt: "x ".repeat(20_000) },
  "a huge text": { ...portrait, prompt: "x".repeat(50_000_000) },
  "deep nesting": { ...portrait, prompt: deep },
  "a foreign key": { ...portrait, __proto__: null, constructor: 1 },
};

for (const [name, wrong] of Object.entries(WRONG)) {
  test(`after ${name} the next right call answers`, () => {
    const right = compose(portrait);
    for (const call of [compose, buildRequest, estimate]) {
      assert.throws(() => call(wrong), (error) => {
        assert.ok(error instanceof LikenessError, String(error?.stack));
        assert.notEqual(error.code, "internal", String(error.cause?.stack));
        return true;
      });
      assert.deepEqual(compose(portrait), right);
    }
    try {
      assert.ok(validate(wrong).some(({ severity }) => severity === "error"));
    } catch (error) {
      assert.ok(error instanceof LikenessError, String(error?.stack));
    }
    assert.deepEqual(compose(portrait), right);
  });
}

test("a call with no room left on the stack harms no later one", () => {
  const right = compose(portrait);
  let refused = 0;
  const dive = () => {
    try {
      dive();
    } catch {
      // Near the bottom, at ever more room.
      try {
        compose(portrait);
      } catch (error) {
        refused += 1;
        throw error;
      }
    }
  };
  dive();
  assert.ok(refused > 0);
  assert.deepEqual(compose(portrait), right);
});

test("a call that is torn out of the wasm harms no later one", () => {
  const right = compose(portrait);
  const { normalize } = String.prototype;
  // The rules ask the engine of JavaScript about a character that they see for the first time.
  String.prototype.normalize = fails;
  try {
    assert.throws(() => compose({ ...portrait, prompt: "\u{1e900}TOK" }), (error) => {
      assert.ok(error instanceof LikenessError, String(error?.stack));
      assert.equal(error.code, "internal");
      assert.equal(error.cause.message, "not today");
      return true;
    });
  } finally {
    String.prototype.normalize = normalize;
  }
  assert.deepEqual(compose(portrait), right);
  assert.equal(compose({ ...portrait, prompt: "\u{1e900}TOK" }).prompt.text, "TOK, \u{1e900}TOK");
});

test("the spans of a prompt are its text, and composing it again changes nothing", () => {
  let composedOnes = 0;
  for (const request of requests(3, 2000)) {
    let composed;
    try {
      composed = compose(request);
    } catch (error) {
      assert.ok(error instanceof LikenessError);
      continue;
    }
    composedOnes += 1;
    const { text, spans } = composed.prompt;
    assert.equal(spans.map((span) => span.text).join(""), text);
    assert.equal(composed.body.prompt, text);
    assert.equal(compose({ ...request, prompt: text }).prompt.text, text);
  }
  assert.ok(composedOnes > 200, `${composedOnes} of 2000`);
});

test("the wasm names no folder of the machine that built it", () => {
  const wasm = readFileSync(new URL("../../pkg/likeness.wasm", import.meta.url)).toString("latin1");
  const folders = wasm.match(/\/(home|root|Users|work|usr|registry)\/[ -~]{0,80}|\.cargo/g) ?? [];
  assert.deepEqual(folders, []);
});
