// How it looks and reads: for everyone, on a phone, in Russian.

import assert from 'node:assert/strict';
import { barriers, overflow } from './support/looking.mjs';
import { FAILED_LOAD, able, answerOrders, choose, details, eventually, flows, job, make, open, openWithoutApp, picture, prints, reads, ready, settled } from './support/studio.mjs';

const PAGES = ['/', '/pictures', '/avatars', '/avatars/new', '/settings', '/help', '/check', '/about', '/more', '/nothing-here'];
const PHONES = { 390: { width: 390, height: 844 }, 320: { width: 320, height: 640 } };

const SCREENS = { wide: {}, phone: { viewport: PHONES[390], hasTouch: true, isMobile: true } };

flows('for everyone', {}, (flow) => {
  for (const [colorScheme, screen] of ['dark', 'light'].flatMap((theme) => Object.keys(SCREENS).map((screen) => [theme, screen]))) {
    flow(
      `no page has a barrier, ${colorScheme}, ${screen}`,
      async ({ page }) => {
        const found = {};
        const look = async (name) => {
          const list = await barriers(page);
          if (list.length) found[name] = list;
        };
        await picture(page, 'at a harbour in the fog');
        await look('studio with a picture');
        await details(page);
        await page.locator('#inspector > summary').click();
        await page.locator('#num_inference_steps').fill('51');
        await look('studio with a mistake');
        await page.locator('[data-print] a').click();
        await page.waitForFunction(() => document.querySelector('.viewer__picture')?.complete);
        await look('viewer');
        for (const path of PAGES) {
          await page.goto(path);
          await settled(page);
          await look(path);
        }
        assert.deepEqual(found, {});
      },
      { colorScheme, ...SCREENS[screen], expected: [FAILED_LOAD] },
    );

    flow(
      `no card of a run has a barrier, ${colorScheme}, ${screen}`,
      async ({ page }) => {
        const found = {};
        const look = async (name) => {
          const list = await barriers(page);
          if (list.length) found[name] = list;
        };
        await able(page);
        await look('newcomer');
        const answers = [
          ['failed', (route) => route.fulfill({ status: 402, contentType: 'application/json', body: '{"detail":"x"}' })],
          ['unknown', (route) => route.abort()],
        ];
        let answer;
        await answerOrders(page, (route) => answer(route));
        for (const [state, how] of answers) {
          answer = how;
          await make(page);
          await job(page, state).waitFor();
          await look(state);
        }
        assert.deepEqual(found, {});
      },
      { colorScheme, ...SCREENS[screen], expected: [FAILED_LOAD] },
    );
  }

  flow('every page has one heading, one main part, and a title of its own', async ({ page }) => {
    const titles = new Set();
    for (const path of PAGES) {
      await page.goto(path);
      await settled(page);
      assert.equal(await page.locator('h1').count(), 1, path);
      assert.equal(await page.locator('main').count(), 1, path);
      titles.add(await page.title());
    }
    assert.equal(titles.size, PAGES.length);
  }, { expected: [FAILED_LOAD] });

  flow('in the viewer the keyboard stays where it is from picture to picture, and is not lost with a deleted one', async ({ page }) => {
    await able(page);
    await details(page);
    await choose(page, 'num_images', '3');
    await make(page, 'at a harbour');
    await prints(page, 3);
    await page.locator('[data-print] a').first().focus();
    await page.keyboard.press('Enter');
    const shown = () => page.evaluate(() => document.querySelector('.viewer__picture')?.src);
    const held = () => page.evaluate(() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent);
    const step = async (key) => {
      const before = await shown();
      await page.keyboard.press(key);
      await eventually(async () => assert.ok((await shown()) && (await shown()) !== before));
    };
    await eventually(async () => assert.equal(await held(), 'Close'));
    await step('ArrowRight');
    await step('ArrowRight');
    assert.equal(await held(), 'Close');
    await page.locator('.viewer__previous').focus();
    await step('Enter');
    assert.equal(await held(), 'Previous picture');
    await step('Enter');
    assert.equal(await held(), 'Previous picture');
    await page.locator('.viewer__actions .icon-button').focus();
    await page.keyboard.press('Enter');
    await prints(page, 2);
    await eventually(async () => assert.equal(await page.locator('dialog[open]').count(), 0));
    await eventually(async () => assert.notEqual(await page.evaluate(() => document.activeElement.tagName), 'BODY'));
    await page.getByRole('button', { name: 'Undo' }).press('Enter');
    await prints(page, 3);
    await eventually(async () => assert.match(await page.evaluate(() => document.activeElement.id), /^print-/, 'the keyboard is on the picture that is back'));
  });

  flow('the self-check finds nothing wrong', async ({ page, sent }) => {
    await open(page, '/check');
    await reads(page.locator('.checks__sum'), /^\s*(\d+) of \1 passed/);
    assert.equal(await page.locator('.check:not([data-result="pass"])').count(), 0);
    const count = await page.locator('.check').count();
    assert.ok(count >= 8 + 8 + 3 + 3 + 2, `${count} checks`);
    await page.getByRole('button', { name: 'Run again' }).click();
    await reads(page.locator('.checks__sum'), new RegExp(`^\\s*${count} of ${count} passed`));
    assert.equal(sent.length, 0, 'it spends nothing');
  });

  flow('the theme is kept, and comes without a flash', async ({ page }) => {
    await open(page, '/settings');
    await choose(page, 'theme', 'light');
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await eventually(async () => assert.equal(await page.locator('html').getAttribute('data-theme'), 'light'));
    const light = await background();
    const release = await openWithoutApp(page, '/settings');
    assert.equal(await page.locator('html').getAttribute('data-theme'), 'light');
    assert.equal(await background(), light);
    release();
    await ready(page);
    assert.equal(await page.locator('html').getAttribute('data-theme'), 'light');
  });

  flow('back and forward go through the pages', async ({ page }) => {
    const bar = page.getByRole('navigation', { name: 'Main' });
    for (const name of ['Pictures', 'Avatars', 'Help', 'Settings']) {
      await bar.getByRole('link', { name }).click();
      await reads(page.locator('h1'), new RegExp(name));
      assert.equal(await bar.locator('[aria-current="page"]').innerText(), name);
    }
    await page.goBack();
    await reads(page.locator('h1'), /Help/);
    await page.goForward();
    await reads(page.locator('h1'), /Settings/);
  });
});

