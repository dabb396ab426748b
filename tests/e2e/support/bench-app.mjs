// How the page feels: `cargo xtask bench app`. The release build from the demo server, Chromium
// without a screen; medians, with the range beside them.

import { availableParallelism, loadavg } from 'node:os';
import { launch, newPage, startServer } from './browser.mjs';
import { initData, startHost } from './telegram.mjs';
import { median, percentile, print, slowDown, SLOW_PHONE } from './measure.mjs';

const LOADS = 7;
const KEYS = 300;
const PROMPT = 'a quiet harbour at dawn, fog over the water, '.repeat(80).slice(0, 3000);

/** Runs in the page before anything else and collects what the browser reports about itself. */
function observe() {
  const seen = (window.__seen = { paint: 0, shift: 0, blocked: 0 });
  const watch = (type, each) =>
    new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({ type, buffered: true });
  watch('paint', (entry) => {
    if (entry.name === 'first-contentful-paint') seen.paint = entry.startTime;
  });
  watch('layout-shift', (entry) => {
    if (!entry.hadRecentInput) seen.shift += entry.value;
  });
  // The part of a task beyond 50 ms is time in which a tap gets no answer.
  watch('longtask', (entry) => (seen.blocked += Math.max(0, entry.duration - 50)));
}

async function load(browser) {
  const page = await newPage(browser, { viewport: { width: 390, height: 844 } });
  await page.addInitScript(observe);
  const session = await slowDown(page, SLOW_PHONE);
  let bytes = 0;
  const wasm = new Set();
  session.on('Network.loadingFinished', (event) => (bytes += event.encodedDataLength));
  session.on('Network.requestWillBeSent', (event) => {
    if (event.request.url.endsWith('.wasm')) wasm.add(event.requestId);
  });
  await page.goto('/');
  // Usable: the app has taken over the field of the skeleton, and answers.
  await page.waitForFunction(
    () => !document.querySelector('#skeleton') && document.querySelector('#prompt') && document.querySelector('#make'),
  );
  const usable = await page.evaluate(() => performance.now());
  await page.waitForTimeout(500);
  const seen = await page.evaluate(() => window.__seen);
  await page.context().close();
  return { ...seen, usable, bytes, wasm: wasm.size };
}

/** The first paint of the app alone, or in a frame as Telegram's web client has it; in milliseconds from its own start. */
async function firstPaint(browser, server, host) {
  const page = await newPage(browser, { viewport: { width: 390, height: 844 } });
  await page.addInitScript(observe);
  await slowDown(page, SLOW_PHONE);
  const settings = JSON.stringify({ app: `${server.url}/`, initData: initData() });
  await page.goto(host ? `${host.origin}/?${new URLSearchParams({ settings })}` : server.url, { waitUntil: 'commit' });
  const frame = host ? await (await page.waitForSelector('#frame', { state: 'attached' })).contentFrame() : page;
  await frame.waitForFunction(() => window.__seen?.paint > 0 && location.protocol === 'http:');
  const paint = await frame.evaluate(() => window.__seen.paint);
  await page.context().close();
  return paint;
}

/** From each keystroke to the frame that shows it, with a prompt of 3,000 characters. `open` makes a page with `#prompt`. */
async function type(browser, open) {
  const page = await newPage(browser);
  await open(page);
  await page.locator('#prompt').fill(PROMPT);
  await page.evaluate(() => {
    window.__keys = [];
    document.querySelector('#prompt').addEventListener(
      'keydown',
      (event) => {
        requestAnimationFrame(() => {
          // A message is handled after the frame has been painted.
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => window.__keys.push(performance.now() - event.timeStamp);
          port2.postMessage(null);
        });
      },
      { capture: true },
    );
  });
  await page.locator('#prompt').focus();
  await page.keyboard.press('End');
  for (let key = 0; key < KEYS; key += 1) {
    await page.keyboard.press(key % 6 === 5 ? 'Space' : 'a');
    await page.waitForTimeout(30);
  }
  const samples = await page.evaluate(() => window.__keys);
  await page.context().close();
  return samples;
}

// Without waiting for the screen's next turn, which would add up to 17 ms of doing nothing.
const browser = await launch({ flags: ['--disable-frame-rate-limit', '--disable-gpu-vsync'] });
const busy = `${loadavg()[0].toFixed(1)} on ${availableParallelism()} cores`;
console.log(`Chromium ${browser.version()}, load ${busy}`);
console.log('\nFirst visit: 1.6 Mbit/s, 150 ms round trip, processor 4x slower');
await load(browser); // warms the server and the browser's own start
const loads = [];
for (let run = 0; run < LOADS; run += 1) loads.push(await load(browser));
const column = (key) => loads.map((run) => run[key]);
print('first paint', column('paint'), 'ms');
print('prompt usable', column('usable'), 'ms');
print('main thread blocked', column('blocked'), 'ms');
print('layout shift', column('shift'), '', 3);
print('bytes over the wire', column('bytes'), 'B');
print('requests for wasm', column('wasm'), '');

console.log('\nThe same inside Telegram, in turns with the app alone');
const host = await startHost();
const server = await startServer({ LIKENESS_FRAME_ANCESTORS: host.origin });
const [alone, inside] = [[], []];
for (let run = 0; run < LOADS; run += 1) {
  alone.push(await firstPaint(browser, server));
  inside.push(await firstPaint(browser, server, host));
}
print('first paint alone', alone, 'ms');
print('first paint in the frame', inside, 'ms');
print('the second by the first, goal 1.1', [median(inside) / median(alone)], '', 2);
await Promise.all([server.stop(), host.stop()]);

console.log('\nTyping into a prompt of 3,000 characters');
// What the browser alone takes, so that a figure of ours can be told from a busy machine's.
const bare = await type(browser, (page) => page.setContent('<textarea id="prompt" rows="3" cols="60"></textarea>'));
const keys = await type(browser, async (page) => {
  await page.goto('/');
  await page.locator('#make').waitFor();
});
print('a bare field, 95 of 100 within', [percentile(bare, 0.95)], 'ms', 1);
print('keystroke to paint, median', [median(keys)], 'ms', 1);
print('keystroke to paint, 95 of 100 within', [percentile(keys, 0.95)], 'ms', 1);
print('keystroke to paint, slowest of the first ten', [Math.max(...keys.slice(0, 10))], 'ms', 1);
await browser.close();
