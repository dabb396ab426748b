// Bodies against FAL's published schema, by a validator that is not ours: what compose makes is valid, and what another client sends is judged no more strictly.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Ajv from 'ajv/dist/2020.js';
import { FAL_SCHEMAS } from './support/fal-schemas.mjs';
import { anotherCaller, startServer } from './support/browser.mjs';

const JSON_TYPE = { 'content-type': 'application/json' };

let server;
let state = 20261129;
const next = () => {
  state = (state * 1103515245 + 12345) % 2147483648;
  return state / 2147483648;
};
const pick = (list) => list[Math.floor(next() * list.length)];
const between = (low, high) => low + next() * (high - low);
const whole = (low, high) => Math.floor(between(low, high + 1));

const ajv = new Ajv({ strict: false });
const valid = Object.fromEntries(Object.entries(FAL_SCHEMAS).map(([endpoint, schema]) => [endpoint, ajv.compile(schema)]));

before(async () => {
  server = await startServer({ LIKENESS_DEMO_SPEED: '1000', LIKENESS_FRONT_PROXY: '127.0.0.1' });
});
after(() => server?.stop());

test('10,000 bodies that compose makes are valid for FAL', async () => {
  const settings = {
    num_inference_steps: () => whole(-1, 52),
    guidance_scale: () => between(-1, 36),
    image_size: () => pick(['square', 'portrait_4_3', 'landscape_16_9', { width: whole(200, 2100), height: whole(200, 2100) }, 'huge']),
    aspect_ratio: () => pick(['16:9', '1:1', '9:21', '5:4', '22:9']),
    lora_scale: () => between(-0.2, 4.2),
    finetune_strength: () => between(-0.1, 2.1),
    safety_tolerance: () => String(whole(0, 7)),
    enable_safety_checker: () => pick([true, false]),
    raw: () => pick([true, false]),
    num_images: () => whole(0, 5),
    output_format: () => pick(['png', 'jpeg', 'webp']),
    seed: () => pick([whole(0, 2 ** 32), '18446744073709551615', 0]),
    acceleration: () => pick(['none', 'regular', 'high']),
    enhance_prompt: () => pick([true, false]),
  };
  const avatars = [
    { kind: 'portrait', trigger_phrase: 'a photo of TOK woman', lora_url: 'https://weights.example/tok.safetensors' },
    { kind: 'portrait', trigger_word: 'TOK', lora_url: 'https://weights.example/tok.safetensors', lora_scale: 1.2 },
    { kind: 'artistic', trigger_word: 'ARTST', finetune_id: 'f-1' },
    { finetune_id: 'f-1', finetune_strength: 0.7 },
  ];
  const presets = ['fast', 'balanced', 'quality', 'ultra', 'portrait', 'artistic', 'landscape', 'photorealistic'];
  const seen = new Set();
  let accepted = 0;
  let asked = 0;
  while (accepted < 10_000) {
    assert.ok((asked += 1) < 100_000, `${accepted} were accepted`);
    const overrides = {};
    for (const key of Object.keys(settings)) if (next() < 0.12) overrides[key] = settings[key]();
    if (next() < 0.2) overrides.use_ultra = pick([true, false]);
    const wish = { avatar: pick(avatars), prompt: pick(['a castle', 'in the fog, at dawn', 'фото женщины', 'a photo of a man']), preset: pick(presets), overrides };
    const reply = await fetch(`${server.url}/api/v1/compose`, { method: 'POST', headers: { ...JSON_TYPE, ...anotherCaller() }, body: JSON.stringify(wish) });
    if (reply.status !== 200) {
      await reply.arrayBuffer();
      continue;
    }
    const { endpoint, body } = await reply.json();
    accepted += 1;
    seen.add(endpoint);
    assert.ok(valid[endpoint](body), `${JSON.stringify(body)}: ${ajv.errorsText(valid[endpoint].errors)}`);
  }
  assert.equal(seen.size, 3);
});

test('3,000 bodies of other clients pass if they are valid for FAL and fetch nothing', async () => {
  /** A number as some client writes it. */
  const written = (number) => (Number.isInteger(number) && next() < 0.3 ? pick([`${number}.0`, `${number}e0`]) : String(number));
  const text = (value) => {
    if (typeof value === 'number') return written(value);
    if (Array.isArray(value)) return `[${value.map(text).join(',')}]`;
    if (value && typeof value === 'object') return `{${Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}:${text(inner)}`).join(',')}}`;
    return JSON.stringify(value);
  };
  const numbers = () => pick([0, 1, 2, 4, 5, -1, 28, 50, 51, 1024, 14142, 14143, 0.5, 3.5, 35.5, 2 ** 53, between(0, 40)]);
  const any = () => pick([numbers, numbers, () => pick(['png', 'jpeg', '2', '16:9', 'square', '']), () => pick([true, false, null, [], {}])])();
  const fields = {
    seed: numbers,
    num_images: numbers,
    num_inference_steps: numbers,
    guidance_scale: numbers,
    image_size: () => pick(['square_hd', 'huge', { width: numbers(), height: numbers() }, { width: 640 }, {}]),
    output_format: () => pick(['png', 'jpeg', 'webp']),
    enable_safety_checker: () => pick([true, false, 1]),
    safety_tolerance: () => pick(['1', '6', '7', 2]),
    aspect_ratio: () => pick(['16:9', '5:4', 'wide', 16]),
    acceleration: () => pick(['none', 'regular', 'high']),
    raw: () => pick([true, false]),
    loras: () => pick([[], [{ path: 'owner/repo' }], [{ path: 'https://weights.example/a', scale: numbers() }], [{ scale: 1 }], {}]),
    strength: any,
    negative_prompt: any,
    unheard_of: any,
    sync_mode: () => pick([true, false]),
    image_url: () => pick(['https://pictures.example/a.png', null]),
    mask_urls: () => ['https://pictures.example/a.png'],
  };
  const counts = { passed: 0, refused: 0 };
  for (let turn = 0; turn < 3000; turn += 1) {
    const endpoint = pick(Object.keys(FAL_SCHEMAS));
    const body = { prompt: 'a castle', ...(endpoint !== 'fal-ai/flux-lora' && { finetune_id: 'f-1', finetune_strength: 1 }) };
    for (const key of Object.keys(fields)) if (next() < 0.12) body[key] = fields[key]();
    const sent = text(body);
    // As a reader of JSON sees it: 28.0 is 28.
    const read = JSON.parse(sent);
    const isFetching = read.sync_mode === true || (read.image_url ?? null) !== null || read.mask_urls;
    const isTaken = valid[endpoint](read) && !isFetching;
    const reply = await fetch(`${server.url}/api/fal/proxy`, {
      method: 'POST',
      headers: { ...JSON_TYPE, ...anotherCaller(), 'x-fal-target-url': `https://queue.fal.run/${endpoint}` },
      body: sent,
    });
    counts[isTaken ? 'passed' : 'refused'] += 1;
    const said = await reply.text();
    assert.equal(reply.status, isTaken ? 200 : 422, `${endpoint} ${sent}: ${said}: ${ajv.errorsText(valid[endpoint].errors)}`);
  }
  assert.ok(counts.passed > 300 && counts.refused > 300, JSON.stringify(counts));
});
