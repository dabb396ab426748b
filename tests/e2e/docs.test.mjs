// The examples of docs/, as they stand there: each is run against a server and says what the page promises.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { freePort, required, startServer } from './support/browser.mjs';

const run = promisify(execFile);
const TOKEN = 'token-of-the-documentation';
const HERE = new URL('.', import.meta.url);

let server;
let page;
let simulator;

before(async () => {
  server = await startServer({ LIKENESS_API_TOKEN: TOKEN, LIKENESS_DEMO_SPEED: '500' });
  page = await readFile(new URL('../../docs/api.md', HERE), 'utf8');
  const listen = `127.0.0.1:${await freePort()}`;
  simulator = { url: `http://${listen}`, child: spawn(required('LIKENESS_SIMULATOR_BIN'), ['--listen', listen, '--own-addresses', '--speed', '500'], { stdio: 'ignore' }) };
});
after(async () => {
  simulator?.child.kill();
  await server?.stop();
});

/** The first block in a language below a heading. */
function block(text, heading, language) {
  const start = text.indexOf(`## ${heading}\n`);
  assert.notEqual(start, -1, `there is a heading “${heading}”`);
  const found = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(text.slice(start));
  assert.ok(found, `there is an example in ${language} below “${heading}”`);
  return found[1];
}

/** Runs an example for the shell, with this server in the place of the usual one. */
async function shell(example) {
  const script = example.replaceAll('http://127.0.0.1:8787', server.url).replaceAll('http://127.0.0.1:8788', simulator.url).replaceAll('Bearer …', `Bearer ${TOKEN}`);
  const { stdout } = await run('bash', ['-c', `set -e; curl() { "${process.execPath}" support/curl.mjs "$@"; }\n${script}`], { cwd: HERE });
  return JSON.parse(stdout);
}

test('what would be sent is what the page shows', async () => {
  const { status, body } = await shell(block(page, 'What would be sent', 'sh'));
  assert.equal(status, 200);
  assert.deepEqual(body, JSON.parse(block(page, 'What would be sent', 'json')));
});

test('one call gives a picture', async () => {
  const { status, body } = await shell(block(page, 'A picture in one call', 'sh'));
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.status, 'completed');
  for (const name of ['image_url', 'images', 'seed', 'job_id', 'poll_url']) assert.ok(body[name] !== undefined, name);
  assert.equal((await fetch(body.image_url)).status, 200);
});

test('a key that nothing came under is unknown', async () => {
  const { status, body } = await shell(block(page, 'Never twice', 'sh'));
  assert.deepEqual([status, body.error.code], [404, 'unknown_submission']);
});

test('FAL’s own client makes a picture', async () => {
  const example = block(page, 'FAL\'s own clients', 'js').replaceAll('http://127.0.0.1:8787', server.url);
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', example], { cwd: HERE });
  assert.match(stdout, /^http\S+ \d+\n$/);
});

test('the simulator draws', async () => {
  const example = block(page, 'A stand-in for fal.ai', 'sh').replace(/^cargo run .*\n/, '');
  for (const end = Date.now() + 10_000; Date.now() < end && !(await fetch(simulator.url).catch(() => false)); );
  const { status, body } = await shell(example);
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.images.length, 1);
});

test('an address that opens a recipe is made', async () => {
  const telegram = await readFile(new URL('../../docs/telegram.md', HERE), 'utf8');
  const { stdout } = await run('bash', ['-c', block(telegram, 'Links that open something', 'sh')], { cwd: HERE });
  const recipe = JSON.parse(Buffer.from(/^recipe-(\S+)\n$/.exec(stdout)[1], 'base64url').toString());
  assert.deepEqual(recipe, { prompt: 'by the sea', preset: 'portrait' });
});
