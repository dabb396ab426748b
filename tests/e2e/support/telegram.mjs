// Telegram for tests: a page that shows the app in a frame as Telegram Web does, launches signed as Telegram signs them, and clients with a view of their own.

import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, request as ask } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, required } from './browser.mjs';
import { prints } from './studio.mjs';

/** Said where a dialog names the button that gets the focus; the dialog still gives it. */
export const NO_AUTOFOCUS = /^Blocked autofocusing/;
/** A flow that opens its page itself, in the client on a phone. */
export const PHONE = { viewport: { width: 390, height: 844 }, path: null, expected: [NO_AUTOFOCUS] };
export const pathOf = (app) => new URL(app.url()).pathname;
/** The client's main button can be pressed. */
export const offered = (client) => client.until('web_app_setup_main_button', { is_visible: true, is_active: true });

/** Presses it and waits for the picture. */
export async function make(page, app, client, count = 1) {
  await offered(client);
  await press(page.locator('#main'));
  return prints(app, count);
}

/** A bot that exists nowhere. */
export const TOKEN = '7000000001:stand-in-for-tests-only-0123456789abcdef';
const PAGE = new URL('./telegram-host.html', import.meta.url);
const VIEW = new URL('./telegram-view.js', import.meta.url);

/** What a client is launched with, signed for the bot of `token` as Telegram describes it for Mini Apps. */
export function initData({ user = { id: 4711, first_name: 'Vera', language_code: 'en' }, start = '', token = TOKEN, at = Date.now() } = {}) {
  const parts = { auth_date: String(Math.floor(at / 1000)), query_id: 'AAHdF6IQAAAAAN0XohDhrOrc' };
  if (user) parts.user = JSON.stringify(user);
  if (start) parts.start_param = start;
  const text = Object.keys(parts).sort().map((key) => `${key}=${parts[key]}`).join('\n');
  const secret = createHmac('sha256', 'WebAppData').update(token).digest();
  return String(new URLSearchParams({ ...parts, hash: createHmac('sha256', secret).update(text).digest('hex') }));
}

/** Serves the page of the client. The app at `localhost` under it is of another site, so the browser gives it no storage. */
export async function startHost(port = 0) {
  const server = createServer(async (request, reply) => {
    const url = new URL(request.url, 'http://localhost');
    if (url.pathname === '/launch') return reply.end(initData({ start: url.searchParams.get('start') ?? '' }));
    if (url.pathname !== '/') return reply.writeHead(204).end();
    reply.setHeader('content-type', 'text/html; charset=utf-8').end(await readFile(PAGE));
  });
  await new Promise((done) => server.listen(port, '127.0.0.1', done));
  const origin = `http://127.0.0.1:${server.address().port}`;
  return { origin, otherSite: origin.replace('127.0.0.1', 'localhost'), stop: () => new Promise((done) => server.close(done)) };
}

/**
 * Puts `telegram-view.js` in front of the app's own scripts, as native clients do, by passing everything on to the server at `target`, which may be set later.
 * The server has to give this address out as its own (`LIKENESS_PUBLIC_URL`).
 */
export async function startViews(port = 0) {
  const views = { target: undefined };
  const server = createServer((request, reply) => {
    if (request.url === '/telegram-view.js') return createReadStream(VIEW).pipe(reply.setHeader('content-type', 'text/javascript'));
    const headers = { ...request.headers, 'accept-encoding': 'identity' };
    const passed = ask(new URL(request.url, views.target), { method: request.method, headers }, (answer) => {
      const isPage = answer.headers['content-type']?.startsWith('text/html');
      if (!isPage) return answer.pipe(reply.writeHead(answer.statusCode, answer.headers));
      const { 'content-length': _, ...kept } = answer.headers;
      reply.writeHead(answer.statusCode, kept);
      text(answer).then((page) => reply.end(page.replace('<script', '<script src="/telegram-view.js"></script><script')));
    });
    passed.on('error', () => reply.destroy());
    request.pipe(passed);
  });
  await new Promise((done) => server.listen(port, '127.0.0.1', done));
  views.origin = `http://127.0.0.1:${server.address().port}`;
  views.stop = () => new Promise((done) => server.close(done).closeAllConnections());
  return views;
}

/**
 * Starts a stand-in for the Bot API that knows the bot of `TOKEN`. `calls()` is what the bot has asked for, `fail(...faults)` what goes wrong with the
 * next calls, one each, such as `{ kind: 'too_many', retry_after: 7 }`.
 */
