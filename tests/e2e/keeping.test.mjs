// What the browser keeps: avatars in and out of files, pictures, and what happens where it keeps nothing.

import assert from 'node:assert/strict';
import { mkdtemp, open as openFile, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAILED_LOAD, able, choose, details, eventually, flows, job, make, open, picture, prints, putRecord, reads, ready, records } from './support/studio.mjs';

/** As the original system wrote its avatars. */
const OLD = {
  name: 'Old friend',
  gender: 'female',
  training_type: 'portrait',
  trigger_word: 'TOK',
  lora_url: 'https://v3.fal.media/files/demo/old.safetensors',
  lora_scale: 1.15,
  is_main: true,
};
const file = (name, text) => ({ name, mimeType: 'application/json', buffer: Buffer.from(text) });
const bring = (page, name, text) => page.locator('#import-file').setInputFiles(file(name, text));
const cards = (page) => page.locator('.card');

async function downloaded(page, press) {
  const [download] = await Promise.all([page.waitForEvent('download'), press()]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/** Refuses everything that browsers refuse in private windows and foreign frames. */
function refuseStorage() {
  const refuse = () => {
    throw new DOMException('The operation is insecure.', 'SecurityError');
  };
  IDBFactory.prototype.open = refuse;
  Object.defineProperty(Window.prototype, 'localStorage', { configurable: true, get: refuse });
}

/** The files of a zip that is not compressed, read by its directory as APPNOTE 4.3.12 and 4.3.16 describe it. */
function unzipped(bytes) {
  const end = bytes.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  const files = new Map();
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [size, nameLength, start] = [bytes.readUInt32LE(at + 24), bytes.readUInt16LE(at + 28), bytes.readUInt32LE(at + 42)];
    const content = start + 30 + bytes.readUInt16LE(start + 26) + bytes.readUInt16LE(start + 28);
    files.set(bytes.toString('utf8', at + 46, at + 46 + nameLength), bytes.subarray(content, content + size));
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return files;
}

flows('keeping', {}, (flow) => {
  flow('avatars of the original system come in, with the question about their strength', async ({ page, sent }) => {
    await open(page, '/avatars');
    await cards(page).nth(1).waitFor();
    await bring(page, 'old.json', JSON.stringify([OLD, { name: 'Max', kind: 'portrait', trigger_word: 'TOK' }, 7]));
    await reads(page.locator('.notice'), /1 avatar has a strength of its own/);
    assert.equal(await cards(page).count(), 2, 'nothing comes in before the answer');
    await page.getByRole('button', { name: 'Keep it' }).click();
    await reads(page.locator('.toast__text'), /2 avatars added\. 1 entry was not an avatar/);
    await reads(cards(page).nth(2), /Old friend[^]*TOK[^]*fixed at 1\.15/);
    await reads(cards(page).nth(3), /Max[^]*file \(LoRA\)/);
    await page.getByRole('link', { name: 'Complete: Max' }).waitFor();
    await page.reload();
    await cards(page).nth(3).waitFor();

    await open(page);
    await page.locator('.avatar', { hasText: 'Old friend' }).click();
    await picture(page, 'at a harbour');
    assert.deepEqual(sent[0].body.loras, [{ path: OLD.lora_url, scale: 1.15 }]);
    assert.equal(sent[0].body.prompt, 'TOK, at a harbour');
  }, {});

  flow('files that hold no avatars are refused in a sentence, and change nothing', async ({ page }) => {
    await open(page, '/avatars');
    await cards(page).nth(1).waitFor();
    const notice = page.locator('#main .notice');
    for (const [name, text, why] of [
      ['page.json', '<html>', /cannot be read/],
      ['half.json', '{"avatars": [{"name": "Ve', /cannot be read/],
      ['empty.json', '', /cannot be read/],
      ['other.json', '{"recipes": []}', /no avatars in this file/],
      ['deep.json', '['.repeat(100_000), /cannot be read/],
    ]) {
      await bring(page, name, text);
      await reads(notice, why);
      await notice.getByRole('button', { name: 'Close' }).click();
      await eventually(async () => assert.equal(await notice.count(), 0));
    }
    const folder = await mkdtemp(join(tmpdir(), 'likeness-'));
    try {
      const large = await openFile(join(folder, 'large.json'), 'w');
      await large.truncate(50_000_000);
      await large.close();
      await page.locator('#import-file').setInputFiles(join(folder, 'large.json'));
      await reads(notice, /too large/);
    } finally {
      await rm(folder, { recursive: true });
    }
    assert.equal(await cards(page).count(), 2);
    // The same file can be chosen again after it was mended.
    await bring(page, 'page.json', JSON.stringify({ ...OLD, lora_scale: undefined }));
    await cards(page).nth(2).waitFor();
  });

  flow('five hundred avatars come in at once, and of more none does, in a sentence that says how many there are', async ({ page }) => {
    await open(page, '/avatars');
    await cards(page).nth(1).waitFor();
    const avatars = (count) => JSON.stringify(Array.from({ length: count }, (_, at) => ({ name: `A ${at}`, kind: 'artistic', finetune_id: 'ink', trigger_word: 'ARTST' })));
    await bring(page, 'many.json', avatars(20_000));
    await reads(page.locator('#main .notice'), /holds 20000 avatars, and at most 500/);
    assert.equal(await cards(page).count(), 2);
    await bring(page, 'some.json', avatars(500));
    await reads(page.locator('.toast__text'), /500 avatars added/);
    await eventually(async () => assert.equal((await records(page, 'avatars')).length, 502));
  });

  flow('an export is a file that comes in again as it was', async ({ page }) => {
    await open(page, '/avatars');
    await cards(page).nth(1).waitFor();
    const { name, bytes } = await downloaded(page, () => page.getByRole('button', { name: 'Export' }).click());
    assert.equal(name, 'likeness-avatars.json');
    assert.deepEqual(JSON.parse(bytes).avatars.map(({ name }) => name), ['Vera', 'Ink & ash']);
    await bring(page, name, bytes);
    await reads(page.locator('#main .notice'), /Here already, by name or by file: Vera, Ink & ash/);
    await page.getByRole('button', { name: 'Keep both' }).click();
    await cards(page).nth(3).waitFor();
    const again = await downloaded(page, () => page.getByRole('button', { name: 'Export' }).click());
    const plain = ({ id, ...avatar }) => avatar;
    const avatars = JSON.parse(again.bytes).avatars.map(plain);
    assert.deepEqual(avatars.slice(2), avatars.slice(0, 2));
  });

  flow('Enter saves an avatar, and the field that had the focus goes without a fault', async ({ page }) => {
    await open(page, '/avatars/new');
    await page.locator('#a-name').fill('Anna');
    await page.locator('#a-lora').fill('https://example.org/a.safetensors');
    await page.locator('#a-phrase').fill('a photo of TOK person');
    await page.keyboard.press('Enter');
    await eventually(async () =>
      assert.ok(await page.locator('.avatar', { hasText: 'Anna' }).locator('input').isChecked(), 'the next picture is of whom was saved'),
    );
    assert.equal(await page.locator('#stopped').count(), 0);
    await page.locator('.toast').getByRole('button', { name: 'Manage' }).click();
    await reads(cards(page).nth(2), /Anna[^]*Ready/);
  });

  flow('where nothing can be stored, closing the page asks as long as it alone has a picture', async ({ page, sent }) => {
    const asks = () => page.evaluate(() => !dispatchEvent(new Event('beforeunload', { cancelable: true })));
    // What a browser says whose owner blocks all storage.
    await page.addInitScript(() => {
      IDBFactory.prototype.open = () => {
        throw new DOMException('Access is denied for this document.', 'SecurityError');
      };
    });
    await open(page);
    assert.equal(await asks(), false, 'there is nothing to lose yet');
    await make(page, 'by the sea');
    await prints(page);
    assert.equal(sent.length, 1);
    await eventually(async () => assert.equal(await asks(), true));
    await page.locator('[data-print] a').first().click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('dialog.viewer').getByRole('button', { name: 'Download' }).click()]);
    assert.match(download.suggestedFilename(), /\.(jpg|png)$/);
    await eventually(async () => assert.equal(await asks(), false, 'it is a file now'));
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Avatars' }).first().click();
    await page.getByRole('button', { name: 'Duplicate Vera' }).click();
    await eventually(async () => assert.equal(await asks(), true, 'an avatar would be lost'));
    await page.getByRole('button', { name: 'Export' }).click();
    await eventually(async () => assert.equal(await asks(), false, 'it is in a file'));
    await page.getByRole('link', { name: 'Edit Vera', exact: false }).last().click();
    await page.locator('#a-name').fill('Vera in winter');
    await page.keyboard.press('Enter');
    await reads(page.locator('.avatars'), /Vera in winter/);
    assert.equal(await asks(), true, 'and not as it is now');
    await page.getByRole('link', { name: 'Settings' }).first().click();
    await page.getByRole('button', { name: 'Erase' }).first().click();
    await Promise.all([page.waitForURL('**/'), page.locator('dialog[open]').getByRole('button', { name: 'Erase' }).click()]);
    await ready(page);
    assert.equal(await page.locator('[data-print]').count(), 0, 'what is to go goes without another question');
  }, { path: null });

  flow('what is typed into the form of an avatar is kept until it is saved or given up, and closing the page asks', async ({ page }) => {
    const asks = () => page.evaluate(() => !dispatchEvent(new Event('beforeunload', { cancelable: true })));
    const name = page.locator('#a-name');
    const away = page.getByRole('link', { name: 'Avatars' }).first();
    const edit = page.getByRole('link', { name: 'Edit Vera', exact: true });
    const cancel = page.getByRole('button', { name: 'Cancel' });
    await open(page, '/avatars');
    await edit.click();
    assert.equal(await asks(), false);
    await name.fill('Vera in winter');
    const asked = page.waitForEvent('dialog');
    await page.close({ runBeforeUnload: true });
    const question = await asked;
    assert.equal(question.type(), 'beforeunload');
    await question.dismiss();

    await page.locator('#speak-ru').click();
    await reads(page.locator('h1'), /Аватар|аватар/);
    await page.locator('#speak-en').click();
    await away.click();
    assert.equal(await asks(), true, 'also from another page of the app');
    await page.getByRole('button', { name: 'Delete Vera' }).click();
    await eventually(async () => assert.equal(await cards(page).count(), 1));
    assert.equal(await asks(), false, 'the form of an avatar that is gone cannot be finished');
    await page.getByRole('button', { name: 'Undo' }).click();
    await edit.click();
    assert.equal(await name.inputValue(), 'Vera in winter', 'it comes back with its avatar');

    await cancel.click();
    await edit.click();
    assert.equal(await name.inputValue(), 'Vera', 'what was given up is gone');
    await name.fill('Vera in spring');
    await page.getByRole('button', { name: 'Save' }).click();
    await reads(page.locator('.avatars'), /Vera in spring/);
    assert.equal(await asks(), false);
  });

  flow('an avatar is added, mended, duplicated, made the main one, deleted, and brought back', async ({ page }) => {
    await open(page, '/avatars/new');
    await page.getByRole('button', { name: 'Save' }).click();
    await reads(page.locator('.form__summary'), /Name:/);
    await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement.id), 'a-name'));
    await page.locator('#a-name').fill('Anna');
    await page.locator('#a-word').fill('TOK');
    for (const address of ['http://example.org/a.safetensors', 'javascript:alert(1)', 'a.safetensors']) {
      await page.locator('#a-lora').fill(address);
      await page.locator('#a-lora').blur();
      await reads(page.locator('#a-lora-error'), /must begin with https/);
      await page.getByRole('button', { name: 'Save' }).click();
      assert.match(page.url(), /avatars\/new$/, 'it is not saved like that');
    }
    await page.locator('#a-lora').fill('http://example.org/a.safetensors');
    await page.locator('#a-lora-error .fix').click();
    assert.equal(await page.locator('#a-lora').inputValue(), 'https://example.org/a.safetensors');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('#make').waitFor();
    await page.getByRole('link', { name: 'Avatars' }).first().click();
    await reads(cards(page).nth(2), /Anna[^]*Ready/);

    await page.getByRole('button', { name: 'Duplicate Anna' }).click();
    await reads(cards(page).nth(3), /Anna, copy/);
    await page.getByRole('button', { name: 'Delete Anna, copy' }).click();
    await eventually(async () => assert.equal(await cards(page).count(), 3));
    await page.getByRole('button', { name: 'Undo' }).click();
    await cards(page).nth(3).waitFor();
    await page.getByRole('button', { name: 'Main avatar: Anna', exact: true }).click();
    await page.getByRole('link', { name: 'Edit Anna', exact: true }).click();
    await page.locator('#a-name').fill('Anna Maria');
    await page.getByRole('button', { name: 'Save' }).click();
    await reads(page.locator('.avatars'), /Anna Maria/);
    await open(page, '/avatars');
    await reads(page.locator('.cards'), /Anna Maria[^]*Anna, copy|Anna, copy[^]*Anna Maria/);
    await open(page);
    await eventually(async () =>
      assert.ok(await page.locator('.avatar', { hasText: 'Anna Maria' }).locator('input').isChecked(), 'the main avatar is chosen'),
    );
  });

  flow(
    'a browser that refuses storage still makes pictures, and says that it keeps nothing',
    async ({ page, sent }) => {
      await page.mouse.move(1, 1);
      await reads(page.locator('.notices'), /Nothing can be stored here/);
      await picture(page, 'at a harbour in the fog');
      assert.equal(sent.length, 1);
      await reads(page.locator('[data-print]'), /Not stored/);
      await page.locator('[data-print] a').click();
      await page.waitForFunction(() => document.querySelector('.viewer__picture')?.naturalWidth > 0);
      await reads(page.locator('dialog.viewer'), /could not store this picture/);
      const { bytes } = await downloaded(page, () => page.locator('dialog.viewer').getByRole('button', { name: 'Download' }).click());
      assert.deepEqual([...bytes.subarray(0, 2)], [0xff, 0xd8]);
      await page.keyboard.press('Escape');
      await page.getByRole('link', { name: 'Settings' }).first().click();
      await reads(page.locator('#main'), /Nothing can be stored here/);
      await choose(page, 'language', 'ru');
      await reads(page.locator('h1'), /Настройки/);
      await page.goBack();
      await prints(page);
    },
    { prepare: (page) => page.addInitScript(refuseStorage) },
  );

  flow(
    'a full disk keeps the picture in sight and says what to do',
    async ({ page, sent }) => {
      await able(page);
      await page.evaluate(() => {
        const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = function (value, key) {
          if (this.name === 'pictures') throw new DOMException('No room', 'QuotaExceededError');
          return put.call(this, value, key);
        };
        window.makeRoom = () => (IDBObjectStore.prototype.put = put);
      });
      await make(page, 'at a harbour');
      await reads(job(page), /storage is full/);
      await reads(page.locator('.notices'), /Storage is full/);
      await page.reload();
      await ready(page);
      await prints(page);
      assert.equal(sent.length, 1, 'what was paid for is fetched once there is room');
    },
  );

  flow('records that cannot be read are set aside, and the rest is there', async ({ page, sent }) => {
    await picture(page, 'at a harbour');
    const [good] = await records(page, 'pictures');
    await putRecord(page, 'pictures', 'bad-1', { id: 7 });
    await putRecord(page, 'pictures', 'bad-2', 'nothing');
    await putRecord(page, 'pictures', 'no-file-0', { ...good, id: 'no-file-0' });
    await putRecord(page, 'avatars', 'bad', null);
    await putRecord(page, 'avatars', 'other', { id: 'other', name: 'X', kind: 'unheard-of' });
    await putRecord(page, 'jobs', 'bad', { state: 'nowhere' });
    await putRecord(page, 'files', good.id, 'no longer a file');
    await page.reload();
    await ready(page);
    await reads(page.locator('.toast__text'), /damaged/);
    await page.locator('[data-print]').nth(1).waitFor();
    await reads(page.locator('[data-print="no-file-0"]'), /missing/);
    await make(page, 'on a mountain');
    await eventually(async () => assert.equal((await records(page, 'pictures')).length, 5, 'what cannot be read is left where it lies'));
    assert.equal(sent.length, 2);
  });

  flow(
    'settings in the browser that make no sense do not stop the app',
    async ({ page }) => {
      await able(page);
      await picture(page, 'at a harbour');
    },
    {
      prepare: (page) =>
        page.addInitScript(() => {
          if (sessionStorage.getItem('once')) return;
          sessionStorage.setItem('once', 'yes');
          localStorage.setItem('likeness.draft', '{"prompt": 7, "overr');
          localStorage.setItem('likeness.theme', 'purple');
          localStorage.setItem('likeness.language', '🙂');
          localStorage.setItem('likeness.main-avatar', '<b>');
        }),
    },
  );

  flow('the viewer gives the settings back with the seed, and the file as it was received', async ({ page, sent }) => {
    let received;
    await page.route('**/demo/media/**', async (route) => {
      const response = await route.fetch();
      received = await response.body();
      await route.fulfill({ response });
    });
    await able(page);
    await choose(page, 'preset', 'portrait');
    await details(page);
    await page.locator('#guidance_scale').fill('4.2');
    await page.locator('#seed').fill('9007199254740993');
    await picture(page, 'at a harbour in the fog');
    await page.locator('#seed').fill('');
    await choose(page, 'preset', 'fast');
    await page.locator('#prompt').fill('something else');

    await page.locator('[data-print] a').click();
    await reads(page.locator('.facts'), /Portrait[^]*9007199254740993/);
    const { name, bytes } = await downloaded(page, () => page.getByRole('button', { name: 'Download' }).click());
    assert.match(name, /^vera-\d{4}-\d\d-\d\d-portrait-0\.jpg$/);
    assert.ok(bytes.equals(received), 'to the byte');

    await page.getByRole('button', { name: 'Same variant' }).click();
    await page.locator('dialog.viewer:not([open])').waitFor({ state: 'attached' });
    await details(page);
    assert.equal(await page.locator('#prompt').inputValue(), 'at a harbour in the fog');
    assert.ok(await page.locator('input[name="preset"][value="portrait"]').isChecked());
    assert.equal(await page.locator('#seed').inputValue(), '9007199254740993');
    assert.equal(await page.locator('#guidance_scale').inputValue(), '4.2');
    await make(page);
    await prints(page, 2);
    assert.equal(sent[1].text, sent[0].text);
  });

  flow('a deleted picture comes back by one press, and is gone for good without it', async ({ page }) => {
    await picture(page, 'at a harbour');
    const remove = async () => {
      await page.locator('[data-print] a').click();
      await page.locator('dialog.viewer').getByRole('button', { name: 'Delete' }).click();
      await eventually(async () => assert.equal(await page.locator('[data-print]').count(), 0));
    };
    await remove();
    await page.getByRole('button', { name: 'Undo' }).click();
    await prints(page);
    await page.reload();
    await prints(page);
    await remove();
    await eventually(async () => assert.equal((await records(page, 'files')).length, 0));
    assert.equal((await records(page, 'pictures')).length, 0);
    await page.reload();
    await ready(page);
    assert.equal(await page.locator('[data-print]').count(), 0);
  });

  flow('everything is exported as one zip, with the pictures to the byte', async ({ page }) => {
    let received;
    await page.route('**/demo/media/**', async (route) => {
      const response = await route.fetch();
      received = await response.body();
      await route.fulfill({ response });
    });
    await able(page);
    await picture(page, 'at a harbour in the fog');
    await page.getByRole('link', { name: 'Settings' }).first().click();
    const { name, bytes } = await downloaded(page, () => page.getByRole('button', { name: 'Export' }).click());
    assert.match(name, /^likeness-\d{4}-\d\d-\d\d\.zip$/);
    const files = unzipped(bytes);
    const [id] = (await records(page, 'pictures')).map((record) => record.id);
    assert.deepEqual([...files.keys()], ['avatars.json', 'settings.json', 'pictures.json', `pictures/${id}.jpg`]);
    assert.ok(files.get(`pictures/${id}.jpg`).equals(received), 'to the byte');
    assert.equal(JSON.parse(files.get('avatars.json')).avatars.length, 2);
    assert.equal(JSON.parse(files.get('pictures.json'))[0].order.avatar_name, 'Vera');
    assert.equal(JSON.parse(files.get('settings.json')).draft.prompt, 'at a harbour in the fog');
  });

  flow('erasing asks first, and then leaves nothing', async ({ page }) => {
    await picture(page, 'at a harbour');
    await open(page, '/settings');
    await page.getByRole('button', { name: 'Erase' }).first().click();
    await page.getByRole('button', { name: 'Keep all' }).click();
    assert.equal((await records(page, 'pictures')).length, 1);
    await page.getByRole('button', { name: 'Erase' }).first().click();
    await Promise.all([page.waitForURL('**/'), page.locator('dialog[open]').getByRole('button', { name: 'Erase' }).click()]);
    await ready(page);
    assert.equal(await page.locator('[data-print]').count(), 0);
    for (const table of ['pictures', 'files', 'thumbnails', 'jobs']) assert.equal((await records(page, table)).length, 0, table);
  });
});
