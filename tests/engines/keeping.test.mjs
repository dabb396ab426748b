// What a browser keeps, and what happens where it keeps nothing.

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ALL, FIREFOX, engineFlows } from '../e2e/support/engines.mjs';

/** An avatar as the older system wrote it. */
const OLD = { name: 'Old friend', training_type: 'portrait', trigger_word: 'TOK', lora_url: 'https://v3.fal.media/files/demo/old.safetensors' };

/** Refuses everything that browsers refuse in private windows and foreign frames. */
function refuseStorage() {
  const refuse = () => {
    throw new DOMException('The operation is insecure.', 'SecurityError');
  };
  IDBFactory.prototype.open = refuse;
  Object.defineProperty(Window.prototype, 'localStorage', { configurable: true, get: refuse });
}

engineFlows('keeping', (flow) => {
  flow('avatars come in from a file, and are there after a reload', FIREFOX, async ({ page, sent }) => {
    const folder = await mkdtemp(join(tmpdir(), 'likeness-'));
    try {
      const file = join(folder, 'old.json');
      await writeFile(file, JSON.stringify([OLD, { name: 'Max', kind: 'portrait', trigger_word: 'TOK' }]));
      await page.until(async () => assert.equal(await page.count('.card'), 2));
      const field = await page.evaluate(() => document.querySelector('#import-file'));
      await field.sendKeys(file);
      const areThere = async () => {
        for (const name of [/Old friend/, /Max/]) await page.reads('.cards', name);
      };
      await areThere();
      await page.reload();
      await areThere();
    } finally {
      await rm(folder, { recursive: true });
    }
    await page.open('/');
    await page.until(async () => (await page.card('avatar', 'Old friend')).click());
    await page.make('at a harbour');
    await page.prints();
    assert.equal(sent[0].body.loras[0].path, OLD.lora_url);
  }, { path: '/avatars' });

  flow('a picture is there after a reload, and erasing leaves nothing', FIREFOX, async ({ page, sent }) => {
    await page.make('at a harbour in the fog');
    await page.prints();
    await page.reload();
    await page.prints();
    await page.open('/settings');
    await page.click('.panel button[data-kind="danger"]');
    await page.click('dialog[open] button[data-kind="danger"]');
    await page.until(async () => assert.equal(await page.path(), '/'));
    await page.ready();
    await page.reload();
    assert.equal(await page.count('[data-print]'), 0);
    assert.equal(sent.length, 1);
  });

  flow(
    'a browser that refuses storage still makes pictures, and says that it keeps nothing',
    ALL,
    async ({ page, sent }) => {
      await page.make('at a harbour in the fog');
      await page.prints();
      await page.reads('.notices', /stored/);
      assert.equal(sent.length, 1);
      await page.click('[data-print] a');
      await page.holds(() => document.querySelector('.viewer__picture')?.naturalWidth > 0);
    },
    { script: refuseStorage },
  );

  // Not a stand-in for it: what Firefox does for a person who blocks all cookies and site data.
  flow(
    'with site data blocked in Firefox a picture comes all the same',
    ['firefox'],
    async ({ page, sent }) => {
      await page.make('at a harbour in the fog');
      await page.prints();
      await page.reads('.notices', /stored/);
      assert.equal(sent.length, 1);
    },
    { prefs: { 'network.cookie.cookieBehavior': 2 } },
  );
});
