// The declarations against the code: a sample project and real answers, type-checked strictly, the example of the package's README among them.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { requests } from "./requests.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const programs = join(root, "tests/e2e/node_modules/.bin");
const { LikenessError, compose, estimate, presets, routes, validate } = await import(new URL("../../pkg/node.js", import.meta.url));

const project = mkdtempSync(join(tmpdir(), "likeness-module-"));
after(() => rmSync(project, { recursive: true }));
mkdirSync(join(project, "node_modules"));
symlinkSync(join(root, "pkg"), join(project, "node_modules/likeness"));
writeFileSync(join(project, "package.json"), '{ "type": "module" }');

/** A value as TypeScript, so that a field too many or too few does not compile. */
function literal(value) {
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{ ${Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${literal(item)}`).join(", ")} }`;
}

function answers() {
  const lines = ['import type { Composed, Estimate, Issue, PresetInfo, RouteInfo } from "likeness";'];
  const add = (type, value) => lines.push(`export const a${lines.length}: ${type} = ${literal(value)};`);
  add("PresetInfo[]", presets());
  add("RouteInfo[]", routes());
  for (const request of requests(8, 400)) {
    add("Issue[]", validate(request));
    try {
      add("Composed", compose(request));
      add("Estimate", estimate(request));
    } catch (error) {
      assert.ok(error instanceof LikenessError);
    }
  }
  return lines.join("\n");
}

const SAMPLE = `
import { compose, LikenessError, type Body, type Request } from "likeness";
const request: Request = { avatar: { finetune_id: "ft-1" }, prompt: "fog", preset: "ultra", overrides: { seed: 5n, raw: true } };
export const body: Body = compose(request).body;
// @ts-expect-error no such preset
export const preset: Request = { ...request, preset: "best" };
// @ts-expect-error no such setting
export const setting: Request = { ...request, overrides: { steps: 4 } };
// @ts-expect-error a seed is no flag
export const seed: Request = { ...request, overrides: { seed: true } };
export const field = (error: LikenessError): string => error.field;
`;

function compile(...options) {
  const flags = ["--strict", "--noEmit", "--target", "es2022", "--lib", "es2022,dom"];
  return spawnSync(join(programs, "tsc"), [...flags, ...options], { cwd: project, encoding: "utf8" });
}

/** The example of the package's page. */
const EXAMPLE = /```js\n(.*?)```/s.exec(readFileSync(join(root, "pkg/README.md"), "utf8"))[1];

writeFileSync(join(project, "sample.ts"), SAMPLE);
writeFileSync(join(project, "answers.ts"), answers());
writeFileSync(join(project, "package.mjs"), EXAMPLE);

for (const [module, resolution] of [["nodenext", "nodenext"], ["esnext", "bundler"]]) {
  test(`a strict project with ${resolution} resolution compiles`, () => {
    const { status, stdout } = compile("--module", module, "--moduleResolution", resolution, "--checkJs", "sample.ts", "answers.ts", "package.mjs");
    assert.equal(status, 0, stdout.slice(0, 4000));
  });
}

test("a project without the types of browsers and of Node compiles", () => {
  const { status, stdout } = compile("--module", "nodenext", "--lib", "es2022", "sample.ts");
  assert.equal(status, 0, stdout.slice(0, 4000));
});

test("an answer that is not as declared would not compile", () => {
  writeFileSync(join(project, "drift.ts"), `import type { Seconds } from "likeness";
export const more: Seconds = { low: 1, high: 2, is_our_estimate: true, mean: 1 };
`);
  const { status, stdout } = compile("--module", "nodenext", "drift.ts");
  assert.notEqual(status, 0);
  assert.match(stdout, /'mean' does not exist/);
});

test("the example in the README of the package prints what it says", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["package.mjs"], { cwd: project, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  const said = [...EXAMPLE.matchAll(/console\.log\(.*\/\/ (.*)/g)].map(([, line]) => line);
  assert.equal(said.length, 2);
  assert.deepEqual(stdout.trim().split("\n"), said);
});
