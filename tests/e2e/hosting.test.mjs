// What docs/hosting.md says of nginx, in a real nginx: the configurations are those of the page, with other ports and paths.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, launch, newPage, startServer } from './support/browser.mjs';

const NAME = 'pictures.example';
const CODE = 'correct-horse-battery';
const LORA = 'https://queue.fal.run/fal-ai/flux-lora';
const ORDER = JSON.stringify({ prompt: 'TOK, a harbour', loras: [{ path: 'https://weights.example/tok.safetensors' }] });
/** `cargo xtask test e2e` names it. */
const program = process.env.LIKENESS_NGINX ?? ['/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/sbin/nginx'].find(existsSync);
const options = { skip: program ? false : 'NOT TRIED: there is no nginx here (apt-get install nginx-light)' };

let folder;
let certificate;
let pageOfDocs;
const running = [];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'likeness-hosting-'));
  const key = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const files = ['-keyout', `${folder}/key.pem`, '-out', `${folder}/cert.pem`];
  if (program) execFileSync('openssl', [...key, ...files, '-subj', `/CN=${NAME}`, '-addext', `subjectAltName=DNS:${NAME}`], { stdio: 'ignore' });
  if (program) certificate = await readFile(`${folder}/cert.pem`);
  pageOfDocs = await readFile(new URL('../../docs/hosting.md', import.meta.url), 'utf8');
});
after(async () => {
  for (const stop of running.reverse()) await stop();
  await rm(folder, { recursive: true, force: true });
});

/** The configurations on the page: the whole site, and what replaces its `location /`. */
function configurations() {
  const [site, signIn, ...more] = [...pageOfDocs.matchAll(/```nginx\n([\s\S]*?)```/g)].map(([, text]) => text);
  assert.ok(site.includes('server_name') && signIn.includes('# sign-in') && more.length === 0);
  return { site, signIn };
}

/** The lines with this one replaced; it has to be there. */
function replaced(text, from, to) {
  assert.ok(text.includes(from), `${from} stands in the page`);
  return text.replaceAll(from, to);
}

/** nginx with this site in front of the server, at this port. Gives the port at which it speaks without TLS. */
async function nginx(site, server, port) {
  const plain = await freePort();
  let text = replaced(site, '127.0.0.1:8787', new URL(server.url).host);
  text = replaced(text, 'listen 80;', `listen 127.0.0.1:${plain};`).replace('listen [::]:80;', '');
  text = replaced(text, 'listen 443 ssl http2;', `listen 127.0.0.1:${port} ssl http2;`).replace('listen [::]:443 ssl http2;', '');
  text = replaced(text, `/etc/letsencrypt/live/${NAME}/fullchain.pem`, `${folder}/cert.pem`);
  text = replaced(text, `/etc/letsencrypt/live/${NAME}/privkey.pem`, `${folder}/key.pem`);
  text = replaced(text, '/var/log/nginx/likeness', `${folder}/${port}-likeness`);
  text = text.replace('/etc/nginx/likeness.htpasswd', `${folder}/htpasswd`);
  const conf = join(folder, `${port}.conf`);
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind}-${port};`);
  await writeFile(
    conf,
    // With logs of its own, as Debian's nginx.conf has them around every site.
    `daemon off; master_process off; pid ${folder}/${port}.pid; error_log ${folder}/${port}.log;
     events {} http { ${paths.join(' ')} access_log ${folder}/${port}-all.log; error_log ${folder}/${port}-errors.log; ${text} }`,
  );
  const child = spawn(program, ['-c', conf], { stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  running.push(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  for (let tries = 0; tries < 200; tries += 1) {
    const isOpen = await new Promise((resolve) => {
      const socket = createConnection(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (isOpen) return plain;
    await sleep(20);
  }
  throw new Error(`nginx does not listen: ${await readFile(`${folder}/${port}.log`, 'utf8')}`);
}

/** Calls the site by its name, with its certificate checked. `onData` sees pieces of the reply as they come. */
function call(port, path, { method = 'GET', headers = {}, body, onData } = {}) {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, servername: NAME, ca: certificate, path, method, headers: { host: NAME, ...headers } },
      (reply) => {
        let text = '';
        reply.on('data', (piece) => {
          text += piece;
          onData?.(String(piece));
        });
        reply.on('error', reject);
        reply.on('end', () => resolve({ status: reply.statusCode, headers: reply.headers, text }));
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });
}

const bearer = (code) => ({ authorization: `Bearer ${code}` });
const relay = (port, method, target, { headers = {}, ...more } = {}) =>
  call(port, '/api/fal/proxy', { method, headers: { 'x-fal-target-url': target, 'content-type': 'application/json', ...headers }, ...more });

/** A server in demo mode behind nginx. */
async function site(text, env = {}) {
  const port = await freePort();
  const url = `https://${NAME}:${port}`;
  const server = await startServer({ LIKENESS_PUBLIC_URL: url, LIKENESS_FRONT_PROXY: '127.0.0.1', ...env });
  running.push(() => server.stop());
  const plain = await nginx(text, server, port);
  return { port, plain, server, url };
}

