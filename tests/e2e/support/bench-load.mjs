// `cargo xtask bench reliability load`: hostile callers beside healthy ones, and a soak of half an hour under mixed load. Memory is that of the server.

import { readdir } from 'node:fs/promises';
import { Agent, createServer, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, startServer } from './browser.mjs';
import { memory, percentile, print } from './measure.mjs';

const SLOW = 500;
const BODIES = 8;
const BODY = 1 << 30;
const SOAK = Number(process.argv[2] ?? 1800);
/** Resident memory may change by so much. */
const MOST_GROWTH = 0.05;
const LORA = 'https://queue.fal.run/fal-ai/flux-lora';
let failures = 0;

let runs = 0;
const picture = Buffer.alloc(1 << 20, 7);
const fal = createServer((asked, reply) => {
  asked.resume();
  if (asked.url.endsWith('.jpg')) return reply.setHeader('content-type', 'image/jpeg').end(picture);
  reply.setHeader('content-type', 'application/json');
  if (asked.method === 'POST') return reply.end(JSON.stringify({ request_id: `764cabcf-b745-4b3e-ae38-${String((runs += 1)).padStart(12, '0')}` }));
  if (asked.url.endsWith('/status')) return reply.end('{"status":"IN_QUEUE","queue_position":1}');
  return reply.end('{"images":[],"prompt":"x"}');
});
await new Promise((done) => fal.listen(0, '127.0.0.1', done));
const metrics = `127.0.0.1:${await freePort()}`;
const server = await startServer({
  AVATAR_TEST_MODE: undefined,
  FAL_KEY: 'key-id:key-secret-of-this-bench',
  LIKENESS_FAL_QUEUE: `http://127.0.0.1:${fal.address().port}`,
  LIKENESS_FAL_MEDIA: `http://127.0.0.1:${fal.address().port}`,
  LIKENESS_METRICS: metrics,
  LIKENESS_BUDGET_USER_DAY: '1000000',
  LIKENESS_BUDGET_DAY: '1000000',
  LIKENESS_BUDGET_MONTH: '1000000',
  // Each caller is a user, so that no pace stands in the way.
  LIKENESS_ACCESS: 'header',
  LIKENESS_USER_HEADER: 'x-user',
  LIKENESS_FRONT_PROXY: '127.0.0.1',
  RUST_LOG: 'error',
});
const { port } = new URL(server.url);
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

let visitors = 0;

/** What is answered to a request: its status and its words. */
function ask(path, { headers, method = 'GET', body } = {}) {
  return new Promise((done) => {
    const asked = request({ host: '127.0.0.1', port, path, agent, method, headers }, (reply) => {
      const pieces = [];
      reply.on('data', (piece) => pieces.push(piece));
      reply.on('end', () => done({ status: reply.statusCode, text: () => Buffer.concat(pieces).toString() }));
      reply.on('error', () => done({ status: 0 }));
    });
    asked.on('error', ({ code }) => done({ status: 0, error: code }));
    asked.end(body);
  });
}

/** One healthy call: the page's configuration, by one of a thousand people. Milliseconds, or nothing if it failed. */
async function call() {
  const begun = performance.now();
  const { status } = await ask('/api/v1/config', { headers: { 'x-user': `visitor${(visitors += 1) % 1000}` } });
  return status === 200 ? performance.now() - begun : undefined;
}

async function healthy(seconds, perSecond) {
  const times = [];
  let wrong = 0;
  const until = performance.now() + seconds * 1000;
  const pending = [];
  while (performance.now() < until) {
    pending.push(call().then((took) => (took === undefined ? (wrong += 1) : times.push(took))));
    await sleep(1000 / perSecond);
  }
  await Promise.all(pending);
  return { times, wrong };
}

// Before: quiet.
const quiet = await healthy(5, 100);

// Slow callers of three kinds: a head that drips, a body that drips, a reader that reads nothing.
const sockets = [];
for (let index = 0; index < SLOW; index += 1) {
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => {});
  const kind = index % 3;
  if (kind === 0) socket.write('GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n');
  if (kind === 1) {
    socket.write(
      `POST /api/fal/proxy HTTP/1.1\r\nhost: 127.0.0.1\r\nx-user: slow\r\nx-fal-target-url: ${LORA}\r\n` +
        'content-type: application/json\r\ncontent-length: 200000\r\n\r\n',
    );
  }
  if (kind === 2) {
    socket.pause();
    socket.write('GET /icons.svg HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n'.repeat(50));
  }
  const drip = setInterval(() => socket.writable && socket.write(kind === 0 ? 'x-a: b\r\n' : ' '), 5000);
  socket.on('close', () => clearInterval(drip));
  sockets.push(socket);
}
// Bodies of a gigabyte, sent as fast as they are taken.
const block = Buffer.alloc(1 << 20, 0x20);
const bombs = Array.from({ length: BODIES }, async () => {
  const socket = connect(Number(port), '127.0.0.1');
  let isOpen = true;
  socket.on('error', () => {});
  socket.on('close', () => (isOpen = false));
  socket.resume();
  socket.write(
    `POST /api/fal/proxy HTTP/1.1\r\nhost: 127.0.0.1\r\nx-user: bomb\r\nx-fal-target-url: ${LORA}\r\n` +
      `content-type: application/json\r\ncontent-length: ${BODY}\r\n\r\n`,
  );
  let sent = 0;
  while (isOpen && sent < BODY) {
    sent += block.length;
    if (!socket.write(block)) await Promise.race([new Promise((done) => socket.once('drain', done)), sleep(1000)]);
  }
  socket.destroy();
  return sent;
});
const under = await healthy(20, 100);
const taken = await Promise.all(bombs);
const attacked = await memory(server.pid);
sockets.forEach((socket) => socket.destroy());
print('healthy calls in quiet, 99 of 100 within', [percentile(quiet.times, 0.99)], 'ms', 1);
print('the same beside 500 slow sockets and gigabytes', [percentile(under.times, 0.99)], 'ms', 1);
print('healthy calls that failed', [quiet.wrong + under.wrong], '');
print('of each gigabyte taken at most', [Math.max(...taken) / (1 << 20)], 'MB');
print('memory of the server at most, goal 64', [attacked.most], 'MB', 1);
print('panics', [(server.output().match(/panicked/g) ?? []).length], '');
failures += quiet.wrong + under.wrong + (attacked.most > 64 ? 1 : 0);

