// What lies over a page, the viewer and questions: the way back closes it and leaves the page as it was.

import assert from 'node:assert/strict';
import { NO_AUTOFOCUS } from './support/telegram.mjs';
import { able, choose, details, eventually, flows, open, picture, prints, putRecord, reads, ready, records, make } from './support/studio.mjs';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const pathOf = (page) => new URL(page.url()).pathname;
const viewer = (page) => page.locator('dialog.viewer[open]');
const closed = (page) => eventually(async () => assert.equal(await page.locator('dialog[open]').count(), 0));
const scrolled = (page) => page.evaluate(() => Math.round(scrollY));
const opens = async (page, at = 0) => {
  await page.locator('[data-print] a').nth(at).click();
  await viewer(page).waitFor();
};
const several = async (page) => {
  await details(page);
  await choose(page, 'num_images', '3');
  await make(page, 'at a harbour');
  await prints(page, 3);
};

flows('what lies over a page', {}, (flow) => {
  for (const [kind, settings] of [['wide', {}], ['phone', PHONE]]) {
    flow(`${kind}: the way back closes the viewer and leaves the studio where it was, forward opens it again`, async ({ page }) => {
      await page.locator('#prompt').fill('first');
      await picture(page, 'at a harbour');
      await page.locator('#prompt').fill('something new');
      await page.locator('[data-print] a').first().scrollIntoViewIfNeeded();
      const at = await scrolled(page);
      await opens(page);
      assert.match(pathOf(page), /^\/pictures\/[0-9a-f]+-0$/);
      await page.goBack();
      await closed(page);
      assert.equal(pathOf(page), '/');
      assert.equal(await page.locator('#prompt').inputValue(), 'something new', 'it is the same page');
      assert.equal(await scrolled(page), at);
      await page.goForward();
      await viewer(page).waitFor();
      assert.match(pathOf(page), /^\/pictures\//);
      await page.goBack();
      await closed(page);
    }, { ...settings, expected: [NO_AUTOFOCUS] });
  }

  for (const [kind, settings] of [['wide', {}], ['phone', PHONE]]) {
    flow(`${kind}: a page is found again as far down as it was left: after steps in the viewer, a reload, and another page`, async ({ page }) => {
      await picture(page, 'at a harbour');
      const [one] = await records(page, 'pictures');
      for (let index = 0; index < 130; index += 1) {
        const id = `${index.toString(16).padStart(12, '0')}-0`;
        await putRecord(page, 'pictures', id, { ...one, id, created_at: one.created_at - 4_000_000 * (index + 1) });
      }
      for (const path of ['/', '/pictures']) {
        await open(page, path);
        await eventually(async () => assert.equal(await page.locator('[data-print]').count(), 60));
        // What is laid out only in sight makes the page longer on the way.
        await eventually(async () => assert.equal(await page.evaluate(() => (scrollTo(0, 1500), Math.round(scrollY))), 1500));
        const inSight = () => page.evaluate(() => {
          const isIn = ({ top, bottom }) => top > 120 && bottom < innerHeight - 160;
          [...document.querySelectorAll('[data-print] a')].find((link) => isIn(link.getBoundingClientRect())).click();
        });
        const isBack = (what) => eventually(async () => {
          assert.equal(await page.locator('dialog[open]').count(), 0);
          assert.equal(pathOf(page), path);
          assert.equal(await scrolled(page), 1500, `${what}, ${path}`);
        });
        await inSight();
        await viewer(page).waitFor();
        for (let step = 0; step < 30; step += 1) await page.keyboard.press('ArrowRight');
        await page.goBack();
        await isBack('after steps');
        await inSight();
        await viewer(page).waitFor();
        await page.reload();
        await viewer(page).waitFor();
        await page.goBack();
        await isBack('after a reload in the viewer');
        await page.waitForTimeout(600);
        await page.reload();
        await isBack('after a reload');
        await page.locator('.bar__link[href="/help"], .tabs__link[href="/more"]').locator('visible=true').click();
        await eventually(async () => assert.equal(await scrolled(page), 0));
        await page.goBack();
        await isBack('after another page');
      }
    }, { ...settings, expected: [NO_AUTOFOCUS] });
  }

  flow('closing the viewer by its button or by Escape leaves nothing behind in the history', async ({ page }) => {
    await several(page);
    await page.getByRole('link', { name: 'Pictures', exact: true }).first().click();
    await prints(page, 3);
    for (const close of [() => page.locator('.viewer__close').click(), () => page.keyboard.press('Escape')]) {
      await opens(page);
      const first = pathOf(page);
      await page.keyboard.press('ArrowRight');
      await eventually(() => assert.notEqual(pathOf(page), first, 'the address is that of the picture'));
      await close();
      await closed(page);
      await eventually(() => assert.equal(pathOf(page), '/pictures'));
    }
    await page.goBack();
    assert.equal(pathOf(page), '/');
    await able(page);
  });

  flow('a picture has an address, which opens it over all the others', async ({ page }) => {
    await several(page);
    const address = await page.locator('[data-print] a').nth(1).getAttribute('href');
    const other = await page.context().newPage();
    await other.goto(address);
    await viewer(other).waitFor();
    await other.waitForFunction(() => document.querySelector('.viewer__picture')?.naturalWidth > 0);
    await reads(other.locator('h1'), /Pictures/);
    await other.reload();
    await viewer(other).waitFor();
    assert.equal(pathOf(other), address);
    await other.locator('.viewer__close').click();
    await closed(other);
    await eventually(() => assert.equal(pathOf(other), '/pictures'));
    await prints(other, 3);
  });

  flow('after a reload a picture that was opened in the studio closes to all pictures, and the studio is one step back', async ({ page }) => {
    await picture(page, 'at a harbour');
    await opens(page);
    await page.reload();
    await viewer(page).waitFor();
    await page.keyboard.press('Escape');
    await closed(page);
    await eventually(() => assert.equal(pathOf(page), '/pictures'));
    await page.goBack();
    await able(page);
    assert.equal(pathOf(page), '/');
  });

  flow('an address of a picture that is not here says so and shows those that are', async ({ page }) => {
    await picture(page, 'at a harbour');
    await open(page, '/pictures/0123456789ab-0');
    await reads(page.locator('.toasts'), /not in this browser/);
    assert.equal(pathOf(page), '/pictures');
    await prints(page, 1);
    assert.equal(await page.locator('dialog[open]').count(), 0);
  });

  flow('a deleted picture closes the viewer where it was opened, and its undo brings it back', async ({ page }) => {
    await picture(page, 'at a harbour');
    await opens(page);
    await page.locator('.viewer__actions .icon-button').click();
    await closed(page);
    await eventually(() => assert.equal(pathOf(page), '/'));
    await page.getByRole('button', { name: 'Undo' }).click();
    await prints(page, 1);
    assert.doesNotMatch(await page.locator('.toasts').innerText(), /not in this browser/);
  });

  flow('the settings of a picture lead to the studio, and back to the pictures', async ({ page }) => {
    await picture(page, 'at a harbour');
    await page.locator('#prompt').fill('');
    await page.getByRole('link', { name: 'Pictures', exact: true }).first().click();
    await prints(page, 1);
    await opens(page);
    await page.getByRole('button', { name: 'Use settings' }).click();
    await eventually(() => assert.equal(pathOf(page), '/'));
    await closed(page);
    assert.equal(await page.locator('#prompt').inputValue(), 'at a harbour');
    await page.goBack();
    await eventually(() => assert.equal(pathOf(page), '/pictures'));
    await closed(page);
  });

  for (const [kind, settings] of [['wide', {}], ['phone', PHONE]]) {
    flow(`${kind}: the way back answers a question with no`, async ({ page }) => {
      await picture(page, 'at a harbour');
      await open(page, '/settings');
      const ask = () => page.getByRole('button', { name: 'Erase' }).first().click();
      const question = page.locator('dialog.dialog[open]');
      await ask();
      await question.waitFor();
      await page.goBack();
      await closed(page);
      assert.equal(pathOf(page), '/settings');
      await ask();
      await question.waitFor();
      await page.keyboard.press('Escape');
      await closed(page);
      await ask();
      await question.waitFor();
      await page.reload();
      await ready(page);
      assert.equal(await page.locator('dialog[open]').count(), 0, 'a question does not outlast its page');
      assert.equal(pathOf(page), '/settings');
      await page.goBack();
      await eventually(() => assert.equal(pathOf(page), '/'));
      await prints(page, 1);
    }, { ...settings, expected: [NO_AUTOFOCUS] });
  }

  flow('a picture is an ordinary link for a new tab', async ({ page }) => {
    await picture(page, 'at a harbour');
    const [other] = await Promise.all([
      page.context().waitForEvent('page'),
      page.locator('[data-print] a').click({ modifiers: ['ControlOrMeta'] }),
    ]);
    await viewer(other).waitFor();
    assert.equal(await page.locator('dialog[open]').count(), 0);
    assert.equal(pathOf(page), '/');
  });
});
