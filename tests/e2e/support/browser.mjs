// What every end-to-end test starts from: a browser, a page, and a server of its own.
//
// `cargo xtask test e2e` sets the environment; a test relies on nothing else of the machine:
//
//   LIKENESS_URL        a server in demo mode, fresh for this run, shared by all files
//   LIKENESS_PROXY_BIN  the server's program, for tests that need one of their own
//   LIKENESS_SIMULATOR_BIN  the simulator's program, which also stands in for Telegram's Bot API
//   LIKENESS_DIST       the release build of the app that it serves
//   LIKENESS_PYTHON     a Python with the packages of requirements.txt
//   LIKENESS_PROMTOOL   Prometheus' judge of metrics
//   CHROMIUM            the browser's program
//
// To run one file by hand, start `cargo xtask test e2e --test-name-pattern NAME`.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';

/** As root, and without a screen, Chromium starts only with these. */
export const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A variable that `cargo xtask` sets. */
export function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; run this by \`cargo xtask test e2e\``);
  return value;
}

/** Starts a browser. `flags` are added to those it always needs. Close it with `close()`. */
export function launch({ flags = [], ...options } = {}) {
  return chromium.launch({
    executablePath: required('CHROMIUM'),
    args: [...FLAGS, ...flags],
    ...options,
  });
}

/**
 * A page with storage of its own, as a person with these settings would see it. What goes wrong in
 * it without being shown is collected in `page.complaints`: uncaught errors, errors on the console,
 * and what the content policy refused.
 */
export async function newPage(
  browser,
  { viewport = { width: 1440, height: 900 }, locale = 'en-US', colorScheme = 'dark', baseURL = process.env.LIKENESS_URL, ...options } = {},
) {
  const context = await browser.newContext({ viewport, locale, colorScheme, baseURL, ...options });
  const page = await context.newPage();
  page.complaints = [];
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') page.complaints.push(message.text());
  });
  return page;
}

/** A port of this machine that nobody listens at just now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

let callers = 0;

/** The header of another caller each time, for a server that believes this machine (`LIKENESS_FRONT_PROXY`), so that no limit of one is in the way. */
export function anotherCaller() {
  callers += 1;
  return { 'x-forwarded-for': `10.${callers >> 16}.${(callers >> 8) & 255}.${callers & 255}` };
}

/**
 * Starts a server of one's own on a free port, in demo mode unless `env` says otherwise, and waits
 * until `/healthz` answers. Nothing of a person's own keys and settings reaches it.
 *
 * Returns `{ url, pid, data, output(), exited, readyMs, stop() }`: `output()` is what it has printed,
 * `exited` resolves to its exit code, `readyMs` is the time from start to the first healthy answer.
 * With `ready: false` it returns at once, for servers that are meant to refuse to start.
 */
export async function startServer(env = {}, { ready = true, args = [] } = {}) {
  const port = await freePort();
  const data = await mkdtemp(join(tmpdir(), 'likeness-'));
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(FAL_KEY|FAL_KEY_FILE|FAL_API_KEY|AVATAR_TEST_MODE|LIKENESS_.*|TELEGRAM_.*)$/.test(name),
  );
  const settings = {
    AVATAR_TEST_MODE: 'true',
    LIKENESS_LISTEN: `127.0.0.1:${port}`,
    LIKENESS_STATIC: required('LIKENESS_DIST'),
    LIKENESS_DATA: data,
    ...env,
  };
  // A setting of `undefined` is left out.
  const kept = Object.entries(settings).filter(([, value]) => value !== undefined);

  const started = performance.now();
  const child = spawn(required('LIKENESS_PROXY_BIN'), args, {
    env: Object.fromEntries([...inherited, ...kept]),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  child.stderr.on('data', (chunk) => (text += chunk));
  const exited = new Promise((resolve, reject) => {
    child.once('exit', (code) => resolve(code));
    child.once('error', reject);
  });
  // A test that fails must not leave a server behind.
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);

  const server = {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid,
    data,
    exited,
    readyMs: undefined,
    output: () => text,
    async stop() {
      process.removeListener('exit', end);
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        const late = sleep(5000, 'late', { ref: false });
        if ((await Promise.race([exited, late])) === 'late') child.kill('SIGKILL');
        await exited;
      }
      await rm(data, { recursive: true, force: true });
    },
  };
  if (!ready) return server;

  for (const deadline = started + 10_000; performance.now() < deadline; await sleep(5)) {
    if (child.exitCode !== null) break;
    const reply = await fetch(`${server.url}/healthz`).catch(() => undefined);
    if (reply?.ok) {
      server.readyMs = performance.now() - started;
      return server;
    }
  }
  await server.stop();
  throw new Error(`the server did not become healthy within 10 s; it printed:\n${text}`);
}
