// A page that the browser translates: what it says of what will be sent and paid stays true, and the app goes on.

import assert from 'node:assert/strict';
import { ARTISTIC, PORTRAIT, able, answerOrders, asLive, choose, details, eventually, flows, job, make, open, prints, reads } from './support/studio.mjs';
import { translate } from './support/translator.mjs';

const texts = (page, selector) => page.locator(selector).first().evaluate((element) => element.textContent.replaceAll('\u00A0', ' '));
/** What is shown of what will be sent, without its label. */
const preview = async (page) => (await page.locator('#sent > span:not(.sent__label)').evaluateAll((spans) => spans.map((span) => span.textContent))).join('').replaceAll(/[«»]/g, '');
const plain = (text) => text.replaceAll(/[«»]/g, '');

for (const isRude of [false, true]) {
  const kind = isRude ? 'a translator that takes every text' : 'a translator';
  const prepare = (page) => translate(page, { isRude });

  flows(`a page under ${kind}`, {}, (flow) => {
    flow('what the button says is what is sent, whatever is changed', async ({ page, sent }) => {
      await able(page);
      assert.ok(await page.locator('font').count(), 'the page is translated');
      await details(page);
      const orders = [
        ['at a harbour', '1', PORTRAIT, 'balanced'],
        ['on a mountain', '4', PORTRAIT, 'fast'],
        ['a village under snow', '2', ARTISTIC, 'quality'],
        ['a photo of a man in armor', '3', PORTRAIT, 'portrait'],
      ];
      let all = 0;
      for (const [words, count, avatar, preset] of orders) {
        await choose(page, 'avatar', avatar);
        await choose(page, 'preset', preset);
        await page.locator('#prompt').fill(words);
        await page.locator(`input[name="num_images"][value="${count}"]`).check({ force: true });
        await able(page);
        const said = plain(await texts(page, '.go__label'));
        assert.match(said, new RegExp(`^Make ${count} picture`));
        const shown = await preview(page);
        await make(page);
        all += Number(count);
        await prints(page, all);
        const { body } = sent.at(-1);
        assert.equal(body.num_images ?? 1, Number(count), said);
        assert.equal(shown, body.prompt, 'what was shown is what was sent');
      }
      await eventually(async () => assert.equal(plain(await texts(page, '.sheet__count')), '10 pictures'));
    }, { prepare });

    flow('a run is followed to its end, and what it says changes with it', async ({ page }) => {
      const failure = { status: 422, json: { detail: [{ loc: ['body', 'prompt'], msg: 'no', type: 'content_policy_violation' }] } };
      await answerOrders(page, (route) => route.fulfill(failure));
      await make(page, 'at a harbour');
      await job(page, 'failed').waitFor();
      const title = plain(await texts(page, '.job__title'));
      assert.doesNotMatch(title, /queue|Sent/i, 'it says why it failed');
      await page.unroute('**/api/fal/proxy');
      await job(page, 'failed').locator('.icon-button').click();
      await page.locator('.job').waitFor({ state: 'detached' });
      await make(page, 'on a mountain');
      await prints(page);
    }, { prepare, expected: [/Failed to load resource/] });

    flow('the language, the viewer, deleting and undoing work as ever', async ({ page }) => {
      await make(page, 'at a harbour');
      await prints(page);
      await page.locator('[data-print] a').click();
      await page.locator('dialog.viewer[open]').waitFor();
      await page.goBack();
      await eventually(async () => assert.equal(await page.locator('dialog[open]').count(), 0));
      await page.locator('#speak-ru').click();
      await eventually(async () => assert.match(plain(await texts(page, '.go__label')), /^Сделать/));
      await page.locator('[data-print] a').click();
      await page.locator('.viewer__actions .icon-button').click();
      await eventually(async () => assert.equal(await page.locator('[data-print]').count(), 0));
      await page.locator('.toast__action').click();
      await prints(page, 1);
      for (const path of ['/pictures', '/avatars', '/help', '/settings', '/check', '/about']) {
        await open(page, path);
        await page.locator('h1').first().waitFor({ state: 'attached' });
      }
    }, { prepare });

    flow('a price is that of what will be sent', async ({ page }) => {
      await asLive(page);
      await details(page);
      const price = async (count) => {
        await page.locator(`input[name="num_images"][value="${count}"]`).check({ force: true });
        await eventually(async () => assert.match(plain(await texts(page, '.go__label')), new RegExp(`Make ${count} `)));
        return Number(plain(await texts(page, '.go__estimate')).match(/\$([\d.]+)/)[1]);
      };
      await page.locator('#prompt').fill('at a harbour');
      const [one, four] = [await price(1), await price(4)];
      assert.ok(Math.abs(four - 4 * one) < 0.001, `${one} and ${four}`);
      await page.locator('#inspector > summary').click();
      await eventually(async () => assert.match(plain(await texts(page, '#inspector pre')), /"num_images": 4/));
      await price(2);
      await eventually(async () => assert.match(plain(await texts(page, '#inspector pre')), /"num_images": 2/));
      await reads(page.locator('#make-hint'), /Price: /);
    }, { prepare });
  });
}
