// What is gone on the screen stays gone: each kind of thing is removed, and the page loaded again in the same breath.

import assert from 'node:assert/strict';
import { able, eventually, flows, job, make, open, opened, picture, prints, reads, ready, records } from './support/studio.mjs';

/** In the page: what is written from now on never arrives, as on a page that is closed in that moment. Reading goes on. */
const stopWriting = (page) =>
  page.evaluate(() => {
    IDBDatabase.prototype.transaction = new Proxy(IDBDatabase.prototype.transaction, {
      apply(own, it, [tables, mode, options]) {
        const change = Reflect.apply(own, it, [tables, mode, options]);
        if (mode === 'readwrite') {
          const wait = () => (change.objectStore(change.objectStoreNames[0]).count().onsuccess = wait);
          wait();
        }
        return change;
      },
    });
  });

/** Presses, and loads the page again before anything could be written. */
async function pressAndReload(page, button) {
  await stopWriting(page);
  await button.click();
  await page.reload();
  await ready(page);
  await opened(page);
}

flows('removing a run', { speed: '20' }, (flow) => {
  flow(
    'a card that was dismissed',
    async ({ page }) => {
      await make(page, 'at a harbour in the fog');
      await page.getByRole('button', { name: 'Cancel' }).click();
      await job(page, 'cancelled').waitFor();
      await pressAndReload(page, page.getByRole('button', { name: 'Dismiss' }));
      await eventually(async () => assert.equal((await records(page, 'jobs')).length, 0, 'and it is gone in the library too'));
      assert.equal(await page.locator('.job').count(), 0);
    },
    { expected: [/status of 499/] },
  );
});

flows('removing', {}, (flow) => {
  flow('a picture that was deleted, as long as it could be undone and afterwards', async ({ page }) => {
    await picture(page, 'at a harbour');
    await eventually(async () => assert.equal((await records(page, 'jobs')).length, 0));
    await page.locator('[data-print] a').click();
    await pressAndReload(page, page.locator('dialog.viewer').getByRole('button', { name: 'Delete' }));
    assert.equal(await page.locator('[data-print]').count(), 0);
    assert.equal(await page.locator('.toast__text').filter({ hasText: /cleared/ }).count(), 0, 'the browser is not blamed');
    assert.equal((await records(page, 'pictures')).length, 1, 'another tab may still undo it');
    await eventually(async () => assert.equal((await records(page, 'files')).length, 0));
    assert.equal(await page.evaluate(() => localStorage.getItem('likeness.removed')), null);
  });

  flow('an undo brings a picture back for good, also in a tab that was opened meanwhile', async ({ page }) => {
    await picture(page, 'at a harbour');
    await page.locator('[data-print] a').click();
    await page.locator('dialog.viewer').getByRole('button', { name: 'Delete' }).click();
    await eventually(async () => assert.equal(await page.locator('[data-print]').count(), 0));
    const other = await page.context().newPage();
    await open(other);
    await opened(other);
    assert.equal(await other.locator('[data-print]').count(), 0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await prints(page, 1);
    await prints(other, 1);
    await page.waitForTimeout(9000);
    assert.equal((await records(page, 'files')).length, 1);
    await page.reload();
    await prints(page, 1);
  });

  flow('the card of what the safety filter held back', async ({ page }) => {
    await make(page, 'nsfw-test at a harbour');
    await job(page, 'blocked').waitFor();
    await eventually(async () => assert.equal((await records(page, 'jobs')).length, 0));
    await pressAndReload(page, job(page, 'blocked').getByRole('button', { name: 'Dismiss' }));
    assert.equal(await page.locator('.job').count(), 0);
  });

  flow('an avatar that was deleted, and one that was brought back', async ({ page }) => {
    await open(page, '/avatars');
    await opened(page);
    await eventually(async () => assert.equal((await records(page, 'avatars')).length, 2));
    await pressAndReload(page, page.getByRole('button', { name: 'Delete Vera' }));
    await reads(page.locator('.cards'), /Ink & ash/);
    assert.equal(await page.locator('.card').count(), 1);
    await eventually(async () => assert.equal((await records(page, 'avatars')).length, 1));
    await page.getByRole('button', { name: 'Delete Ink & ash' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.locator('.card').waitFor();
    await eventually(async () => assert.equal((await records(page, 'avatars')).length, 1));
    await page.reload();
    await ready(page);
    await page.locator('.card').waitFor();
  }, { path: null });

  flow('everything', async ({ page }) => {
    await picture(page, 'at a harbour');
    await able(page);
    await open(page, '/settings');
    await page.getByRole('button', { name: 'Erase' }).first().click();
    await stopWriting(page);
    await page.locator('dialog[open]').getByRole('button', { name: 'Erase' }).click();
    await page.waitForFunction(() => localStorage.getItem('likeness.erasing'));
    await page.reload();
    await ready(page);
    await eventually(async () => assert.equal(await page.evaluate(() => localStorage.getItem('likeness.erasing')), null));
    await open(page);
    assert.equal(await page.locator('[data-print]').count(), 0);
    for (const table of ['pictures', 'files', 'thumbnails', 'jobs']) assert.equal((await records(page, table)).length, 0, table);
  });
});
