// FAL's own client, as published, against our server: whoever has an app for FAL can point it here.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, ValidationError, createFalClient } from '@fal-ai/client';
import { startServer } from './support/browser.mjs';

const LORA = 'fal-ai/flux-lora';
const ULTRA = 'fal-ai/flux-pro/v1.1-ultra-finetuned';
const FINETUNED = 'fal-ai/flux-pro/finetuned';
const lora = (more = {}) => ({
  prompt: 'TOK, a harbour in the fog',
  loras: [{ path: 'https://weights.example/tok.safetensors', scale: 1 }],
  image_size: 'square',
  ...more,
});
const finetune = (more = {}) => ({
  prompt: 'ARTST, a harbour in the fog',
  finetune_id: 'f-1',
  finetune_strength: 1.1,
  ...more,
});

let server;
let fal;

// The client heeds a bare text for `proxyUrl` in browsers only.
const clientOf = ({ url }) =>
  createFalClient({ proxyUrl: { url: `${url}/api/fal/proxy`, when: 'always' } });

before(async () => {
  server = await startServer({ LIKENESS_DEMO_SPEED: '200' });
  fal = clientOf(server);
});
after(() => server?.stop());

test('a run is submitted, followed and fetched by its id', async () => {
  const { request_id: requestId, status_url: url } = await fal.queue.submit(LORA, { input: lora() });
  assert.match(requestId, /^[A-Za-z0-9-]{8,64}$/);
  assert.equal(url, `https://queue.fal.run/${LORA}/requests/${requestId}/status`);
  const status = await fal.queue.subscribeToStatus(LORA, { requestId, pollInterval: 20, logs: true });
  assert.equal(status.status, 'COMPLETED');
  assert.ok(Array.isArray(status.logs));
  const { data, requestId: told } = await fal.queue.result(LORA, { requestId });
  assert.equal(told, requestId);
  assert.equal(data.images.length, 1);
  const picture = await fetch(data.images[0].url);
  assert.equal(picture.headers.get('content-type'), 'image/jpeg');
  const bytes = new Uint8Array(await picture.arrayBuffer());
  assert.deepEqual([...bytes.slice(0, 2)], [0xff, 0xd8]);
});

test('subscribe waits for each of the three endpoints', async () => {
  for (const [endpoint, input] of [[LORA, lora()], [FINETUNED, finetune()], [ULTRA, finetune({ aspect_ratio: '16:9' })]]) {
    const seen = [];
    let enqueued;
    const { data } = await fal.subscribe(endpoint, {
      input,
      pollInterval: 20,
      onEnqueue: (id) => (enqueued = id),
      onQueueUpdate: ({ status }) => seen.push(status),
    });
    assert.ok(data.images[0].url.startsWith(`${server.url}/api/v1/demo/media/`), endpoint);
    assert.ok(enqueued);
    assert.equal(seen.at(-1), 'COMPLETED');
  }
});

test('subscribe by server-sent events works too', async () => {
  const seen = [];
  const { data } = await fal.subscribe(LORA, {
    input: lora({ num_images: 2 }),
    mode: 'streaming',
    logs: true,
    onQueueUpdate: ({ status }) => seen.push(status),
  });
  assert.equal(data.images.length, 2);
  assert.equal(seen.at(-1), 'COMPLETED');
});

test('a direct run answers with the picture', async () => {
  const { data, requestId } = await fal.run(LORA, { input: lora({ seed: 7 }) });
  assert.equal(data.seed, 7);
  assert.ok(requestId);
});

test('priority, a time to start in and a life of the pictures may be given', async () => {
  const { request_id: id } = await fal.queue.submit(LORA, {
    input: lora(),
    priority: 'low',
    startTimeout: 30,
    storageSettings: { expiresIn: '1d' },
  });
  assert.ok(id);
});