// Soak: what people do, forty at a time and ten thousand in all.
console.log(`\nSoak of ${SOAK} s`);
let [wrong, count, user] = [0, 0, 0];
/** How often each wrong answer came; 0 is none. */
const answers = {};
const JSON_TYPE = { 'content-type': 'application/json' };
const RUN = JSON.stringify({ prompt: 'x', loras: [{ path: 'https://x.example/t.safetensors' }] });
const REQUEST = JSON.stringify({ avatar: { finetune_id: 'f' }, prompt: 'a harbour in the fog', preset: 'fast' });

/** One person: they come, order, and then compose, ask how it goes, fetch the result and a picture, again and again. */
async function life() {
  const by = { 'x-user': `user${(user = (user + 1) % 10_000)}` };
  const good = async (path, options = {}, status = 200) => {
    const reply = await ask(path, { ...options, headers: { ...by, ...options.headers } });
    count += 1;
    if (reply.status !== status) {
      wrong += 1;
      const what = `${options.method ?? 'GET'} ${path.split('?')[0]}: ${reply.status} ${reply.error ?? ''}`;
      answers[what] = (answers[what] ?? 0) + 1;
    }
    return reply;
  };
  const relay = (target, options = {}) => good('/api/fal/proxy', { ...options, headers: { ...options.headers, 'x-fal-target-url': target } });
  await good('/');
  const ordered = await relay(LORA, { method: 'POST', headers: JSON_TYPE, body: RUN });
  if (ordered.status !== 200) return;
  const run = `${LORA}/requests/${JSON.parse(ordered.text()).request_id}`;
  for (let visit = 0; visit < 10; visit += 1) {
    await good('/api/v1/config');
    await good('/api/v1/compose', { method: 'POST', headers: JSON_TYPE, body: REQUEST });
    await good('/api/v1/submissions/of-nobody', {}, 404);
    for (let poll = 0; poll < 5; poll += 1) await relay(`${run}/status`);
    await relay(run);
    await good('/api/v1/image?url=https%3A%2F%2Fv3.fal.media%2Fa.jpg');
    await sleep(600);
  }
}

const soak = async (seconds) => {
  const until = performance.now() + seconds * 1000;
  await Promise.all(
    Array.from({ length: 40 }, async () => {
      while (performance.now() < until) {
        await life();
      }
    }),
  );
};
const files = async () => (await readdir(`/proc/${server.pid}/fd`)).length;
const number = async (name) => Number(new RegExp(`^likeness_${name} (\\d+)`, 'm').exec(await (await fetch(`http://${metrics}/metrics`)).text())?.[1]);
// What it takes goes up and down with what is under way: halves are compared, after a while in which it comes to what it needs.
await soak(SOAK / 5);
const samples = [];
const sampling = setInterval(async () => samples.push({ memory: (await memory(server.pid)).now, open: await files() }), SOAK * 5);
await soak((SOAK * 4) / 5);
clearInterval(sampling);
const mean = (part, what) => part.reduce((sum, sample) => sum + sample[what], 0) / part.length;
const half = samples.length >> 1;
const [before, after] = [samples.slice(0, half), samples.slice(half)].map((part) => ({ memory: mean(part, 'memory'), open: mean(part, 'open') }));
const panics = await number('panics_total');
print('calls', [count], '');
print('calls that failed', [wrong], '');
for (const [what, times] of Object.entries(answers)) console.log(`  ${times} × ${what}`);
print('runs ordered', [runs], '');
print('memory in the first half', [before.memory], 'MB', 1);
print('memory in the second half', [after.memory], 'MB', 1);
print('growth', [(after.memory / before.memory - 1) * 100], '%', 1);
print('open files in the first half', [before.open], '');
print('open files in the second half', [after.open], '');
print('panics', [panics], '');
failures += wrong + panics + Number(after.memory > before.memory * (1 + MOST_GROWTH)) + Number(after.open > before.open * (1 + MOST_GROWTH));
await server.stop();
fal.close();
process.exitCode = failures === 0 ? 0 : 1;
