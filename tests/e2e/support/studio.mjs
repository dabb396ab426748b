// The studio as a person uses it: what the tests of the whole product are written in.
//
// A file of tests asks for `flows()` once, and gets a server and a browser that all its tests
// share. Each test has a page with storage of its own, and ends with the question whether
// anything went wrong in it unseen.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch, newPage, startServer } from './browser.mjs';

/** How long anything that a person waits for may take before a test fails. */
const PATIENCE = 20_000;

/** What the browser says on the console about any reply that is not a success. */
export const FAILED_LOAD = /^Failed to load resource/;

/**
 * Declares the tests of a file. `define(flow)` is called with
 *
 *   flow(name, run, { path, expected, prepare, ...settings of newPage })
 *
 * which declares one: `run({ page, server, sent })` gets a page with the studio ready on it, the
 * server, and the list of what was sent to be made so far. `expected` are patterns of complaints
 * that belong to the test; `prepare(page)` happens before the page is opened; `path: null` opens none.
 */
export function flows(name, { speed = '200', concurrency = 3, env = {}, flags = [] }, define) {
  describe(name, { concurrency }, () => {
    let browser;
    let server;
    before(async () => {
      [browser, server] = await Promise.all([launch({ flags }), startServer({ LIKENESS_DEMO_SPEED: speed, ...env })]);
    });
    after(() => Promise.all([browser?.close(), server?.stop()]));

    define((title, run, { path = '/', expected = [], prepare, ...settings } = {}) => {
      test(title, async () => {
        const page = await newPage(browser, { baseURL: server.url, reducedMotion: 'reduce', ...settings });
        page.setDefaultTimeout(PATIENCE);
        await page.addInitScript(() => {
          addEventListener('securitypolicyviolation', (event) =>
            console.error(`content policy: ${event.violatedDirective} ${event.blockedURI}`),
          );
        });
        const sent = watch(page);
        try {
          await prepare?.(page);
          if (path !== null) await open(page, path);
          await run({ page, server, sent });
          const unexpected = page.complaints.filter((text) => !expected.some((pattern) => pattern.test(text)));
          assert.deepEqual(unexpected, [], 'nothing goes wrong unseen');
        } catch (error) {
          // Why a page stands still is often only said on its console, or on the page itself. The stack is what is printed.
          if (page.complaints.length) error.stack += `\n\nThe page complained:\n${page.complaints.join('\n').slice(0, 2000)}`;
          error.stack += `\n\nThe page shows:\n${await shown(page)}\n`;
          throw error;
        } finally {
          await page.context().close();
        }
      });
    });
  });
}

/** What can be read on a page and in its frames, for whoever wonders why a test failed. */
async function shown(page) {
  const texts = page.frames().map(async (frame) => {
    const read = frame.evaluate(() => document.body.innerText).catch((error) => `(${error})`);
    const text = await Promise.race([read, sleep(2000, '(it does not answer)')]);
    return `${frame.url().slice(0, 80)}\n${text.replace(/\n+/g, '\n').slice(0, 2000)}`;
  });
  return (await Promise.all(texts)).join('\n--\n');
}

/** Everything that is sent to be made, as `{ endpoint, key, text, body }`; `text` is the body to the byte. */
function watch(page) {
  const sent = [];
  page.on('request', (request) => {
    const order = orderOf(request);
    if (order) sent.push(order);
  });
  return sent;
}

/** What a request asks to have made; nothing if it asks for something else. */
export function orderOf(request) {
  if (request.method() !== 'POST' || !request.url().endsWith('/api/fal/proxy')) return undefined;
  const headers = request.headers();
  const endpoint = headers['x-fal-target-url']?.match(/^https:\/\/queue\.fal\.run\/(.+)$/)?.[1];
  if (!endpoint || endpoint.includes('/requests/')) return undefined;
  const text = request.postData() ?? '';
  return { endpoint, key: headers['idempotency-key'], text, body: JSON.parse(text) };
}

/** Answers every order with `answer(route)`, and lets all other requests through. */
export function answerOrders(page, answer) {
  return page.route('**/api/fal/proxy', (route) => (orderOf(route.request()) ? answer(route) : route.fallback()));
}

/** Opens a page of the app and waits until the app has taken over. */
export async function open(page, path = '/') {
  // A browser that is on its way back, as when the viewer has just closed, breaks off what is opened meanwhile.
  const isBrokenOff = (error) => /ERR_ABORTED/.test(error.message);
  await page.goto(path).catch((error) => (isBrokenOff(error) ? page.goto(path) : Promise.reject(error)));
  await ready(page);
}

