// What the server costs: `cargo xtask bench proxy`. The release build in demo mode, on loopback.

import { readFile, stat } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch, newPage, required, startServer } from './browser.mjs';
import { print } from './measure.mjs';

const STARTS = 9;
const PICTURES = 5;

/** Resident memory in MB, or nothing where the system does not tell. */
async function memory(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /VmRSS:\s+(\d+)/.exec(status)?.[1];
  return kilobytes && Number(kilobytes) / 1024;
}

/** From the reply that says a job is done to its picture on the screen, in ms. */
async function completedToPicture(page) {
  const before = await page.locator('[data-print] img').count();
  const completed = page
    .waitForResponse(
      async (reply) =>
        /\/requests\/[^/]+\/status/.test(decodeURIComponent(reply.request().headers()['x-fal-target-url'] ?? '')) &&
        (await reply.text().catch(() => '')).includes('"COMPLETED"'),
      { timeout: 60_000 },
    )
    .then(() => performance.now());
  await page.locator('#prompt').fill('a quiet harbour at dawn');
  await page.locator('#make').click();
  const done = await completed;
  await page.waitForFunction(
    (count) => {
      const pictures = [...document.querySelectorAll('[data-print] img')];
      return pictures.length > count && pictures.every((picture) => picture.complete && picture.naturalWidth > 0);
    },
    before,
    { polling: 'raf', timeout: 60_000 },
  );
  return performance.now() - done;
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
  if (resident) idle.push(resident);
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
for (let run = 0; run < PICTURES; run += 1) pictures.push(await completedToPicture(page));
print('job completed to picture on screen', pictures, 'ms');
await browser.close();
await server.stop();