export async function startBotApi() {
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(required('LIKENESS_SIMULATOR_BIN'), ['--listen', address, '--control', '--bot', TOKEN], { stdio: 'ignore' });
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  const control = (path, options) => fetch(`http://${address}/_simulator/bot/${path}`, options);
  for (let tries = 0; !(await control('calls').catch(() => undefined))?.ok; tries++) {
    if (tries > 200) throw new Error('the stand-in for the Bot API does not answer');
    await sleep(50);
  }
  return {
    base: `http://${address}/telegram`,
    calls: async () => (await control('calls')).json(),
    fail: (...faults) => control('faults', { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(faults) }),
    stop: async () => {
      process.removeListener('exit', end);
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/**
 * Opens the app inside the client, and waits until both are there. Gives the frame of the app, which everything of `studio.mjs` takes for a page, and
 * the client: `call(name, ...)` calls a function of it, `last(type)` is what the app asked for last, `read(expression)` is any other value.
 */
export async function inTelegram(page, server, host, { isOtherSite = false, start = '', user, path = '/', isReady = true, ...settings } = {}) {
  const launch = settings.initData ?? initData({ start, ...(user && { user }) });
  const all = { app: new URL(path, settings.at ?? server.url).href, ...settings, initData: launch };
  const origin = isOtherSite ? host.otherSite : host.origin;
  // Only what a browser takes for a person's touch; a script of a test is none.
  await page.addInitScript(() => window.parent !== window && addEventListener('pointerdown', () => parent.postMessage('touched', '*'), true));
  await page.goto(`${origin}/?${new URLSearchParams({ settings: JSON.stringify(all) })}`, { waitUntil: 'commit' });
  const client = clientOf(page);
  const app = await frameOf(page);
  if (isReady) await arrived(app);
  return { app, client };
}

/**
 * Presses a button of the client. One that has just appeared lies where the browser still takes the frame to be, if that is of another process, and gives a
 * press to the app instead. Whether it does so any more the button's own `:hover` tells.
 */
export async function press(button) {
  for (const deadline = Date.now() + 20_000; ; await sleep(30)) {
    await button.hover();
    if (await button.evaluate((button) => button.matches(':hover'))) break;
    if (Date.now() > deadline) throw new Error('the mouse does not reach the button of the client');
  }
  await button.click();
}

/** The app runs. Its own button may be hidden, because the client lends another. */
export const arrived = (app) =>
  app.waitForFunction(() => !document.querySelector('#skeleton') && document.querySelector('#main') && (location.pathname !== '/' || document.querySelector('#make')));

/** The frame of the app, once there is one. */
export async function frameOf(page) {
  const element = await page.waitForSelector('#frame', { state: 'attached' });
  const frame = await element.contentFrame();
  await frame.waitForURL((url) => url.href !== 'about:blank', { waitUntil: 'commit' });
  return frame;
}

function clientOf(page) {
  return {
    call: (name, ...values) => page.evaluate(([name, values]) => window.client[name](...values), [name, values]),
    last: (type) => page.evaluate((type) => window.client.last(type), type),
    calls: (type) => page.evaluate((type) => window.client.calls(type), type),
    types: () => page.evaluate(() => window.client.log.map((call) => call.type)),
    cloud: () => page.evaluate(() => [...window.client.cloud]),
    opened: () => page.evaluate(() => window.client.opened),
    /** Something that the client keeps: `sent`, `saved`, `stories`, `ignored`. */
    kept: (name) => page.evaluate((name) => window.client[name], name),
    /** Answers what the client asks the person. */
    answer: (isYes) => press(page.locator(`#ask button[value="${isYes ? 'yes' : 'no'}"]`)),
    /** Waits until the last thing asked for under a name has these values. */
    until: (type, wanted) =>
      page.waitForFunction(
        ([type, wanted]) => {
          const last = window.client.last(type);
          return last && Object.entries(wanted).every(([key, value]) => last[key] === value);
        },
        [type, wanted],
      ),
  };
}

/**
 * Prepares a page as a client with a view of its own does, before any script of the page. `way` is how it talks back: `android` or `ios`. What the app
 * asks for is in `window.asked`; `window.tellApp(type, data)` is an event.
 */
export function nativeClient(page, way, early = []) {
  return page.addInitScript(
    ([way, early]) => {
      window.asked = [];
      window.tellApp = (type, data) => (way === 'android' ? window.Telegram.WebView : window.TelegramGameProxy).receiveEvent(type, data);
      window.TelegramWebviewProxy = {
        postEvent(type, data) {
          window.asked.push([type, JSON.parse(data)]);
          if (type === 'web_app_ready') for (const [type, data] of early) window.tellApp(type, data);
        },
      };
    },
    [way, early],
  );
}

/** The address of the app with a launch, for clients that have no frame. */
export const launched = (path = '/', { version = '9.1', platform = 'android', start = '' } = {}) =>
  `${path}#${new URLSearchParams({ tgWebAppData: initData({ start }), tgWebAppVersion: version, tgWebAppPlatform: platform, tgWebAppThemeParams: '{}' })}`;
