// When the browser really runs out of room: warned in time, and no paid picture lost.
//
// The quota is a real one, set before the first write because the browser looks at it only then, so what is refused is refused by the browser's own database.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { ARTISTIC, FAILED_LOAD, able, choose, eventually, flows, job, make, open, opened, picture, prints, reads, ready, records } from './support/studio.mjs';

const QUOTA = 6_000_000;
const TABLES = ['pictures', 'files', 'thumbnails'];

/** Gives the site this much room, and opens the studio in it. Gives what changes the room. */
async function openWith(page, server, quotaSize) {
  const session = await page.context().newCDPSession(page);
  const limit = (quotaSize) => session.send('Storage.overrideQuotaForOrigin', { origin: server.url, quotaSize });
  await limit(quotaSize);
  await open(page);
  await able(page);
  await opened(page);
  return limit;
}

const used = (page) => page.evaluate(async () => (await navigator.storage.estimate()).usage);

/** Writes so many bytes into a database beside the app's. Gives the name of the browser's error, if it refuses. */
const fill = (page, bytes) =>
  page.evaluate(
    (bytes) =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open('filler', 1);
        opening.onupgradeneeded = () => opening.result.createObjectStore('all', { autoIncrement: true });
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const change = opening.result.transaction('all', 'readwrite', { durability: 'strict' });
          change.objectStore('all').put(new Blob([new Uint8Array(bytes)]));
          const over = () => {
            opening.result.close();
            resolve(change.error?.name);
          };
          change.oncomplete = over;
          change.onabort = over;
        };
      }),
    bytes,
  );

const counts = async (page) => Promise.all(TABLES.map(async (table) => (await records(page, table)).length));

flows('a browser that tells how much room there is', { flags: ['--disable-features=StaticStorageQuota'] }, (flow) => {
  flow(
    'from four fifths on a person is warned, with the first picture that goes beyond and in the settings',
    async ({ page, server }) => {
      const tight = /nearly full: .* of about 6\.0 MB/;
      const meter = page.locator('.meter');
      const settings = async () => {
        await page.getByRole('link', { name: 'Settings' }).first().click();
        await meter.waitFor();
        return { kind: await meter.getAttribute('data-kind'), now: Number(await meter.getAttribute('aria-valuenow')) };
      };
      await openWith(page, server, QUOTA);
      await picture(page, 'at a harbour');
      const roomy = await settings();
      assert.ok(roomy.kind === null && roomy.now > 0 && roomy.now < 80, JSON.stringify(roomy));
      assert.equal(await page.locator('.toast__text').filter({ hasText: /full/ }).count(), 0);
      await page.goBack();
      assert.equal(await fill(page, QUOTA * 0.79 - (await used(page))), undefined);
      await picture(page, 'on a mountain');
      await reads(page.locator('.toasts'), tight);
      const full = await settings();
      assert.ok(full.kind === 'warning' && full.now >= 80, JSON.stringify(full));
      await reads(page.locator('.meter__text'), tight);
    },
    { path: null },
  );
});

flows('a browser without room', {}, (flow) => {
  flow(
    'a paid picture that the browser refuses to store stays within reach, and is stored as soon as room is made',
    async ({ page, server, sent }) => {
      let received;
      let fetched = 0;
      await page.route('**/demo/media/**', async (route) => {
        const response = await route.fetch();
        received = await response.body();
        fetched += 1;
        await route.fulfill({ response });
      });
      const limit = await openWith(page, server, QUOTA);
      // Large pictures, beside which it does not matter that the browser tidies its files now and then.
      await choose(page, 'avatar', ARTISTIC);
      await choose(page, 'preset', 'ultra');
      await picture(page, 'at a harbour');
      await picture(page, 'on a mountain');
      for (let left; (left = QUOTA - (await used(page))) > received.length; ) assert.equal(await fill(page, left / 2), undefined);
      // The browser lets a little more pass than the quota before it counts anew; from then on it is exact.
      for (let error; !error; ) error = await fill(page, received.length / 2);
      // What is left takes records, but no third picture.
      await limit((await used(page)) + received.length * 0.4);
      assert.equal(await fill(page, received.length), 'QuotaExceededError');
      await make(page, 'in a forest');
      const card = job(page, 'saving');
      await reads(card, /storage is full/);
      await reads(page.locator('.notices'), /Storage is full.*wait at fal\.ai/);
      assert.deepEqual(await counts(page), [2, 2, 2], 'nothing is half written');
      const [download] = await Promise.all([page.waitForEvent('download'), card.getByRole('button', { name: 'Download' }).click()]);
      assert.ok((await readFile(await download.path())).equals(received), 'to the byte');

      // It is still there after a reload, though still without room.
      const before = fetched;
      await page.reload();
      await ready(page);
      await eventually(async () => assert.ok(fetched > before, 'it is tried again'));
      await page.waitForTimeout(1000);
      await reads(job(page, 'saving'), /storage is full/);
      assert.deepEqual(await counts(page), [2, 2, 2]);

      // The third is seen all the while, from memory.
      for (const left of [2, 1]) {
        await page.locator('[data-print] a').last().click();
        await page.locator('dialog.viewer').getByRole('button', { name: 'Delete' }).click();
        await eventually(async () => assert.equal(await page.locator('[data-print]').count(), left));
      }
      await prints(page, 1);
      await eventually(async () => assert.equal(await page.locator('.job').count(), 0));
      assert.equal(await page.locator('.notice').count(), 0);
      await eventually(async () => assert.deepEqual(await counts(page), [1, 1, 1]));
      await page.reload();
      await ready(page);
      await prints(page, 1);
      assert.match((await records(page, 'pictures'))[0].order.prompt, /in a forest/);
      await page.locator('[data-print] a').click();
      const [again] = await Promise.all([page.waitForEvent('download'), page.locator('dialog.viewer').getByRole('button', { name: 'Download' }).click()]);
      assert.ok((await readFile(await again.path())).equals(received));
      assert.equal(sent.length, 3, 'nothing is ordered twice');
    },
    { path: null, expected: [FAILED_LOAD] },
  );
});
