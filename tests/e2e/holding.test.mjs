// Orders that wait for the network: their order, taking them back, and what happens if their price changes meanwhile.

import assert from 'node:assert/strict';
import { FAILED_LOAD, asLive, eventually, flows, job, make, orderOf, prints, reads, ready, records } from './support/studio.mjs';

const waiting = (page) => page.locator('.job[data-state="waiting"]');

/** Orders each of these without a network. */
async function hold(page, ...words) {
  await page.context().setOffline(true);
  await reads(page.locator('.notices'), /You are offline/);
  for (const [count, each] of words.entries()) {
    // A second press within half a second would count as a double click.
    if (count > 0) await page.waitForTimeout(600);
    await make(page, each);
    await eventually(async () => assert.equal(await waiting(page).count(), count + 1));
  }
}

flows('orders that wait for the network', {}, (flow) => {
  flow(
    'are moved and taken back by the keyboard, and leave in the order shown',
    async ({ page, sent }) => {
      await asLive(page);
      await hold(page, 'first', 'second', 'third');
      await reads(waiting(page).nth(2), /is number 3 of 3/);
      const later = waiting(page).nth(0).getByRole('button', { name: 'Later' });
      assert.equal(await waiting(page).nth(0).getByRole('button', { name: 'Earlier' }).getAttribute('aria-disabled'), 'true');
      await later.focus();
      const pressed = await page.evaluate(() => document.activeElement.id);
      assert.match(pressed, /^later-/);
      await page.keyboard.press('Enter');
      await reads(page.locator('#announcer'), /It is number 2 of 3/);
      await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement.id), pressed, 'the focus stays on the button'));
      await page.keyboard.press('Enter');
      await reads(page.locator('#announcer'), /It is number 3 of 3/);
      // Now: second, third, first.
      await waiting(page).nth(1).getByRole('button', { name: 'Cancel' }).press('Enter');
      await eventually(async () => assert.equal(await waiting(page).count(), 2));
      await page.context().setOffline(false);
      await prints(page, 2);
      assert.deepEqual(sent.map(({ body }) => body.prompt.match(/first|second|third/)[0]), ['second', 'first']);
    },
    { expected: [FAILED_LOAD] },
  );

  flow(
    'ask before they go if the price is another one by then, and a press sends them at the new one',
    async ({ page, sent }) => {
      await asLive(page);
      await hold(page, 'at a harbour');
      // The server that spent money draws its pictures by now.
      await page.route('**/api/v1/config', async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, json: { ...(await response.json()), mode: 'demo' } });
      });
      await page.context().setOffline(false);
      await reads(job(page, 'unsent'), /the price has changed[^]*\$0\.\d+ → [^]*Nothing was sent/);
      assert.equal(sent.length, 0);
      await job(page, 'unsent').getByRole('button', { name: 'Send', exact: true }).click();
      await prints(page);
      assert.equal(sent.length, 1);
    },
    { expected: [FAILED_LOAD] },
  );

  flow(
    'leave once each in the order shown after the page was opened again, without a network or with one',
    async ({ page }) => {
      const context = page.context();
      const sent = [];
      context.on('request', (request) => {
        const order = orderOf(request);
        if (order) sent.push(order.body.prompt.match(/first|second|third/)[0]);
      });
      // The page itself comes from the server; only the app believes that there is no network, for as long as it is open: one that saw the network
      // come back would send as it closes.
      await context.addInitScript(() => {
        if (localStorage.getItem('away')) Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => false });
      });
      const shown = () => waiting(page).evaluateAll((cards) => cards.map((card) => card.innerText.match(/(first|second|third)[^]*(number \d of 3)/).slice(1).join(' ')));
      const hideNetwork = async () => {
        await page.evaluate(() => localStorage.setItem('away', 'yes'));
        await page.reload();
        await ready(page);
      };
      await asLive(page);
      await hideNetwork();
      for (const [count, words] of ['first', 'second', 'third'].entries()) {
        if (count > 0) await page.waitForTimeout(600);
        await make(page, words);
        await eventually(async () => assert.equal(await waiting(page).count(), count + 1));
      }
      await waiting(page).nth(0).getByRole('button', { name: 'Later' }).click();
      await reads(page.locator('#announcer'), /It is number 2 of 3/);
      await waiting(page).nth(2).getByRole('button', { name: 'Earlier' }).click();
      await eventually(async () => {
        const jobs = (await records(page, 'jobs')).sort((a, b) => (a.place ?? a.created_at) - (b.place ?? b.created_at));
        assert.deepEqual(jobs.map((job) => JSON.parse(job.order.request).prompt), ['second', 'third', 'first']);
      });
      await page.reload();
      await ready(page);
      await eventually(async () => assert.equal(await waiting(page).count(), 3));
      assert.deepEqual(await shown(), ['second number 1 of 3', 'third number 2 of 3', 'first number 3 of 3']);
      assert.deepEqual(sent, []);
      // The network is back while nobody is there to see it.
      await page.evaluate(() => localStorage.removeItem('away'));
      await page.reload();
      await ready(page);
      await prints(page, 3);
      assert.deepEqual(sent, ['second', 'third', 'first']);
    },
    { expected: [FAILED_LOAD] },
  );
});
