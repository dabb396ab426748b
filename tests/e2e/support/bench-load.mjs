// `cargo xtask bench reliability load [seconds]`: hostile callers beside healthy ones, and a soak at half load. Memory is that of the server.

import { Agent, createServer, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServer } from './browser.mjs';
import { memory, percentile, print } from './measure.mjs';

const SLOW = 500;
const BODIES = 8;
const BODY = 1 << 30;
const SOAK = Number(process.argv[2] ?? 600);
const LORA = 'https://queue.fal.run/fal-ai/flux-lora';
let failures = 0;

const fal = createServer((_, reply) => reply.setHeader('content-type', 'application/json').end('{"status":"IN_QUEUE","queue_position":1}'));
await new Promise((done) => fal.listen(0, '127.0.0.1', done));
const server = await startServer({
  AVATAR_TEST_MODE: undefined,
  FAL_KEY: 'key-id:key-secret-of-this-bench',
  LIKENESS_FAL_QUEUE: `http://127.0.0.1:${fal.address().port}`,
  // Each caller is a user, so that no pace stands in the way.
  LIKENESS_ACCESS: 'header',
  LIKENESS_USER_HEADER: 'x-user',
  LIKENESS_FRONT_PROXY: '127.0.0.1',
  RUST_LOG: 'error',
});
const { port } = new URL(server.url);
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

let visitors = 0;

/** One healthy call: the page's configuration, by one of a thousand people. Milliseconds, or nothing if it failed. */
function call(path = '/api/v1/config', headers = { 'x-user': `visitor${(visitors += 1) % 1000}` }) {
  const begun = performance.now();
  return new Promise((done) => {
    const asked = request({ host: '127.0.0.1', port, path, agent, headers }, (reply) => {
      reply.resume();
      reply.on('end', () => done(reply.statusCode === 200 ? performance.now() - begun : undefined));
    });
    asked.on('error', () => done(undefined));
    asked.end();
  });
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

// Soak: polls by many users, about half of what one processor does.
console.log(`\nSoak of ${SOAK} s`);
let [wrong, count, user] = [0, 0, 0];
const poll = () => {
  user = (user + 1) % 10_000;
  return call(`/api/v1/submissions/k${user}`, { 'x-user': `user${user}` });
};
// An unknown key is a 404, which is this question's good answer; the pages and the configuration are asked for in between.
const soak = async (seconds) => {
  const until = performance.now() + seconds * 1000;
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      while (performance.now() < until) {
        count += 2;
        await poll();
        if ((await call()) === undefined) wrong += 1;
        await sleep(8);
      }
    }),
  );
};
await soak(Math.min(30, SOAK / 4));
const before = await memory(server.pid);
await soak(SOAK);
const after = await memory(server.pid);
print('calls', [count], '');
print('calls that failed', [wrong], '');
print('memory before and after', [before.now, after.now], 'MB', 1);
print('growth', [(after.now / before.now - 1) * 100], '%', 1);
failures += wrong;
await server.stop();
fal.close();
process.exitCode = failures === 0 ? 0 : 1;