flows('on a phone', {}, (flow) => {
  for (const [width, viewport] of Object.entries(PHONES)) {
    const phone = { viewport, hasTouch: true, isMobile: true };
    flow(
      `nothing is wider than ${width} pixels`,
      async ({ page }) => {
        const wide = {};
        const look = async (name) => {
          const list = await overflow(page);
          if (list.length) wide[name] = list;
        };
        await picture(page, 'at_a_harbour_'.repeat(40));
        await details(page);
        await page.locator('#inspector > summary').click();
        await page.locator('#num_inference_steps').fill('51');
        await look('studio');
        await page.locator('[data-print] a').click();
        await page.waitForFunction(() => document.querySelector('.viewer__picture')?.complete);
        await look('viewer');
        for (const path of PAGES) {
          await page.goto(path);
          await settled(page);
          await look(path);
        }
        assert.deepEqual(wide, {});
      },
      { ...phone, expected: [FAILED_LOAD] },
    );

    flow(
      `the button is always at hand and the tabs lead everywhere, ${width} pixels`,
      async ({ page }) => {
        await able(page);
        const inSight = async (selector) => {
          const box = await page.locator(selector).boundingBox();
          assert.ok(box && box.y >= 0 && box.y + box.height <= viewport.height + 0.5, `${selector} is in sight`);
          // Nothing lies over it.
          const on = await page.evaluate(
            ([x, y, selector]) => document.elementFromPoint(x, y)?.closest(selector) !== null,
            [box.x + box.width / 2, box.y + box.height / 2, selector],
          );
          assert.ok(on, `${selector} can be touched`);
        };
        await inSight('#make');
        await inSight('.tabs');
        await details(page);
        await page.locator('#seed').scrollIntoViewIfNeeded();
        await inSight('#make');
        await inSight('.tabs');
        await page.locator('#make').tap();
        await prints(page);
        const tabs = page.locator('.tabs');
        for (const [name, heading] of [['Pictures', 'Pictures'], ['Avatars', 'Avatars'], ['More', 'More']]) {
          await tabs.getByRole('link', { name }).tap();
          await reads(page.locator('h1'), new RegExp(heading));
          assert.equal(await page.evaluate(() => scrollY), 0, 'a page begins at its top');
        }
        for (const name of ['Help', 'Settings', 'Self-check', 'About']) {
          await tabs.getByRole('link', { name: 'More' }).tap();
          await page.locator('.menu').getByRole('link', { name }).tap();
          await reads(page.locator('h1'), /\w/);
        }
        await tabs.getByRole('link', { name: 'Create' }).tap();
        await page.locator('#make').waitFor();
      },
      phone,
    );
  }
});