/** The app runs, and on its first page the newcomer's avatars are there. */
export async function ready(page) {
  await page.waitForFunction(() => !document.querySelector('#skeleton') && document.querySelector('#main'));
  if (new URL(page.url()).pathname === '/') await page.locator('#make').waitFor();
}

/** From now on the page takes the server for one that spends money. What it answers stays drawn and free. */
export async function asLive(page) {
  await able(page);
  await opened(page);
  await page.route('**/api/v1/config', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), mode: 'live' } });
  });
  await page.reload();
  await able(page);
  await page.locator('.badge[data-kind="demo"]').waitFor({ state: 'detached' });
  await reads(page.locator('#make-hint'), /Price: /);
}

/** Opens a page, but keeps the app itself back, as a slow line would. Calling what it returns lets the app come. */
export async function openWithoutApp(page, path = '/') {
  let release;
  const released = new Promise((resolve) => (release = resolve));
  await page.route('**/*.wasm', async (route) => {
    await released;
    await route.fallback().catch(() => {});
  });
  await page.goto(path, { waitUntil: 'commit' });
  await page.locator('#skeleton').waitFor();
  return release;
}

/** The page has been drawn with what it shows. */
export async function settled(page) {
  await ready(page);
  await page.locator('#main h1').first().waitFor({ state: 'attached' });
  if (page.url().endsWith('/check')) await page.locator('.check[data-result="running"]').waitFor({ state: 'detached' });
}

/** The button can be pressed: everything that is needed is there. */
export const able = (page) => page.locator('.go[data-state="ready"]').waitFor();

/** Says what to show, and presses the button. */
export async function make(page, words) {
  if (words !== undefined) await page.locator('#prompt').fill(words);
  await able(page);
  await page.locator('#make').click();
  // The same once more within two seconds is asked about.
  const another = page.locator('#another-yes');
  if (await another.count()) await another.click();
}

/** Waits until so many pictures are on the sheet, decoded. */
export async function prints(page, count = 1) {
  await page.waitForFunction(
    (count) => {
      const pictures = [...document.querySelectorAll('[data-print] img')];
      return pictures.length === count && pictures.every((picture) => picture.complete && picture.naturalWidth > 0);
    },
    count,
  );
  return page.locator('[data-print]');
}

/** Makes a picture and waits until it is there and stored; it is shown before. */
export async function picture(page, words) {
  const before = await page.locator('[data-print]').count();
  await make(page, words);
  const pictures = await prints(page, before + 1);
  await page.waitForFunction(() => !document.querySelector('.job[data-state="saving"]'));
  return pictures;
}

/** Chooses an avatar or a preset by its value. */
export const choose = (page, name, value) => page.locator(`input[name="${name}"][value="${value}"]`).check({ force: true });
export const ARTISTIC = 'demo-ink';
export const PORTRAIT = 'demo-vera';

/** Unfolds the settings. */
export async function details(page) {
  const folded = page.locator('#details:not([open]) > summary');
  if (await folded.count()) await folded.click();
}

/** Repeats an assertion until it holds. */
export async function eventually(assertion) {
  for (const deadline = Date.now() + PATIENCE; ; await sleep(30)) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

/** Waits until an element's text matches. */
export const reads = (locator, pattern) =>
  eventually(async () => {
    const text = (await locator.allInnerTexts()).join('\n').replaceAll('\u00A0', ' ');
    assert.match(text, pattern);
    return text;
  });

/** The first card of a run that shows this state. */
export const job = (page, state) => page.locator(state ? `.job[data-state="${state}"]` : '.job').first();

/** The library is open, which it is from the first movement of the mouse on, and what a newcomer was given is in it. */
export async function opened(page) {
  await page.mouse.move(1, 1);
  await page.mouse.move(2, 2);
  await page.waitForFunction(() => localStorage.getItem('likeness.library'));
}

/** Every record of a table of the app's database. */
export const records = async (page, table) => {
  await opened(page);
  return page.evaluate(
    (table) =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open('likeness');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const reading = opening.result.transaction(table).objectStore(table).getAll();
          reading.onerror = () => reject(reading.error);
          reading.onsuccess = () => {
            opening.result.close();
            resolve(reading.result);
          };
        };
      }),
    table,
  );
};

/** Puts a record into the app's database, as another version or a fault might have left it. */
export const putRecord = async (page, table, key, value) => {
  await opened(page);
  return page.evaluate(
    ([table, key, value]) =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open('likeness');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const change = opening.result.transaction(table, 'readwrite');
          change.objectStore(table).put(value, key);
          change.onabort = () => reject(change.error);
          change.oncomplete = () => {
            opening.result.close();
            resolve();
          };
        };
      }),
    [table, key, value],
  );
};