test('an access code, an order, its events, its picture and an upload pass', options, async () => {
  const env = { LIKENESS_ACCESS: 'password', LIKENESS_ACCESS_CODE: CODE, LIKENESS_DEMO_SPEED: '4' };
  const { port, plain, url } = await site(configurations().site, env);
  const moved = await fetch(`http://127.0.0.1:${plain}/a?b`, { headers: { host: NAME }, redirect: 'manual' });
  assert.equal(moved.status, 301);

  const page = await call(port, '/', { headers: { 'accept-encoding': 'br', accept: 'text/html' } });
  assert.equal(page.status, 200);
  assert.equal(page.headers['content-encoding'], 'br', 'the server has compressed it');
  assert.equal(page.headers['strict-transport-security'], 'max-age=31536000');
  assert.match(page.headers['content-security-policy'], /frame-ancestors 'self'/);

  assert.equal((await relay(port, 'POST', LORA, { body: ORDER })).status, 401);
  const headers = bearer(CODE);
  const order = await relay(port, 'POST', LORA, { headers, body: ORDER });
  assert.equal(order.status, 200, order.text);
  const place = `${LORA}/requests/${JSON.parse(order.text).request_id}`;
  const times = [];
  const events = await relay(port, 'GET', `${place}/status/stream`, { headers, onData: () => times.push(performance.now()) });
  assert.equal(events.headers['content-type'], 'text/event-stream');
  assert.match(events.text, /COMPLETED/);
  assert.ok(times.length > 2 && times.at(-1) - times[0] > 300, `events came one by one: ${times}`);
  const result = JSON.parse((await relay(port, 'GET', place, { headers })).text);
  const address = result.images[0].url;
  assert.ok(address.startsWith(`${url}/api/v1/demo/media/`), address);
  const picture = await call(port, address.slice(url.length));
  assert.deepEqual([picture.status, picture.headers['content-type']], [200, 'image/jpeg']);

  const initiate = 'https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3';
  const file = JSON.stringify({ content_type: 'image/png', file_name: 'a.png' });
  const upload = JSON.parse((await relay(port, 'POST', initiate, { headers, body: file })).text);
  const body = Buffer.alloc(3 << 20, 7);
  const put = await call(port, upload.upload_url.slice(url.length), { method: 'PUT', headers: { 'content-type': 'image/png' }, body });
  assert.equal(put.status, 200, 'three times what nginx takes by itself');
});