flows('in Russian', {}, (flow) => {
  /** Names and units, which are the same in every language, and values as they stand in a request. */
  const NAMES = new Set(
    `Likeness Telegram fal.ai FAL FLUX LoRA Ultra JPEG PNG JSON API ID id finetune https curl POST EN RU English dev pro Ctrl Enter Esc Tab MIT OR Apache zip safetensors
    TOK seed raw trigger word phrase ARTST Vera Ink ash true false jpeg png none regular square`.split(/\s+/),
  );
  /** Quotations, keys, addresses, and the numbers of cases. */
  const CODE = /[«„“][^»“”]*[»“”]|\b\w+(?:_\w+)+\b|\bfal-ai\/\S+|https?:\/\/\S+|\b[APX]\d+\b/g;
  /** Where a person's own words, names and code stand. */
  const OWN = `code, pre, kbd, samp, script, style, textarea, [lang="en"], .avatar__name, .card__name, .print, .sent__text, .prompt__chip, .viewer__prompt`;

  /** Latin words in what a person sees or hears. */
  const latin = async (page) => {
    const texts = await page.evaluate((own) => {
      const found = [document.title];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (!node.parentElement.closest(own)) found.push(node.data);
      }
      for (const element of document.querySelectorAll('[aria-label], [placeholder], [title]')) {
        if (element.closest(own) && !element.matches('textarea')) continue;
        for (const name of ['aria-label', 'placeholder', 'title']) found.push(element.getAttribute(name) ?? '');
      }
      return found;
    }, OWN);
    const words = texts.flatMap((text) => text.replaceAll(CODE, ' ').match(/[A-Za-z](?:[A-Za-z.-]*[A-Za-z])?/g) ?? []);
    return [...new Set(words)].filter((word) => !NAMES.has(word));
  };

  flow(
    'every page speaks Russian',
    async ({ page }) => {
      const foreign = {};
      const look = async (name) => {
        const list = await latin(page);
        if (list.length) foreign[name] = list;
      };
      await able(page);
      assert.equal(await page.locator('html').getAttribute('lang'), 'ru');
      await look('newcomer');
      await picture(page, 'у гавани в тумане');
      await details(page);
      await page.locator('#inspector > summary').click();
      await page.locator('#num_inference_steps').fill('51');
      await look('studio');
      await page.locator('#num_inference_steps').fill('');
      await page.locator('[data-print] a').click();
      await look('viewer');
      await page.keyboard.press('Escape');
      await choose(page, 'avatar', 'demo-ink');
      await choose(page, 'preset', 'ultra');
      await look('studio on Ultra');
      for (const path of PAGES) {
        await page.goto(path);
        await settled(page);
        await look(path);
      }
      assert.deepEqual(foreign, {});
    },
    { locale: 'ru-RU', expected: [FAILED_LOAD] },
  );

  flow(
    'the skeleton speaks Russian before the app is there',
    async ({ page }) => {
      const release = await openWithoutApp(page);
      await reads(page.locator('#skeleton h2').first(), /Кто/);
      assert.equal(await page.locator('#skeleton #prompt').getAttribute('placeholder'), 'место, одежда, свет, настроение');
      release();
      await ready(page);
    },
    { path: null, locale: 'ru-RU' },
  );

  flow('the language changes at once, keeps what was typed, and is remembered', async ({ page }) => {
    await able(page);
    await page.locator('#prompt').fill('at a harbour');
    await page.locator('#speak-ru').click();
    await reads(page.locator('#make'), /Сделать 1 снимок|1 снимок/);
    await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement.id), 'speak-ru', 'the keyboard stays where it was'));
    assert.equal(await page.locator('#prompt').inputValue(), 'at a harbour');
    await page.reload();
    await ready(page);
    await reads(page.locator('.bar__nav'), /Создать/);
    await page.locator('#speak-en').click();
    await reads(page.locator('.bar__nav'), /Create/);
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  });

  flow(
    'counts follow the rules of Russian',
    async ({ page }) => {
      await able(page);
      await details(page);
      for (const [count, words] of [['1', /1 снимок/], ['2', /2 снимка/], ['4', /4 снимка/]]) {
        await choose(page, 'num_images', count);
        await reads(page.locator('#make'), words);
      }
      await eventually(async () => assert.equal(await page.locator('.job').count(), 0));
    },
    { locale: 'ru-RU' },
  );
});
