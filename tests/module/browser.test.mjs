// The package in a browser: on a plain page, and bundled by esbuild.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import * as likeness from "../../pkg/node.js";
import { requests } from "./requests.mjs";

const packages = createRequire(new URL("../e2e/package.json", import.meta.url));
const { chromium } = packages("playwright-core");
const esbuild = packages("esbuild");
const pkg = fileURLToPath(new URL("../../pkg", import.meta.url));
const bundle = mkdtempSync(join(tmpdir(), "likeness-bundle-"));
const TYPES = { js: "text/javascript", wasm: "application/wasm", html: "text/html" };

let browser;
let server;
let origin;

before(async () => {
  mkdirSync(join(bundle, "node_modules"));
  symlinkSync(pkg, join(bundle, "node_modules/likeness"));
  writeFileSync(join(bundle, "entry.js"), 'export * from "likeness";');
  await esbuild.build({
    entryPoints: [join(bundle, "entry.js")], bundle: true, format: "esm", platform: "browser", minify: true,
    outfile: join(bundle, "bundle.js"), logLevel: "silent",
  });
  server = createServer((request, reply) => {
    const name = basename(request.url);
    if (name === "page.html") return reply.writeHead(200, { "content-type": TYPES.html }).end("<!doctype html>");
    const folder = name === "bundle.js" ? bundle : pkg;
    try {
      const bytes = readFileSync(join(folder, name));
      reply.writeHead(200, { "content-type": TYPES[name.split(".").pop()] ?? "text/plain" }).end(bytes);
    } catch {
      reply.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${server.address().port}`;
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
});

after(async () => {
  await browser?.close();
  server?.close();
  rmSync(bundle, { recursive: true });
});

for (const script of ["browser.js", "bundle.js"]) {
  test(`${script} answers as Node does, also after wrong calls`, async () => {
    const some = [...requests(5, 300)];
    const answer = (module, request) => {
      const one = (call) => {
        try {
          return call(request);
        } catch (error) {
          return { issues: error.issues, code: error.code, field: error.field };
        }
      };
      return ["compose", "buildRequest", "estimate", "validate"].map((name) => one(module[name]));
    };
    const page = await browser.newPage();
    await page.goto(`${origin}/page.html`);
    const found = await page.evaluate(async ([script, some, answerText]) => {
      const module = await import(`/${script}`);
      const { compose, init } = module;
      const answer = new Function(`return ${answerText}`)();
      let early;
      try {
        compose(some[0]);
      } catch (error) {
        early = error.code;
      }
      const missing = await init("/none.wasm").catch((error) => error.code);
      await Promise.all([init(), init()]);
      const cycle = {};
      cycle.self = cycle;
      const answers = some.map((request) => {
        answer(module, cycle);
        return answer(module, request);
      });
      const lists = [module.presets().length, module.routes().length];
      return { early, missing, lists, answers: JSON.stringify(answers, (_, item) => (typeof item === "bigint" ? String(item) : item)) };
    }, [script, some, answer.toString()]);
    assert.equal(found.early, "not_ready");
    assert.equal(found.missing, "not_ready", "and the next attempt is one");
    assert.deepEqual(found.lists, [8, 3]);
    const here = some.map((request) => answer(likeness, request));
    assert.equal(found.answers, JSON.stringify(here, (_, item) => (typeof item === "bigint" ? String(item) : item)));
    await page.close();
  });
}
