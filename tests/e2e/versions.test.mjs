// A library that two versions of the app share.

import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { required, startServer } from './support/browser.mjs';
import { FAILED_LOAD, able, eventually, flows, job, make, open, picture, prints, putRecord, reads, ready, records } from './support/studio.mjs';

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
    await reads(job(page, 'failed'), /newer version of Likeness is in use[^]*Reload the page/);
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

/** The build of the app in a folder of its own, and what makes another build of it: the same files with another digest in their names. */
async function upgradable() {
  const folder = await mkdtemp(join(tmpdir(), 'likeness-dist-'));
  await cp(required('LIKENESS_DIST'), folder, { recursive: true });
  const upgrade = async () => {
    const [, digest] = (await readdir(folder)).join(' ').match(/studio-([0-9a-f]{16})\.wasm/);
    const other = digest.replace(/./g, (digit) => ((parseInt(digit, 16) + 1) % 16).toString(16));
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      if (/\.(br|gz)$/.test(name)) {
        await rm(path);
        continue;
      }
      if (/\.(js|html)$/.test(name)) {
        const text = (await readFile(path, 'utf8')).replaceAll(digest, other);
        // The scripts have changed, and with them their digests.
        await writeFile(path, name.endsWith('.html') ? text.replace(/(<script[^>]*?) integrity="?[^\s>]+/g, '$1') : text);
      }
      if (name.includes(digest)) await rename(path, join(folder, name.replace(digest, other)));
    }
  };
  return { folder, upgrade, remove: () => rm(folder, { recursive: true, force: true }) };
}

flows('a server that was upgraded under an open page', {}, (flow) => {
  flow('what is missing of the page is said once, and a reload brings it with all that was typed', async ({ page }) => {
    const build = await upgradable();
    const server = await startServer({ LIKENESS_STATIC: build.folder, LIKENESS_DEMO_SPEED: '200' });
    try {
      await page.goto(server.url);
      await able(page);
      await page.locator('#prompt').fill('words that must not be lost');
      await build.upgrade();
      await page.getByRole('link', { name: 'Help' }).first().click();
      await reads(page.locator('.notices'), /Likeness was updated/);
      assert.equal(await page.locator('.notice').count(), 1, 'it is said once');
      await page.getByRole('button', { name: 'Reload' }).click();
      await reads(page.locator('h1').first(), /Help/);
      await eventually(async () => assert.equal(await page.locator('.notice').count(), 0));
      await page.goBack();
      await able(page);
      assert.equal(await page.locator('#prompt').inputValue(), 'words that must not be lost');
      await make(page);
      await prints(page);
    } finally {
      await server.stop();
      await build.remove();
    }
  }, { path: null, expected: [FAILED_LOAD, /TypeError/, /CompileError/, /MIME/] });

  flow('whoever has something unsaved is asked before the reload', async ({ page }) => {
    const build = await upgradable();
    const server = await startServer({ LIKENESS_STATIC: build.folder });
    try {
      await page.goto(`${server.url}/avatars/new`);
      await ready(page);
      await page.locator('#a-name').fill('Vera');
      await build.upgrade();
      await page.locator('#speak-ru').click();
      await reads(page.locator('.notices'), /Likeness was updated/);
      const asked = page.waitForEvent('dialog');
      const pressed = page.getByRole('button', { name: 'Reload' }).click({ noWaitAfter: true });
      const dialog = await asked;
      assert.equal(dialog.type(), 'beforeunload');
      await dialog.dismiss();
      await pressed;
      assert.equal(await page.locator('#a-name').inputValue(), 'Vera');
    } finally {
      await server.stop();
      await build.remove();
    }
  }, { path: null, expected: [FAILED_LOAD, /TypeError/, /CompileError/, /MIME/] });
});
