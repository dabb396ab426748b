// What the server costs: `cargo xtask bench proxy`. The release build in demo mode, on loopback.

import { stat } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch, newPage, required, startServer } from './browser.mjs';
import { memory, print } from './measure.mjs';

const STARTS = 9;
const PICTURES = 14;
/** Their runs take different times, so that they end at any point of the page's own second. */
const PRESETS = ['fast', 'balanced', 'quality', 'portrait', 'landscape', 'artistic', 'photorealistic'];

/** Asks beside the page, again and again, until a run is completed. */
async function completed(server, statusUrl) {
  for (;;) {
    const reply = await fetch(`${server.url}/api/fal/proxy`, { headers: { 'x-fal-target-url': statusUrl } });
    if ((await reply.json()).status === 'COMPLETED') return performance.now();
    await sleep(40);
  }
}

/** From the moment a run is completed at FAL to its picture on the screen, in ms; the page asks once a second. */
async function completedToPicture(page, server) {
  const before = await page.locator('[data-print] img').count();
  const submitted = page.waitForResponse((reply) => reply.request().method() === 'POST' && reply.url().endsWith('/api/fal/proxy'));
  await page.locator('#prompt').fill('a quiet harbour at dawn');
  await page.locator('#make').click();
  const { status_url: statusUrl } = await (await submitted).json();
  const done = completed(server, statusUrl);
  await page.waitForFunction(
    (count) => {
      const pictures = [...document.querySelectorAll('[data-print] img')];
      return pictures.length > count && pictures.every((picture) => picture.complete && picture.naturalWidth > 0);
    },
    before,
    { polling: 'raf', timeout: 60_000 },
  );
  return performance.now() - (await done);
}

console.log(`load ${loadavg()[0].toFixed(1)}`);
const { size } = await stat(required('LIKENESS_PROXY_BIN'));
print('size of the program', [size / 1e6], 'MB', 1);

const ready = [];
const idle = [];
for (let run = 0; run < STARTS; run += 1) {
  const server = await startServer();
  ready.push(server.readyMs);
  await sleep(300);
  const resident = await memory(server.pid);
  if (resident) idle.push(resident.now);
  await server.stop();
}
print('ready after start', ready, 'ms');
if (idle.length > 0) print('memory when idle', idle, 'MB', 1);

const server = await startServer();
const browser = await launch();
const page = await newPage(browser, { baseURL: server.url });
await page.goto('/');
await page.locator('#make').waitFor();
const pictures = [];
for (let run = 0; run < PICTURES; run += 1) {
  await page.locator(`input[name="preset"][value="${PRESETS[run % PRESETS.length]}"]`).check({ force: true });
  pictures.push(await completedToPicture(page, server));
}
print('completed at FAL to picture on screen', pictures, 'ms');
await browser.close();
await server.stop();
