// What one needs is within reach whatever is left of the window.

import assert from 'node:assert/strict';
import { NO_AUTOFOCUS } from './support/telegram.mjs';
import { able, eventually, flows, open, picture, putRecord, records, reads, settled } from './support/studio.mjs';

const phone = (width, height) => ({ viewport: { width, height }, hasTouch: true, isMobile: true });

/** Which of these elements cannot be pressed, because they are out of the window (above `bottom`) or behind something else. */
const unreachable = (page, selectors, bottom) =>
  page.evaluate(
    ([selectors, bottom]) =>
      selectors.flatMap((selector) => {
        const shown = [...document.querySelectorAll(selector)].filter((element) => element.offsetParent ?? element.getClientRects().length);
        if (!shown.length) return [`${selector}: none`];
        return shown.flatMap((element) => {
          const { left, right, top, bottom: end } = element.getBoundingClientRect();
          const hit = document.elementFromPoint((left + right) / 2, (top + end) / 2);
          const isIn = left >= 0 && top >= 0 && right <= innerWidth + 0.5 && end <= (bottom ?? innerHeight) + 0.5;
          return isIn && element.contains(hit) ? [] : [`${selector} ${element.textContent.trim()}: ${[left, top, right, end].map(Math.round)}`];
        });
      }),
    [selectors, bottom],
  );
const NAVIGATION = '.tabs__link, .bar__link';