test('the key of a picture is in no log of nginx', options, async () => {
  const { port, plain, server } = await site(configurations().site);
  const file = '/api/v1/telegram/files/likeness-1.jpg?key=sentinel';
  assert.equal((await fetch(`http://127.0.0.1:${plain}${file}`, { headers: { host: NAME }, redirect: 'manual' })).status, 301);
  assert.equal((await call(port, file)).status, 404);
  await server.stop();
  assert.equal((await call(port, file)).status, 502);
  const log = () => readFile(`${folder}/${port}-likeness.log`, 'utf8');
  for (let tries = 0; tries < 100 && !/ 502 /.test(await log()); tries += 1) await sleep(20);
  assert.match(await log(), /"GET \/api\/v1\/telegram\/files\/likeness-1\.jpg" 404[^]*" 502 /);
  for (const name of (await readdir(folder)).filter((name) => name.endsWith('.log'))) {
    assert.doesNotMatch(await readFile(join(folder, name), 'utf8'), /sentinel/, name);
  }
});

test('wrong codes count against the caller, whatever the caller claims to be', options, async () => {
  const { port, server } = await site(configurations().site, { LIKENESS_ACCESS: 'password', LIKENESS_ACCESS_CODE: CODE });
  const guess = (number) => call(port, '/api/v1/spending', { headers: { ...bearer('a-wrong-guess'), 'x-forwarded-for': `198.51.100.${number}` } });
  for (let number = 0; number < 5; number += 1) assert.equal((await guess(number)).status, 401);
  assert.equal((await guess(99)).status, 429);
  assert.equal((await call(port, '/api/v1/spending', { headers: bearer(CODE) })).status, 429);
  // What nginx says is believed: it has seen 127.0.0.1, and another caller is none the worse for it.
  const elsewhere = await fetch(`${server.url}/api/v1/spending`, { headers: { ...bearer(CODE), 'x-forwarded-for': '198.51.100.7' } });
  assert.equal(elsewhere.status, 200);
});

test('a sign-in of nginx names the user, and nobody else does', options, async () => {
  execFileSync('sh', ['-c', `printf 'ann:%s\n' "$(openssl passwd -apr1 secret-of-ann)" > ${folder}/htpasswd`]);
  const { site: whole, signIn } = configurations();
  const start = whole.indexOf('    location / {');
  const text = whole.slice(0, start) + signIn + '}\n';
  const token = 'token-of-the-programs';
  const env = { LIKENESS_ACCESS: 'header', LIKENESS_USER_HEADER: 'x-user', LIKENESS_API_TOKEN: token };
  const { port } = await site(text, env);
  const ann = { authorization: `Basic ${Buffer.from('ann:secret-of-ann').toString('base64')}` };
  assert.equal((await call(port, '/api/v1/spending')).status, 401);
  assert.equal((await call(port, '/api/v1/spending', { headers: { 'x-user': 'ann' } })).status, 401);
  assert.equal((await call(port, '/api/v1/spending', { headers: ann })).status, 200);
  const order = await relay(port, 'POST', LORA, { headers: { ...ann, 'x-user': 'bob' }, body: ORDER });
  assert.equal(order.status, 200, order.text);
  // The run is ann's, whom nginx named, and not bob's.
  const place = `${LORA}/requests/${JSON.parse(order.text).request_id}/status`;
  assert.equal((await relay(port, 'GET', place, { headers: ann })).status, 202);
  const wish = { avatar: { kind: 'portrait', trigger_word: 'TOK', lora_url: 'https://weights.example/tok.safetensors' }, prompt: 'a harbour', preset: 'fast', wait: 0 };
  const json = { 'content-type': 'application/json' };
  const body = JSON.stringify(wish);
  const program = await call(port, '/api/v1/generate', { method: 'POST', headers: { ...bearer(token), ...json }, body });
  assert.equal(program.status, 202, program.text);
  assert.equal((await call(port, '/api/v1/generate', { method: 'POST', headers: { ...json, 'x-user': 'ann' }, body })).status, 401);
});

test('a key without an access rule is closed by what nginx adds, and by Origin where it adds nothing', options, async () => {
  const env = { AVATAR_TEST_MODE: undefined, FAL_KEY: 'key-id:key-secret-of-this-test', LIKENESS_FAL_QUEUE: 'http://127.0.0.1:9', LIKENESS_FAL_RUN: 'http://127.0.0.1:9' };
  const { port, server } = await site(configurations().site, env);
  for (const path of ['/', '/api/v1/config', '/healthz']) {
    const reply = await call(port, path);
    assert.deepEqual([reply.status, JSON.parse(reply.text).error.code], [403, 'loopback_only'], path);
  }
  assert.equal((await fetch(`${server.url}/healthz`)).status, 200, 'the machine itself is answered');

  const bare = await freePort();
  const lines = configurations().site.split('\n').filter((line) => !/proxy_set_header/.test(line));
  await nginx(lines.join('\n'), server, bare);
  const origin = `https://${NAME}`;
  const order = await relay(bare, 'POST', LORA, { headers: { host: NAME, origin }, body: ORDER });
  assert.deepEqual([order.status, JSON.parse(order.text).error.code], [403, 'loopback_only']);
});

test('a person makes a picture through nginx', options, async () => {
  const { port, url } = await site(configurations().site, { LIKENESS_DEMO_SPEED: '20' });
  const browser = await launch({ flags: [`--host-resolver-rules=MAP ${NAME} 127.0.0.1`] });
  running.push(() => browser.close());
  const page = await newPage(browser, { baseURL: url, ignoreHTTPSErrors: true });
  await page.goto('/');
  assert.equal(new URL(page.url()).port, String(port));
  await page.locator('#make').click();
  await page.locator('.print__image').first().waitFor({ timeout: 30_000 });
  assert.deepEqual(page.complaints, []);
});
