// Real crashes: the browser's process of the page is killed at marked points of a run, the browser is started
// again on the same profile, and what became of the run is counted.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { FLAGS, required, startServer } from './browser.mjs';
import { able, eventually, make, open, opened, orderOf } from './studio.mjs';

/** Where the page is stopped dead before it is killed. `made` says whether FAL may have made a picture by then. */
export const POINTS = [
  { name: 'before the intent is stored', table: 'jobs', state: 'intended', made: false },
  { name: 'before it is stored that it leaves', table: 'jobs', state: 'sent', made: false },
  { name: 'before the submit leaves', call: 'submit', made: false },
  { name: 'before the answer arrives', call: 'answer', made: true },
  { name: 'before the id of the run is stored', table: 'jobs', state: 'queued', made: true },
  { name: 'while asking how it goes', call: 'poll', made: true },
  { name: 'before the result is stored', table: 'jobs', state: 'delivered', made: true },
  { name: 'before the bytes are stored', table: 'files', made: true },
];

/** In the page: stands still for ever at the point, once it has said that it is there. */
function stopAt(point) {
  const stop = () => {
    globalThis.reached();
    for (;;);
  };
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (value, ...rest) {
    if (this.name === point.table && (!point.state || value.state === point.state)) stop();
    return put.call(this, value, ...rest);
  };
  const fetch = globalThis.fetch;
  globalThis.fetch = function (request, ...rest) {
    if (request instanceof Request && request.url.endsWith('/api/fal/proxy')) {
      const call = (request.headers.get('x-fal-target-url') ?? '').includes('/requests/') ? 'poll' : 'submit';
      if (call === point.call) stop();
    }
    return fetch.call(this, request, ...rest);
  };
}

/** A browser on this profile, with the orders that leave it counted in `orders`. */
async function browserOn(profile, server, orders) {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: required('CHROMIUM'),
    args: FLAGS,
    baseURL: server.url,
    reducedMotion: 'reduce',
    locale: 'en-US',
  });
  context.on('request', (request) => {
    const order = orderOf(request);
    if (order) orders.push(order.key);
  });
  return context;
}

/** One run that is stopped at a point: what it left, and what came of it. */
async function round(server, point) {
  const profile = await mkdtemp(join(tmpdir(), 'likeness-crash-'));
  const orders = [];
  try {
    const context = await browserOn(profile, server, orders);
    const page = context.pages()[0] ?? (await context.newPage());
    const cdp = await context.newCDPSession(page);
    let isReached = false;
    const crashed = page.waitForEvent('crash', { timeout: 30_000 }).catch(() => {
      throw new Error(isReached ? 'the page did not die' : 'the point was never reached');
    });
    // If the round fails before, it fails by that.
    crashed.catch(() => {});
    const kill = () => {
      isReached = true;
      cdp.send('Page.crash').catch(() => {});
    };
    await open(page);
    await opened(page);
    if (point.call === 'answer') {
      await page.route('**/api/fal/proxy', async (route) => {
        if (!orderOf(route.request())) return route.fallback();
        await route.fetch();
        kill();
      });
    } else {
      await page.exposeFunction('reached', kill);
      await page.evaluate(stopAt, point);
    }
    await able(page);
    await make(page, 'at a harbour in the fog').catch((error) => {
      // The press itself may be what the page dies of.
      if (!/crash|closed/i.test(String(error))) throw error;
    });
    await crashed;
    await context.close();

    const again = await browserOn(profile, server, orders);
    const opening = performance.now();
    const reopened = again.pages()[0] ?? (await again.newPage());
    await open(reopened);
    const outcome = await eventually(() => outcomeOn(reopened, point));
    const resumed = performance.now() - opening;
    await again.close();
    return { outcome, orders: orders.length, resumed };
  } finally {
    await rm(profile, { recursive: true, force: true });
  }
}

/** What the page shows once it has settled. */
async function outcomeOn(page, point) {
  const pictures = await page.locator('[data-print] img').count();
  const states = await page.locator('.job').evaluateAll((cards) => cards.map((card) => card.dataset.state));
  if (pictures > 0 && states.length === 0) return 'picture';
  if (!point.made) {
    // For a moment it shows what was stored.
    if (states.length === 1 && states[0] !== 'sending') return states[0];
    const isRead = await page.evaluate(() => document.querySelector('.sheet') !== null);
    if (isRead && states.length === 0 && point.state === 'intended') return 'nothing';
  }
  throw new Error(`after a crash ${point.name}: ${pictures} pictures, cards ${states.join(' ') || 'none'}`);
}

/** What is right after a crash where nothing can have been made. */
const HARMLESS = { intended: ['nothing'], sent: ['cancelled'], submit: ['unknown', 'unsent'] };

/**
 * Crashes `rounds` times at every point. Prints a line for each point and gives the sums: `lost` runs that were made and
 * did not bring their picture, `doubled` ones that were sent more than once, `odd` ones that ended in a card they should not.
 */
export async function crashes(rounds) {
  const server = await startServer({ LIKENESS_DEMO_SPEED: '100' });
  const sums = { crashes: 0, lost: 0, doubled: 0, odd: 0 };
  try {
    for (const point of POINTS) {
      const seen = {};
      for (let count = 0; count < rounds; count += 1) {
        const { outcome, orders } = await round(server, point).catch((error) => ({ outcome: String(error.message ?? error), orders: 0 }));
        const right = point.made ? ['picture'] : HARMLESS[point.state ?? point.call];
        sums.crashes += 1;
        sums.lost += Number(point.made && outcome !== 'picture');
        sums.doubled += Number(orders > 1);
        sums.odd += Number(!point.made && !right.includes(outcome));
        seen[outcome] = (seen[outcome] ?? 0) + 1;
      }
      const words = Object.entries(seen).map(([outcome, count]) => `${count} × ${outcome}`);
      console.log(`${point.name}: ${words.join(', ')}`);
    }
  } finally {
    await server.stop();
  }
  console.log(`${sums.crashes} crashes: ${sums.lost} lost, ${sums.doubled} sent twice, ${sums.odd} otherwise wrong`);
  return sums;
}
