// The package answers as `POST /api/v1/compose` of the running server does. LIKENESS_URL says where that is, LIKENESS_COMPOSE_CASES how many requests are
// compared (10,000 if unset).
import assert from "node:assert/strict";
import { test } from "node:test";
import { requests } from "./requests.mjs";

const { LikenessError, buildRequest, compose } = await import(new URL("../../pkg/node.js", import.meta.url));
const cases = Number(process.env.LIKENESS_COMPOSE_CASES ?? 10_000);
const SEED = 20_261;

// Each request is that of another caller, or the server would ask the one to wait.
let callers = 0;

async function ask(request) {
  callers += 1;
  const reply = await fetch(new URL("/api/v1/compose", process.env.LIKENESS_URL), {
    method: "POST",
    headers: { "content-type": "application/json", "x-forwarded-for": `10.0.${callers >> 8}.${callers & 255}` },
    body: JSON.stringify(request),
  });
  return { status: reply.status, text: await reply.text() };
}

function check(request, { status, text }) {
  let composed;
  try {
    composed = compose(request);
  } catch (error) {
    assert.ok(error instanceof LikenessError);
    assert.equal(status, 422, text);
    assert.deepEqual(JSON.parse(text).issues, JSON.parse(digits(error.issues)));
    return false;
  }
  assert.equal(status, 200, text);
  assert.deepEqual(JSON.parse(digits(composed)), JSON.parse(text));
  // To the byte, so that no digit of a seed is lost in the comparison.
  assert.ok(text.includes(`"body":${buildRequest(request).json}`), text);
  return true;
}

const digits = (value) => JSON.stringify(value, (_, item) => (typeof item === "bigint" ? Number(item) : item));

test(`${cases} random requests are answered as the server answers them`, async () => {
  const all = [...requests(SEED, cases)];
  let right = 0;
  for (let start = 0; start < all.length; start += 16) {
    const some = all.slice(start, start + 16);
    const replies = await Promise.all(some.map(ask));
    some.forEach((request, index) => {
      try {
        right += check(request, replies[index]);
      } catch (error) {
        error.message = `request ${start + index} of seed ${SEED}, ${JSON.stringify(request)}: ${error.message}`;
        throw error;
      }
    });
  }
  assert.ok(right > cases / 10 && right < cases, `${right} of ${cases} were right`);
});
