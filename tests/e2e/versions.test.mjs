// A library that two versions of the app share.

import assert from 'node:assert/strict';
import { flows, job, make, open, picture, prints, putRecord, reads, ready, records } from './support/studio.mjs';

/** In the page: this app is of a version whose tables are newer. */
function newerTables() {
  const open = IDBFactory.prototype.open;
  IDBFactory.prototype.open = function (name, version) {
    return version ? open.call(this, name, version + 1) : open.call(this, name);
  };
}

flows('two versions of the app at once', { speed: '20' }, (flow) => {
  flow('the newer one takes the library over, the older says so and changes nothing in it', async ({ page, sent }) => {
    await picture(page, 'at a harbour');
    const before = await records(page, 'pictures');
    const newer = await page.context().newPage();
    await newer.addInitScript(newerTables);
    await open(newer);
    await prints(newer);
    await make(page, 'on a mountain');
    await reads(job(page, 'failed'), /newer Likeness has taken the library over[^]*Reload the page/);
    assert.equal(sent.length, 1, 'what cannot be remembered is not sent');
    assert.deepEqual(await records(newer, 'pictures'), before);
    assert.equal((await records(newer, 'jobs')).filter(({ state }) => state !== 'done').length, 0);
    await picture(newer, 'in a wood');
    await prints(newer, 2);
  });

  flow('while an older one keeps the library the newer one says which tab to close, and goes on by itself', async ({ page }) => {
    await picture(page, 'at a harbour');
    // A version of before this one could tell that another wants the library.
    await page.evaluate(
      () =>
        new Promise((resolve, reject) => {
          const opening = indexedDB.open('likeness');
          opening.onerror = () => reject(opening.error);
          opening.onsuccess = () => resolve((globalThis.kept = opening.result) && undefined);
        }),
    );
    const newer = await page.context().newPage();
    await newer.addInitScript(newerTables);
    await open(newer);
    await reads(newer.locator('.toasts'), /older version of Likeness is open in another tab/);
    assert.equal(await newer.locator('[data-print]').count(), 0);
    await page.evaluate(() => globalThis.kept.close());
    await prints(newer);
  });

  flow('records of a newer one are neither shown nor changed, and said to be there', async ({ page }) => {
    await picture(page, 'at a harbour');
    const [good] = await records(page, 'pictures');
    const later = { ...good, id: 'later-0', v: 2, unheard_of: [1] };
    await putRecord(page, 'pictures', later.id, later);
    await page.reload();
    await ready(page);
    await reads(page.locator('.toasts'), /made by a newer version of Likeness/);
    await prints(page, 1);
    const kept = (await records(page, 'pictures')).find(({ id }) => id === later.id);
    assert.deepEqual(kept, later);
  });
});