test('a run can be cancelled, and one that is over cannot', async () => {
  const slow = await startServer({ LIKENESS_DEMO_SPEED: '1' });
  try {
    const patient = clientOf(slow);
    const { request_id: requestId } = await patient.queue.submit(LORA, { input: lora() });
    await patient.queue.cancel(LORA, { requestId });
    await assert.rejects(patient.subscribe(LORA, { input: lora(), timeout: 50, pollInterval: 20 }), /timed out/);
    // On its own time the client sends a cancel, unwatched; without a server it would repeat it for half a minute.
    await sleep(200);
  } finally {
    await slow.stop();
  }
  const { requestId } = await fal.subscribe(LORA, { input: lora(), pollInterval: 20 });
  await assert.rejects(fal.queue.cancel(LORA, { requestId }), (error) => error instanceof ApiError && error.status === 400);
});

test('a file is uploaded and can be read back', async () => {
  const url = await fal.storage.upload(new File(['weights'], 'tok.safetensors', { type: 'application/octet-stream' }));
  assert.ok(url.startsWith(`${server.url}/api/v1/demo/`), url);
  assert.equal(await (await fetch(url)).text(), 'weights');
});

test('a large file is uploaded in parts and read back whole', async () => {
  // The client sends files in parts from 90 MiB on.
  const part = new Uint8Array(1 << 20).map((_, at) => at % 251);
  const file = new File([...Array(91).fill(part), 'the end'], 'tok.safetensors', { type: 'application/octet-stream' });
  const url = await fal.storage.upload(file);
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
  assert.equal(bytes.length, file.size);
  assert.deepEqual(bytes.slice(90 << 20, 91 << 20), part);
  assert.equal(new TextDecoder().decode(bytes.slice(-7)), 'the end');
});

test('refused values come as the field errors of the client', async () => {
  await assert.rejects(fal.queue.submit(LORA, { input: lora({ num_images: 9, output_format: 'webp' }) }), (error) => {
    assert.ok(error instanceof ValidationError);
    assert.equal(error.status, 422);
    assert.deepEqual(error.fieldErrors.map(({ loc, type }) => [loc.join('.'), type]), [
      ['body.num_images', 'less_than_equal'],
      ['body.output_format', 'literal_error'],
    ]);
    assert.equal(error.getFieldErrors('num_images')[0].ctx.le, 4);
    return true;
  });
});

test('refusals are told at once, without the repeats that the client has for busy servers', async () => {
  const refused = async (call, status) => {
    const begun = performance.now();
    await assert.rejects(call, (error) => error instanceof ApiError && error.status === status);
    assert.ok(performance.now() - begun < 900, 'the client waits a second before it repeats');
  };
  await refused(fal.queue.submit('fal-ai/fast-sdxl', { input: { prompt: 'x' } }), 403);
  await refused(fal.queue.submit(LORA, { input: lora(), webhookUrl: 'https://elsewhere.example' }), 400);
  await refused(fal.queue.status(LORA, { requestId: '00000000-0000-4000-8000-000000000000' }), 404);
});

test('FAL refusing the key, or never answering, starts nothing twice', async () => {
  const { createServer } = await import('node:http');
  const seen = [];
  const upstream = createServer((request, reply) => {
    seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    if (seen.length === 1) return reply.writeHead(401, { 'content-type': 'application/json' }).end('{"detail":"No user found for Key ID and Secret"}');
    return request.socket.destroy();
  });
  await new Promise((done) => upstream.listen(0, '127.0.0.1', done));
  const live = await startServer({
    AVATAR_TEST_MODE: undefined,
    FAL_KEY: 'key-id:key-secret-of-this-test',
    LIKENESS_FAL_QUEUE: `http://127.0.0.1:${upstream.address().port}`,
  });
  try {
    const paying = clientOf(live);
    await assert.rejects(paying.queue.submit(LORA, { input: lora() }), (error) => error.status === 401);
    await assert.rejects(paying.queue.submit(LORA, { input: lora() }), (error) => {
      assert.equal(error.status, 500);
      assert.equal(error.body.error.code, 'unknown_outcome');
      return true;
    });
    assert.deepEqual(seen, Array(2).fill(`POST /${LORA} Key key-id:key-secret-of-this-test`));
    assert.ok(!live.output().includes('key-secret'));
  } finally {
    await live.stop();
    upstream.close();
  }
});
