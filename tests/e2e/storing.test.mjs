// A picture is shown the moment it is here, however the browser takes it: as a file, as plain bytes, late, or not at all.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { FAILED_LOAD, able, eventually, flows, job, make, open, picture, prints, reads, ready, records } from './support/studio.mjs';

/** In the page: `Blob`s are refused as private windows of WebKit refuse them. With others beside it, such a request leaves a transaction that never ends. */
function refuseBlobs() {
  const { put } = IDBObjectStore.prototype;
  const { abort } = IDBTransaction.prototype;
  const busy = new WeakSet();
  const stuck = new WeakSet();
  IDBTransaction.prototype.abort = function () {
    if (!stuck.has(this)) abort.call(this);
  };
  IDBObjectStore.prototype.put = function (value, key) {
    const change = this.transaction;
    if (!(value instanceof Blob)) {
      busy.add(change);
      return put.call(this, value, key);
    }
    globalThis.refusedBlobs = (globalThis.refusedBlobs ?? 0) + 1;
    const request = { error: new DOMException('Error preparing Blob/File data to be stored in object store', 'UnknownError'), transaction: change };
    if (busy.has(change)) {
      stuck.add(change);
      const again = () => (this.count().onsuccess = again);
      again();
    } else {
      queueMicrotask(() => {
        abort.call(change);
        request.onerror?.({ target: request });
      });
    }
    return request;
  };
}

/** In the page: a transaction with a `Blob` in it neither completes nor fails. */
function neverEnd() {
  const { put } = IDBObjectStore.prototype;
  const stuck = new WeakSet();
  IDBObjectStore.prototype.put = function (value, key) {
    if (value instanceof Blob) stuck.add(this.transaction);
    return put.call(this, value, key);
  };
  for (const name of ['oncomplete', 'onerror', 'onabort']) {
    const own = Object.getOwnPropertyDescriptor(IDBTransaction.prototype, name);
    Object.defineProperty(IDBTransaction.prototype, name, {
      configurable: true,
      set(hear) {
        if (!stuck.has(this)) own.set.call(this, hear);
      },
    });
  }
}

/** In the page: nothing of a picture can be written, until `takePictures()` is called. */
function refusePictures() {
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (value, key) {
    if (this.name === 'pictures' && !globalThis.takes) throw new DOMException('Unable to store record in object store', 'UnknownError');
    return put.call(this, value, key);
  };
  globalThis.takePictures = () => (globalThis.takes = true);
}

