// The document for machines, against the server: every reply here has to be one that it describes.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import Ajv from 'ajv/dist/2020.js';
import { startServer } from './support/browser.mjs';

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
  const env = { LIKENESS_API_TOKEN: API_TOKEN, TELEGRAM_BOT_TOKEN: BOT_TOKEN, LIKENESS_DEMO_SPEED: '500' };
  server = await startServer(env);
  document = await (await fetch(`${server.url}/api/v1/openapi.json`)).json();
  ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema(document, 'openapi');
});
after(() => server?.stop());

/** Calls an operation and holds its reply to the document. Gives the body of the reply. */
async function call(id, expected, { path = {}, query = '', body, token, headers = {} } = {}) {
  const operations = Object.entries(document.paths).flatMap(([address, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ address, method, operation })),
  );
  const { address, method, operation } = operations.find(({ operation }) => operation.operationId === id);
  const filled = address.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(path[name]));
  const isJson = body !== undefined && !(body instanceof Uint8Array);
  const reply = await fetch(server.url + filled + query, {
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
  const at = ['paths', address, method, 'responses', reply.status, 'content', type, 'schema'];
  const pointer = at.map((step) => encodeURIComponent(String(step).replace(/~/g, '~0').replace(/\//g, '~1')));
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
  await call('image', 400, { query: '?url=https://evil.example/a.png' });
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
