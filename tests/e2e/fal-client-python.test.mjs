// FAL's client for Python, as published: through our server as whoever has an app for FAL would point it here, and against the simulator.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort, required, startServer } from './support/browser.mjs';

const TESTS = fileURLToPath(new URL('./support/fal_client_test.py', import.meta.url));

/** Runs the client's tests, led to these addresses. */
async function passes(addresses) {
  const child = spawn(required('LIKENESS_PYTHON'), ['-B', '-W', 'ignore', TESTS], { env: { ...process.env, ...addresses }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  const status = await new Promise((resolve, reject) => child.once('exit', resolve).once('error', reject));
  assert.equal(status, 0, said);
  assert.match(said, /^Ran \d+ tests/m);
}

test('the client works through the server, whether it reaches the media host or not', async () => {
  const server = await startServer({ LIKENESS_DEMO_SPEED: '200' });
  try {
    const through = { LIKENESS_THROUGH: `${server.url}/api/fal/proxy` };
    await passes({ ...through, LIKENESS_MEDIA: `${server.url}/api/v1/demo/media` });
    await passes(through);
  } finally {
    await server.stop();
  }
});

test('the client works with the simulator in place of FAL', async () => {
  const listen = `127.0.0.1:${await freePort()}`;
  const child = spawn(required('LIKENESS_SIMULATOR_BIN'), ['--listen', listen, '--speed', '200'], { stdio: 'ignore' });
  try {
    const base = `http://${listen}`;
    for (let tries = 0; !(await fetch(`${base}/simulator/stats`).catch(() => undefined))?.ok; tries++) {
      assert.ok(tries < 200, 'the simulator answers');
      await sleep(50);
    }
    await passes({ LIKENESS_HOSTS: base, LIKENESS_MEDIA: `${base}/media` });
  } finally {
    child.kill('SIGKILL');
  }
});