async function downloaded(page, press) {
  const [download] = await Promise.all([page.waitForEvent('download'), press()]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/** Notes what the server delivers, or delivers this in its place. Gives all that was delivered. */
async function deliveries(page, other) {
  const received = [];
  await page.route('**/demo/media/**', async (route) => {
    const response = await route.fetch();
    const body = other ?? (await response.body());
    received.push(body);
    await route.fulfill({ response, body });
  });
  return received;
}

const viewer = (page) => page.locator('dialog.viewer');

/** The first picture is there, survives a reload, and is saved to the byte. */
async function isKept(page, received) {
  await eventually(async () => assert.equal((await records(page, 'pictures')).length, 1));
  await eventually(async () => assert.equal(await page.locator('.job').count(), 0));
  assert.equal(await page.locator('.print__unstored').count(), 0);
  await page.reload();
  await ready(page);
  await prints(page, 1);
  await page.locator('[data-print] a').click();
  await page.waitForFunction(() => document.querySelector('.viewer__picture')?.naturalWidth > 0);
  const { name, bytes } = await downloaded(page, () => viewer(page).getByRole('button', { name: 'Download' }).click());
  assert.match(name, /\.jpg$/);
  assert.ok(bytes.equals(received[0]), 'to the byte');
}

flows('pictures are shown apart from whether they are stored', {}, (flow) => {
  flow(
    'a browser that takes no Blob gets a first picture, which survives a reload and can be saved',
    async ({ page, sent }) => {
      const received = await deliveries(page);
      await picture(page, 'at a harbour');
      await isKept(page, received);
      const [file] = await records(page, 'files');
      assert.equal(file.type, 'image/jpeg');
      assert.equal(sent.length, 1);
      await page.keyboard.press('Escape');
      await page.evaluate(() => (globalThis.refusedBlobs = 0));
      for (const count of [2, 3]) {
        await make(page, 'on a mountain');
        await prints(page, count);
        await eventually(async () => assert.equal((await records(page, 'pictures')).length, count));
      }
      assert.ok((await page.evaluate(() => globalThis.refusedBlobs)) <= 1, 'it is not tried each time');
    },
    { prepare: (page) => page.addInitScript(refuseBlobs) },
  );

  flow(
    'a picture is in sight while its storing neither ends nor fails, and is stored in another way in the end',
    async ({ page }) => {
      const received = await deliveries(page);
      await make(page, 'at a harbour');
      await prints(page, 1);
      assert.equal(await page.locator('.job[data-state="saving"]').count(), 1, 'it is shown before it is stored');
      await isKept(page, received);
    },
    { prepare: (page) => page.addInitScript(neverEnd) },
  );

  flow(
    'a picture that cannot be stored says so and offers itself, and is stored as soon as it can be',
    async ({ page, sent }) => {
      const received = await deliveries(page);
      await make(page, 'at a harbour');
      await prints(page, 1);
      const print = page.locator('[data-print]');
      await reads(print, /Not stored/);
      await reads(job(page, 'saving'), /could not store them[^]*Download/);
      const { name, bytes } = await downloaded(page, () => print.getByRole('button', { name: 'Download' }).click());
      assert.match(name, /\.jpg$/);
      assert.ok(bytes.equals(received[0]), 'to the byte');
      assert.equal(received.length, 1, 'its bytes are here');
      await page.evaluate(() => globalThis.takePictures());
      await isKept(page, received);
      assert.equal(sent.length, 1);
    },
    { prepare: (page) => page.addInitScript(refusePictures) },
  );

  flow(
    'a run whose pictures cannot be stored need not stay in sight',
    async ({ page }) => {
      await make(page, 'at a harbour');
      await reads(job(page, 'saving'), /could not store them/);
      await job(page, 'saving').getByRole('button', { name: 'Dismiss' }).click();
      await eventually(async () => assert.equal(await page.locator('.job').count(), 0));
      await prints(page, 1);
      await open(page);
      assert.equal(await page.locator('.job').count(), 0);
    },
    { prepare: (page) => page.addInitScript(refusePictures) },
  );

  flow('a picture is saved under the kind that its bytes are, whatever the server called them', async ({ page }) => {
    await able(page);
    const webp = await page.evaluate(async () => {
      const canvas = new OffscreenCanvas(640, 480);
      canvas.getContext('2d').fillRect(0, 0, 320, 480);
      return [...new Uint8Array(await (await canvas.convertToBlob({ type: 'image/webp' })).arrayBuffer())];
    });
    assert.equal(Buffer.from(webp).toString('latin1', 8, 12), 'WEBP');
    await deliveries(page, Buffer.from(webp));
    await picture(page, 'at a harbour');
    await page.locator('[data-print] a').click();
    await reads(page.locator('.facts'), /WebP, /);
    const { name, bytes } = await downloaded(page, () => viewer(page).getByRole('button', { name: 'Download' }).click());
    assert.match(name, /\.webp$/);
    assert.ok(bytes.equals(Buffer.from(webp)));
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Settings' }).first().click();
    const backup = await downloaded(page, () => page.getByRole('button', { name: 'Export' }).click());
    assert.match(backup.bytes.toString('latin1'), /pictures\/[^/]+-0\.webp/);
  });

  flow(
    'an address that the server does not fetch from ends the run, and is said',
    async ({ page, sent }) => {
      await page.route('**/api/fal/proxy', async (route) => {
        const target = route.request().headers()['x-fal-target-url'] ?? '';
        if (!/\/requests\/[^/]+$/.test(target) || route.request().method() !== 'GET') return route.fallback();
        const response = await route.fetch();
        const result = await response.json();
        if (!result.images) return route.fulfill({ response });
        result.images[0].url = 'https://pictures.example/a.jpg';
        return route.fulfill({ response, json: result });
      });
      await make(page, 'at a harbour');
      const card = job(page, 'failed');
      await reads(card, /does not fetch from the address[^]*pictures\.example\/a\.jpg/);
      assert.equal(await card.getByRole('link').getAttribute('href'), 'https://pictures.example/a.jpg');
      assert.equal(sent.length, 1);
    },
    { expected: [FAILED_LOAD, /content policy: connect-src/, /Content Security Policy/, /Refused to connect|Fetch API cannot load/, /status of 400/] },
  );
});