flows('a window with little room', {}, (flow) => {
  for (const [name, settings] of [
    ['a phone', phone(390, 844)],
    ['a phone with its keyboard open', phone(390, 420)],
    ['a phone that lies', phone(844, 390)],
    ['a large phone that lies', phone(932, 430)],
    ['a zoom of 200 %', { viewport: { width: 720, height: 450 } }],
    ['a zoom of 400 %', { viewport: { width: 360, height: 225 } }],
    ['a low wide window', { viewport: { width: 1280, height: 420 } }],
  ]) {
    flow(`${name}: the button and the ways to the other pages can be pressed wherever one has scrolled to`, async ({ page }) => {
      await picture(page, 'at a harbour');
      for (const y of [0, 300, 100_000]) {
        await page.evaluate((y) => scrollTo(0, y), y);
        await eventually(async () => assert.deepEqual(await unreachable(page, ['#make', NAVIGATION]), [], `at ${y}`));
      }
      await page.evaluate(() => scrollTo(0, 0));
      await page.locator('#prompt').fill('');
      await page.locator('#reasons').waitFor();
      await eventually(async () => assert.deepEqual(await unreachable(page, ['#make', '#reasons a', NAVIGATION]), []));
      for (const path of ['/pictures', '/help', '/settings']) {
        await open(page, path);
        await settled(page);
        await page.evaluate(() => scrollTo(0, 500));
        await eventually(async () => assert.deepEqual(await unreachable(page, [NAVIGATION]), [], path));
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(over <= 0, `nothing hangs over the side of ${path}`);
      }
    }, { ...settings, expected: [NO_AUTOFOCUS] });
  }

  for (const [name, viewport, locale] of [['a wide screen', { width: 1440, height: 900 }, 'en-US'], ['a small laptop', { width: 1280, height: 720 }, 'ru-RU'], ['a narrow one', { width: 900, height: 700 }, 'ru-RU']]) {
    flow(`${name}: the price can be read to its last line, whatever is said above the page`, async ({ page }) => {
      await picture(page, 'at a harbour');
      const hint = async () => {
        const { y, height } = await page.locator('#make-hint').boundingBox();
        return y + height;
      };
      const isRead = (what) => eventually(async () => assert.ok((await hint()) <= viewport.height, `${what}: ${await hint()}`));
      await isRead('nothing');
      // As long as the longest that there is, in several lines, and a form below it that scrolls away.
      await page.route('**/api/v1/config', async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, json: { ...(await response.json()), access: 'password' } });
      });
      await page.addInitScript(() => Object.defineProperty(window, 'indexedDB', { get: () => undefined }));
      await page.reload();
      await page.locator('.notices .notice').waitFor();
      await page.locator('.sign-in').waitFor();
      await isRead('two notices');
      await page.evaluate(() => document.querySelector('.notice__text').append(' and more'.repeat(60)));
      await isRead('a long notice');
      await page.evaluate(() => document.querySelectorAll('.notices .notice').forEach((notice) => notice.remove()));
      await isRead('none again');
      await page.evaluate(() => scrollTo(0, 1000));
      await isRead('scrolled');
    }, { viewport, locale });
  }

  flow('a keyboard that lies over the page covers neither the button nor the ways to other pages', async ({ page }) => {
    await able(page);
    await page.locator('#prompt').focus();
    await page.evaluate(() => {
      Object.defineProperty(visualViewport, 'height', { get: () => 500, configurable: true });
      visualViewport.dispatchEvent(new Event('resize'));
    });
    await eventually(async () => assert.deepEqual(await unreachable(page, ['#make', NAVIGATION], 500), []));
    await page.evaluate(() => {
      delete visualViewport.height;
      visualViewport.dispatchEvent(new Event('resize'));
    });
    await eventually(async () => assert.ok((await page.locator('.tabs').boundingBox()).y > 700, 'they are back at the edge'));
  }, phone(390, 844));

  flow('what this is can be read from every page', async ({ page }) => {
    for (const path of ['/', '/pictures', '/avatars', '/avatars/new', '/help', '/settings', '/check']) {
      await open(page, path);
      await settled(page);
      await page.getByRole('link', { name: 'About Likeness' }).first().click();
      await reads(page.locator('h1'), /About Likeness/);
    }
  });

  flow('on a phone what this is can be read from every page', async ({ page }) => {
    for (const path of ['/', '/pictures', '/help']) {
      await open(page, path);
      await settled(page);
      await page.getByRole('link', { name: 'More' }).click();
      await page.getByRole('link', { name: 'About', exact: true }).click();
      await reads(page.locator('h1'), /About Likeness/);
    }
  }, phone(390, 844));

  flow('on a phone the cells of a table stand under each other with their headings', async ({ page }) => {
    await open(page, '/help');
    await settled(page);
    for (const table of await page.locator('.table').all()) {
      const { over, heads } = await table.evaluate((table) => ({
        over: table.parentElement.scrollWidth - table.parentElement.clientWidth,
        heads: [...table.querySelectorAll('td')].every((cell) => cell.dataset.head),
      }));
      assert.ok(over <= 0 && heads, 'nothing is scrolled sideways');
    }
    await page.getByRole('table').first().waitFor();
    await page.getByRole('columnheader').first().waitFor({ state: 'attached' });
  }, phone(390, 844));

  flow('a scrollbar that comes moves nothing sideways', async ({ page }) => {
    await open(page, '/about');
    await settled(page);
    const left = () => page.locator('.bar__about').boundingBox().then(({ x }) => x);
    await page.evaluate(() => (document.querySelector('#main').style.display = 'none'));
    const before = await left();
    await page.evaluate(() => document.body.style.minHeight = '5000px');
    assert.equal(await left(), before);
  });

  flow('the count of a day is that of the day, also where not all of it is laid out', async ({ page }) => {
    await picture(page, 'at a harbour');
    const [one] = await records(page, 'pictures');
    for (let index = 0; index < 64; index += 1) {
      await putRecord(page, 'pictures', `copy${index}-0`, { ...one, id: `copy${index}-0`, created_at: one.created_at - 1 - index });
    }
    await open(page, '/pictures');
    await eventually(async () => assert.equal(await page.locator('[data-print]').count(), 60));
    const counts = (await page.locator('.day__count').allInnerTexts()).map((text) => parseInt(text, 10));
    assert.equal(counts.reduce((sum, count) => sum + count), 65);
  });

  flow('each button that is an icon has a name and a tooltip', async ({ page }) => {
    await picture(page, 'at a harbour');
    await page.locator('#details > summary').click();
    await page.locator('#seed').waitFor();
    const bare = () =>
      page.locator('.icon-button').evaluateAll((buttons) =>
        buttons.filter((button) => !button.title || !button.getAttribute('aria-label')).map((button) => button.outerHTML.slice(0, 200)),
      );
    assert.deepEqual(await bare(), []);
    await page.locator('[data-print] a').click();
    await page.locator('dialog.viewer[open]').waitFor();
    assert.deepEqual(await bare(), []);
    await page.keyboard.press('Escape');
    // On its way back the browser opens nothing else.
    await eventually(async () => assert.equal(new URL(page.url()).pathname, '/'));
    for (const path of ['/avatars', '/pictures', '/settings']) {
      await open(page, path);
      await settled(page);
      assert.deepEqual(await bare(), [], path);
    }
  });
});
