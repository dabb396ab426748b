// What the screens say, as they are seen: short buttons, and no word that a newcomer cannot know.

import assert from 'node:assert/strict';
import { ARTISTIC, FAILED_LOAD, able, choose, details, flows, picture, settled } from './support/studio.mjs';

const PAGES = ['/', '/pictures', '/avatars', '/avatars/new', '/settings', '/check', '/about', '/more', '/nothing-here'];
/** The primary button says what it will do and what that costs; rows of a list are no buttons to a reader. */
const BUTTONS = 'button:not(#make, #underway, .go__button, .prompt__chip, .sending__way), a.button';
/** Where technical names stand on purpose, and what is not ours. */
const EXPERTS = '.inspector, code, pre, kbd, [lang="en"], .avatar__name, .card__name, .print, .prompt, .sent, .viewer__prompt, .job__prompt, .job__more';
const RIDDLES = {
  en: /\b(trigger|LoRA|finetune|seed|guidance|tolerance|contact sheet|darkroom|light table|developing|whole screen|TOK)\b/i,
  ru: /триггер|LoRA|finetune|\bseed\b|пресет|зерн|допуск|хозя|контактный лист|вживую|проявля/i,
};

/** Buttons with more than fifteen characters, and texts with a riddle outside of parentheses and quotation marks. */
const faults = (page, language) =>
  page.evaluate(
    ([buttons, experts, source]) => {
      const riddle = new RegExp(source, 'i');
      const isSeen = (element) => element.checkVisibility();
      const long = [...document.querySelectorAll(buttons)].filter(isSeen).map((button) => button.innerText.replace(/\s+/g, ' ').trim());
      const texts = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (isSeen(node.parentElement) && !node.parentElement.closest(`${experts}, script, style`)) texts.push(node.data);
      }
      const plain = (text) => text.replace(/\([^)]*\)|“[^”]*”|«[^»]*»/g, '');
      return [...long.filter((text) => [...text].length > 15), ...texts.filter((text) => riddle.test(plain(text)))];
    },
    [BUTTONS, EXPERTS, RIDDLES[language].source],
  );

flows('Words on the screen', {}, (flow) => {
  for (const language of ['en', 'ru']) {
    flow(
      `buttons are short and nothing is a riddle (${language})`,
      async ({ page }) => {
        const found = {};
        const look = async (name) => {
          const list = await faults(page, language);
          if (list.length) found[name] = list;
        };
        await able(page);
        await look('newcomer');
        await picture(page, 'at a harbour in the fog');
        await details(page);
        await look('studio');
        await page.locator('[data-print] a').click();
        await page.locator('.viewer__picture').waitFor();
        await look('viewer');
        await page.keyboard.press('Escape');
        await choose(page, 'avatar', ARTISTIC);
        await look('studio with a style');
        for (const path of PAGES) {
          await page.goto(path);
          await settled(page);
          await look(path);
        }
        assert.deepEqual(found, {});
      },
      { locale: language === 'ru' ? 'ru-RU' : 'en-US', expected: [FAILED_LOAD] },
    );
  }

  flow(
    'a number keeps the decimal mark of the language in fields, too',
    async ({ page }) => {
      await able(page);
      await details(page);
      const field = page.locator('#guidance_scale');
      assert.equal(await field.inputValue(), '3,5');
      await field.fill('4.2');
      await field.blur();
      assert.equal(await field.inputValue(), '4,2');
      await able(page);
    },
    { locale: 'ru-RU' },
  );
});
