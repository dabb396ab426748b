// The document for machines, against the server: every reply here has to be one that it describes.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import Ajv from 'ajv/dist/2020.js';
import { anotherCaller, freePort, required, startServer } from './support/browser.mjs';
import { TOKEN, initData, startBotApi } from './support/telegram.mjs';

const API_TOKEN = 'token-of-the-test';
const BOT_TOKEN = '5768337691:AAH5YkoiEuPk8-FZa32hStHTqXiLPtAEhx8';
const WISH = {
  avatar: { kind: 'portrait', trigger_word: 'TOK', lora_url: 'https://weights.example/tok.safetensors' },
  prompt: 'a harbour in the fog',
  preset: 'fast',
};

let server;
let document;
let ajv;

before(async () => {
  const env = { LIKENESS_API_TOKEN: API_TOKEN, TELEGRAM_BOT_TOKEN: BOT_TOKEN, LIKENESS_DEMO_SPEED: '500', LIKENESS_FRONT_PROXY: '127.0.0.1' };
  server = await startServer(env);
  document = await (await fetch(`${server.url}/api/v1/openapi.json`)).json();
  ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema(document, 'openapi');
});
after(() => server?.stop());

/** Calls an operation and holds its reply to the document. Gives the body of the reply. */
async function call(id, expected, { path = {}, query = '', body, token, headers = {}, at = server } = {}) {
  const operations = Object.entries(document.paths).flatMap(([address, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ address, method, operation })),
  );
  const { address, method, operation } = operations.find(({ operation }) => operation.operationId === id);
  const filled = address.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(path[name]));
  const isJson = body !== undefined && !(body instanceof Uint8Array);
  const reply = await fetch(at.url + filled + query, {
    method: method.toUpperCase(),
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(isJson && { 'content-type': 'application/json' }),
      ...headers,
    },
    body: isJson ? JSON.stringify(body) : body,
  });
  assert.equal(reply.status, expected, `${id}: ${await reply.clone().text()}`);
  const described = operation.responses[reply.status];
  assert.ok(described, `${id}: ${reply.status} is not in the document`);
  const type = reply.headers.get('content-type');
  const content = described.content?.[type];
  assert.ok(content, `${id}: ${type} is not in the document`);
  if (type !== 'application/json') return reply.arrayBuffer();
  const answer = await reply.json();
  const steps = ['paths', address, method, 'responses', reply.status, 'content', type, 'schema'];
  const pointer = steps.map((step) => encodeURIComponent(String(step).replace(/~/g, '~0').replace(/\//g, '~1')));
  const isValid = ajv.validate({ $ref: `openapi#/${pointer.join('/')}` }, answer);
  assert.ok(isValid, `${id}: ${ajv.errorsText()}: ${JSON.stringify(answer)}`);
  return answer;
}

/** A launch as Telegram signs it. */
function launch(at = Math.floor(Date.now() / 1000)) {
  const user = JSON.stringify({ id: 42, first_name: 'Ann' });
  const secret = createHmac('sha256', 'WebAppData').update(BOT_TOKEN).digest();
  const hash = createHmac('sha256', secret).update(`auth_date=${at}\nuser=${user}`).digest('hex');
  return `auth_date=${at}&user=${encodeURIComponent(user)}&hash=${hash}`;
}

test('two linters of such documents have nothing to say', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'likeness-lint-'));
  try {
    await writeFile(join(folder, 'openapi.json'), JSON.stringify(document));
    await writeFile(join(folder, '.spectral.yaml'), 'extends: ["spectral:oas"]\n');
    for (const [program, ...args] of [
      ['redocly', 'lint', 'openapi.json', '--max-problems=50'],
      ['spectral', 'lint', 'openapi.json', '--ruleset', '.spectral.yaml', '--fail-severity=hint'],
    ]) {
      const path = new URL(`./node_modules/.bin/${program}`, import.meta.url).pathname;
      const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
      const { status, stdout, stderr } = spawnSync(path, args, { cwd: folder, env, encoding: 'utf8' });
      const said = `${stdout}${stderr}`;
      assert.equal(status, 0, said);
      assert.doesNotMatch(said, /\b(warning|error)s?\b.*\d+:\d+|\d+:\d+.*\b(warning|error)\b/, said);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('every address may say that a head is too large, and says so', async () => {
  const headers = { 'x-large': 'x'.repeat(40_000) };
  for (const [address, methods] of Object.entries(document.paths)) {
    for (const [method, { operationId, responses }] of Object.entries(methods)) {
      for (const status of ['400', '403', '405', '431', '500']) assert.ok(responses[status], `${operationId}: ${status}`);
      const path = { id: 'x', key: 'x', name: 'x' };
      const body = method === 'post' ? {} : undefined;
      const { error } = await call(operationId, 431, { path, body, headers });
      assert.equal(error.code, 'head_too_large', address);
    }
  }
});

test('numbers for Prometheus please its own judge, in both formats', async () => {
  const metrics = `127.0.0.1:${await freePort()}`;
  const measured = await startServer({ LIKENESS_METRICS: metrics });
  try {
    for (const path of ['/api/v1/config', '/nowhere', '/api/fal/proxy']) await fetch(measured.url + path);
    const read = async (accept) => {
      const reply = await fetch(`http://${metrics}/metrics`, { headers: { accept } });
      return [reply.headers.get('content-type'), await reply.text()];
    };
    const [kind, text] = await read('text/plain;version=0.0.4');
    assert.equal(kind, 'text/plain; version=0.0.4; charset=utf-8');
    const judged = spawnSync(required('LIKENESS_PROMTOOL'), ['check', 'metrics'], { input: text, encoding: 'utf8' });
    assert.equal(judged.status, 0, judged.stderr);
    assert.equal(judged.stdout + judged.stderr, '');
    const [open, end] = await read('application/openmetrics-text; version=1.0.0, text/plain;q=0.5');
    assert.match(open, /^application\/openmetrics-text/);
    assert.ok(end.endsWith('# EOF\n'));
  } finally {
    await measured.stop();
  }
});

test('what is asked without a sign-in', async () => {
  await call('health', 200);
  await call('ready', 200);
  await call('config', 200);
  await call('compose', 200, { body: WISH });
  await call('compose', 422, { body: { ...WISH, prompt: ' ', preset: 'best', surprise: 1 } });
  await call('compose', 400, { body: new TextEncoder().encode('{'), headers: { 'content-type': 'application/json' } });
  await call('compose', 415, { body: new TextEncoder().encode('{}') });
  await call('spending', 200);
  await call('submission', 404, { path: { key: 'nothing' } });
  assert.equal((await call('testAvatar', 200, { body: { lora_url: 'https://weights.example/me.safetensors' } })).state, 'untested');
  await call('testAvatar', 422, { body: { lora_url: 'user/repo' } });
  await call('image', 400, { query: '?url=https://evil.example/a.png' });
});

test('what is asked of FAL through the proxy', async () => {
  const at = (path) => ({ 'x-fal-target-url': `https://queue.fal.run/fal-ai/flux-lora${path}` });
  const body = { prompt: 'fog', loras: [{ path: 'https://weights.example/tok.safetensors' }] };
  const json = { 'content-type': 'application/json' };
  const half = new TextEncoder().encode('{"prompt":"fog \\ud83d","loras":[]}');
  const { detail } = await call('relayPost', 422, { headers: { ...at(''), ...json }, body: half });
  assert.deepEqual([detail[0].loc, detail[0].ctx], [['body', 'prompt'], { position: 4 }]);
  await call('relayPost', 400, { body });
  await call('relayPost', 400, { headers: { ...at(''), ...json }, body: new TextEncoder().encode('{') });
  await call('relayPost', 403, { headers: { 'x-fal-target-url': 'https://queue.fal.run/fal-ai/other' }, body });
  await call('relayPost', 405, { headers: at('/requests/00000000/status'), body });
  await call('relayPost', 415, { headers: at(''), body: new TextEncoder().encode('{}') });
  const key = { ...at(''), 'idempotency-key': 'k-1' };
  const { request_id: id } = await call('relayPost', 200, { headers: key, body });
  await call('relayPost', 422, { headers: key, body: { ...body, prompt: 'sun' } });
  const status = () => fetch(`${server.url}/api/fal/proxy`, { headers: at(`/requests/${id}/status`) });
  while ((await status()).status === 202) await sleep(50);
  await call('relayGet', 200, { headers: at(`/requests/${id}/status`) });
  assert.equal((await call('relayGet', 200, { headers: at(`/requests/${id}`) })).images.length, 1);
  await call('relayGet', 404, { headers: at('/requests/00000000-0000-0000-0000-000000000000') });
  await call('relayPut', 400, { headers: at(`/requests/${id}/cancel`) });
  const slow = await call('relayPost', 200, { headers: at(''), body: { ...body, num_images: 4, num_inference_steps: 50 } });
  await call('relayGet', 202, { headers: at(`/requests/${slow.request_id}/status`) });
  await call('relayPut', 202, { headers: at(`/requests/${slow.request_id}/cancel`) });
});

test('a picture for a program', async () => {
  await call('generate', 401, { body: WISH });
  await call('generate', 422, { body: { ...WISH, wait: 121 }, token: API_TOKEN });
  const done = await call('generate', 200, { body: { ...WISH, wait: 60 }, token: API_TOKEN });
  assert.equal((await fetch(done.image_url)).headers.get('content-type'), 'image/jpeg');
  await call('generate', 202, { body: { ...WISH, preset: 'quality', wait: 0 }, token: API_TOKEN });
  await call('job', 200, { path: { id: done.job_id }, token: API_TOKEN });
  await call('job', 404, { path: { id: '00000000-0000-0000-0000-000000000000' }, token: API_TOKEN });
});

test('a person from Telegram', async () => {
  await call('telegramSession', 401, { headers: { authorization: 'tma ' } });
  await call('telegramSession', 401, { headers: { authorization: `tma ${launch(1)}` } });
  const { token } = await call('telegramSession', 200, { headers: { authorization: `tma ${launch()}` } });
  await call('handOver', 401, { body: new Uint8Array(1) });
  await call('handOver', 422, { body: new Uint8Array(1), token });
  const picture = await readFile(new URL('../../crates/files/tests/corpus/pictures/marked.jpg', import.meta.url));
  const { picture_id: id } = await call('handOver', 201, { body: new Uint8Array(picture), token });
  await call('link', 409, { path: { id }, token });
  await call('sendToMe', 422, { path: { id }, body: { as: 'voice' }, token });
  await call('prepareShare', 404, { path: { id: 'x' }, token });
  await call('file', 404, { path: { name: 'x.png' }, query: '?key=x' });
});

test('a picture on its way to Telegram', async () => {
  const bot = await startBotApi();
  const at = await startServer({ TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_BASE: bot.base, LIKENESS_PUBLIC_URL: 'https://studio.example' });
  try {
    const { token } = await call('telegramSession', 200, { at, headers: { authorization: `tma ${initData()}` } });
    for (const kind of ['jpg', 'png']) {
      const picture = await readFile(new URL(`../../crates/files/tests/corpus/pictures/marked.${kind}`, import.meta.url));
      const { picture_id: id } = await call('handOver', 201, { at, body: new Uint8Array(picture), token });
      const one = { at, path: { id }, token };
      await call('sendToMe', 200, { ...one, body: { as: 'photo' } });
      await call('sendToMe', 200, { ...one, body: { as: 'document' } });
      await bot.fail({ kind: 'bad_dimensions' });
      assert.equal((await call('sendToMe', 200, { ...one, body: { as: 'photo' } })).reason, 'refused');
      for (const [kind, expected] of [['forbidden', 403], ['too_many', 429], ['unauthorized', 500], ['garbled', 500]]) {
        await bot.fail({ kind, ...(kind === 'too_many' && { retry_after: 1 }) });
        await call('sendToMe', expected, { ...one, body: { as: 'document' } });
      }
      await call('prepareShare', 200, one);
      // The picture is taken back meanwhile, which would otherwise be what fails.
      while ((await bot.calls()).at(-1).method !== 'deleteMessage') await sleep(20);
      await bot.fail({ kind: 'forbidden' });
      await call('prepareShare', 403, one);
      const { url, file_name: name } = await call('link', 200, one);
      const file = { at, path: { name }, query: new URL(url).search };
      await call('file', 200, file);
      await call('file', 206, { ...file, headers: { range: 'bytes=0-1' } });
      assert.equal((await fetch(`${at.url}/api/v1/telegram/files/${name}${file.query}`, { headers: { range: 'bytes=99999-' } })).status, 416);
    }
  } finally {
    await Promise.all([at.stop(), bot.stop()]);
  }
});

/** A small generator (mulberry32), so that a failure can be repeated. */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

test('what the document allows is accepted, and what it refuses is refused', async () => {
  const next = random(7);
  const pick = (list) => list[Math.floor(next() * list.length)];
  const LORA = 'https://weights.example/tok.safetensors';
  const numbers = [0, 1, 2, 3, 4, 4.5, 5, -1, 0.5, 20, 35, 36, 50, 51, 119, 120, 121, 256, 255, 2048, 2049, 9007199254740991];
  const texts = ['', ' ', '\u3164', '\u200b\ufeff', 'a', 'TOK', '1', '6', '7', '0', '007', '18446744073709551615', '18446744073709551616', '-1', '1.0', 'x'.repeat(16001)];
  const names = ['portrait', 'artistic', 'ultra', 'fast', 'square', 'square_hd', '1:1', '16:9', 'png', 'jpeg', 'webp', 'none', 'regular'];
  const addresses = [LORA, ` ${LORA}\n`, 'HTTPS://x.example', 'http://x.example/a', 'https://', 'https://.a/b', 'https://a b', 'https://a/b c', 'https://a\\b', 'https://a/b?c#d', '\ufeffhttps://a', 'ht\u200btps://a', 'https://\u200b', 'https://\u00ad.a', 'https://u:p@a/b', 'https://u@/b', 'https://@a', 'https://https://a', 'https://a@HTTP:', 'https://a..b/c', 'https://a:99999/b', 'https://a:443/b', 'https://a:/b', 'https://-a.b', 'https://a-/b', 'https://a%20b/c', 'https://[::1]:8/b', 'https://[1:2]/b', 'https://[1::2::3]', 'https://[::1]x', 'https://a\u200b ', 'https://a/b\u2060 c', 'a/b', 'a.com/b'];
  const any = () => pick([() => pick(numbers), () => pick(texts), () => pick(names), () => pick(addresses), () => pick([true, false, null, [], {}])])();
  const kinds = [undefined, null, 'portrait', 'artistic'];
  const settings = Object.keys(document.components.schemas.PortraitOverrides.properties);
  const size = () => pick([() => ({ width: pick(numbers), height: pick(numbers) }), () => ({ height: 512 }), () => ({ width: 512, depth: 1 }), () => pick(names)])();
  const put = (object, key, value) => Object.assign(object, { [key]: value });
  const avatar = () => {
    const one = pick([{ lora_url: pick([LORA, ...addresses]) }, { finetune_id: pick(['f-1', ...texts]) }, { lora_url: LORA, finetune_id: pick(texts) }]);
    const made = { kind: pick(kinds), ...one };
    if (next() < 0.3) put(made, pick(['lora_scale', 'finetune_strength', 'trigger_word', 'trigger_phrase', 'id', 'name', 'lora_url', 'kind', 'surprise']), any());
    return made;
  };
  const overrides = () => {
    const made = {};
    while (next() < 0.5) {
      const key = pick(settings);
      put(made, key, key === 'image_size' ? size() : any());
    }
    if (next() < 0.3) made.use_ultra = pick([true, false, null]);
    if (next() < 0.05) made.surprise = 1;
    return made;
  };
  const request = () => {
    const made = { avatar: avatar(), prompt: 'a harbour', preset: pick(document.components.schemas.Wish.anyOf[3].properties.preset.enum) };
    if (next() < 0.7) made.overrides = pick([overrides, overrides, overrides, () => null])();
    if (next() < 0.1) made.prompt = any();
    if (next() < 0.05) delete made[pick(['avatar', 'prompt', 'preset'])];
    if (next() < 0.05) put(made, pick(['avatar', 'preset', 'overrides', 'surprise', 'wait']), any());
    return made;
  };
  const isWish = ajv.compile({ $ref: 'openapi#/components/schemas/Wish' });
  const isOrder = ajv.compile({ $ref: 'openapi#/components/schemas/Order' });
  const counts = { allowed: 0, refused: 0 };
  for (let turn = 0; turn < 4000; turn += 1) {
    const body = request();
    const sent = JSON.parse(JSON.stringify(body));
    const headers = { 'content-type': 'application/json', ...anotherCaller() };
    const reply = await fetch(`${server.url}/api/v1/compose`, { method: 'POST', headers, body: JSON.stringify(sent) });
    const isAllowed = isWish(sent);
    counts[isAllowed ? 'allowed' : 'refused'] += 1;
    assert.equal(reply.status, isAllowed ? 200 : 422, `${JSON.stringify(sent)}: ${await reply.text()}: ${ajv.errorsText(isWish.errors)}`);
    if (turn % 40 > 0) continue;
    // A program's order is the same, with a wait.
    const order = { ...sent, wait: pick([0, null, 120, 121, -1, '5', undefined]) };
    if (order.wait === undefined) delete order.wait;
    if (isOrder(JSON.parse(JSON.stringify(order))) && order.wait !== 0) continue;
    const ordered = await fetch(`${server.url}/api/v1/generate`, {
      method: 'POST',
      headers: { ...headers, authorization: `Bearer ${API_TOKEN}` },
      body: JSON.stringify(order),
    });
    const { issues } = await ordered.json();
    assert.equal(issues === undefined, isOrder(JSON.parse(JSON.stringify(order))), JSON.stringify(order));
  }
  assert.ok(counts.allowed > 400 && counts.refused > 400, JSON.stringify(counts));
});
