// How it shows itself: the viewer and Back, on a phone, in Russian, translated by the browser, and checking itself.

import assert from 'node:assert/strict';
import { ALL, FIREFOX, Key, engineFlows } from '../e2e/support/engines.mjs';

/** Wraps every text in elements of its own, now and whenever it changes, as Chrome's translation does; in capitals. */
function translate() {
  const done = new WeakSet();
  const wrap = () => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) texts.push(node);
    for (const text of texts) {
      const parent = text.parentElement;
      if (done.has(text) || !text.data.trim() || parent.closest('[translate="no"], textarea, script, style, svg')) continue;
      const font = document.createElement('font');
      const inner = document.createElement('font');
      inner.textContent = text.data.toUpperCase();
      done.add(inner.firstChild);
      font.append(inner);
      text.replaceWith(font);
    }
  };
  new MutationObserver(wrap).observe(document.body, { subtree: true, childList: true, characterData: true });
  wrap();
}

engineFlows('showing', (flow) => {
  flow('Back closes the viewer and leaves the page where it was', ALL, async ({ page }) => {
    await page.make('at a harbour in the fog');
    await page.prints();
    // What was under way stands above the pictures; they move up when it goes.
    await page.until(async () => assert.equal(await page.count('.job'), 0));
    for (const close of [() => page.back(), () => page.press(Key.ESCAPE)]) {
      await page.click('[data-print] a');
      await page.holds(() => document.querySelector('.viewer__picture')?.naturalWidth > 0);
      assert.match(await page.path(), /^\/pictures\/./, 'a picture has an address');
      await close();
      await page.until(async () => assert.equal(await page.count('dialog[open]'), 0));
      await page.until(async () => assert.equal(await page.path(), '/'));
      await page.prints();
    }
    await page.click('.bar__nav a[href="/help"]');
    await page.until(async () => assert.equal(await page.path(), '/help'));
    await page.back();
    await page.prints();
  });

  flow('a page is found again as far down as it was left, after a reload and after another page', ALL, async ({ page }) => {
    const isDown = () => page.holds(() => Math.abs(scrollY - 700) < 2);
    await page.until(async () => assert.equal(await page.evaluate(() => (scrollTo(0, 700), Math.round(scrollY))), 700));
    // It is noted a moment later.
    await page.holds(() => /^\d+ 700$/.test(history.state));
    await page.reload();
    await isDown();
    await page.click('.bar__nav a[href="/settings"]');
    await page.holds(() => scrollY === 0);
    await page.back();
    await isDown();
  }, { path: '/help' });

  flow(
    'on a phone the button and the tabs are at hand, and nothing is wider than the screen',
    ALL,
    async ({ page, sent }) => {
      const inSight = async (selector) => {
        const { box, isOnTop } = await page.evaluate((selector) => {
          const box = document.querySelector(selector).getBoundingClientRect().toJSON();
          const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
          return { box, isOnTop: top?.closest(selector) !== null };
        }, selector);
        assert.ok(box.y >= 0 && box.bottom <= page.viewport.height + 0.5, `${selector} is in sight: ${JSON.stringify(box)}`);
        assert.ok(isOnTop, `nothing lies over ${selector}`);
      };
      const fits = async (path) => {
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(width <= page.viewport.width, `${path} is ${width} pixels wide`);
      };
      await page.one('.go[data-state="ready"]');
      await inSight('#make');
      await inSight('.tabs');
      await page.make();
      await page.prints();
      assert.equal(sent.length, 1);
      await fits('/');
      for (const path of ['/pictures', '/avatars', '/more']) {
        await page.click(`.tabs a[href="${path}"]`);
        await page.until(async () => assert.equal(await page.path(), path));
        await page.one('#main h1');
        await inSight('.tabs');
        await fits(path);
      }
    },
    { phone: true },
  );

  flow(
    'to a Russian it speaks Russian, and makes a picture',
    FIREFOX,
    async ({ page, sent }) => {
      assert.equal(await page.evaluate(() => document.documentElement.lang), 'ru');
      await page.reads('.bar__nav', /Создать[^]*Аватары[^]*Настройки/);
      await page.make('at a harbour in the fog');
      await page.prints();
      assert.equal(sent.length, 1);
      for (const path of ['/pictures', '/avatars', '/settings', '/help', '/about']) {
        await page.open(path);
        await page.reads('#main h1', /[А-Яа-я]/);
      }
    },
    { locale: 'ru' },
  );

  flow('a page that the browser translates says and sends what it means', FIREFOX, async ({ page, sent }) => {
    await page.one('.go[data-state="ready"]');
    await page.evaluate(translate);
    await page.reads('h2', /[A-Z]{3}/);
    await page.fill('#prompt', 'at a harbour');
    await page.click('#details > summary');
    await page.choose('num_images', '4');
    await page.reads('#make', /\b4\b/);
    await page.until(async () => {
      const preview = await page.text('#sent');
      assert.ok(preview.endsWith('a photo of TOK woman at a harbour'), preview);
    });
    await page.fill('#prompt', 'a castle');
    await page.until(async () => {
      const preview = await page.text('#sent');
      assert.ok(preview.endsWith('a photo of TOK woman, a castle'), preview);
    });
    await page.make();
    await page.prints(4);
    assert.equal(sent.length, 1);
    assert.equal(sent[0].body.num_images, 4);
    assert.equal(sent[0].body.prompt, 'a photo of TOK woman, a castle');
  });

  flow('the self-check finds nothing wrong', ALL, async ({ page, sent }) => {
    await page.until(async () => assert.equal(await page.count('.check[data-result="running"]'), 0));
    const [all, passed] = [await page.count('.check'), await page.count('.check[data-result="pass"]')];
    assert.ok(all > 20, `${all} checks`);
    assert.equal(passed, all, await page.text('.check:not([data-result="pass"])'));
    assert.equal(sent.length, 0, 'it spends nothing');
  }, { path: '/check' });

  flow('what will be sent shows the origin of every part by a line', ALL, async ({ page }) => {
    await page.fill('#prompt', 'at a harbour');
    await page.one('.sent__span[data-origin="avatar"]');
    for (const origin of ['avatar', 'you']) {
      const line = await page.evaluate((origin) => {
        const { textDecorationLine } = getComputedStyle(document.querySelector(`.sent__span[data-origin="${origin}"]`));
        return textDecorationLine;
      }, origin);
      assert.equal(line, 'underline', origin);
    }
  });
});
