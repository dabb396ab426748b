// The app comes in parts: the first page fetches one, the others come when they are needed.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { FAILED_LOAD, able, details, eventually, flows, make, open, opened, prints, reads } from './support/studio.mjs';

/** Names of files that the page fetched, without the digests in them. */
function fetched(page) {
  const names = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (!pathname.startsWith('/api/')) names.push(pathname);
  });
  return names;
}

const wasm = (names) => names.filter((name) => name.endsWith('.wasm'));

flows('the parts of the app', {}, (flow) => {
  flow(
    'the first page fetches every file once, and none of those that the size table counts as later',
    async ({ page }) => {
      const names = fetched(page);
      await open(page);
      await able(page);
      await page.waitForLoadState('networkidle');
      assert.deepEqual(wasm(names).length, 1, names.join(' '));
      assert.match(wasm(names)[0], /^\/studio-[0-9a-f]{16}\.wasm$/);
      // The browser asks once for every use of the icons and answers itself from the second on.
      const once = names.filter((name) => name !== '/icons.svg');
      assert.equal(new Set(once).size, once.length, `fetched twice: ${once}`);
      const files = readdirSync(process.env.LIKENESS_DIST).filter((name) => !/\.(br|gz)$/.test(name));
      const later = /^(darkroom|telegram|panels|pages|russian|later)-|^chunk_/;
      for (const name of names.filter((name) => name !== '/')) {
        assert.ok(files.includes(name.slice(1)) && !later.test(name.slice(1)), name);
      }
      // From the first movement on the darkroom is wanted, and nothing is fetched again for the picture.
      await opened(page);
      const before = wasm(names).length;
      assert.ok(before > 1);
      await make(page, 'at dawn');
      await prints(page);
      assert.equal(wasm(names).length, before);
    },
    { path: null },
  );

  flow(
    'a page that cannot be fetched says so, and comes when the network is back',
    async ({ page }) => {
      await able(page);
      await page.route('**/pages-*.wasm', (route) => route.abort());
      await page.getByRole('link', { name: 'Help' }).first().click();
      await reads(page.getByRole('alert'), /did not load/);
      await page.unroute('**/pages-*.wasm');
      await page.getByRole('button', { name: 'Try again' }).click();
      await reads(page.locator('h1'), /Help/);
    },
    { expected: [FAILED_LOAD, /TypeError: Failed to fetch/] },
  );

  flow(
    'a style sheet that could not be fetched comes with the next part',
    async ({ page }) => {
      let refusals = 0;
      await able(page);
      await page.route('**/later-*.css', (route) => { refusals += 1; return route.abort(); });
      await page.getByRole('link', { name: 'Help' }).first().click();
      await reads(page.locator('h1'), /Help/);
      assert.ok(refusals > 0);
      await page.unroute('**/later-*.css');
      await page.getByRole('link', { name: 'Create' }).first().click();
      await page.locator('#details > summary').click();
      await page.locator('.row').first().waitFor();
      await eventually(async () => assert.equal(await page.locator('.row').first().evaluate((row) => getComputedStyle(row).display), 'grid'));
    },
    { expected: [FAILED_LOAD] },
  );

  flow(
    'an order whose engine cannot be fetched is not sent, says so, and is sent once when pressed again',
    async ({ page, sent }) => {
      await page.route('**/darkroom-*.wasm', (route) => route.abort());
      await able(page);
      await page.locator('#prompt').fill('at dawn');
      await page.locator('#make').click();
      await reads(page.locator('.notices'), /Nothing was ordered and nothing was charged/);
      assert.equal(sent.length, 0);
      assert.equal(await page.locator('#prompt').inputValue(), 'at dawn');
      await page.unroute('**/darkroom-*.wasm');
      await page.locator('#make').click();
      await prints(page);
      assert.equal(sent.length, 1);
      assert.equal(await page.locator('.notice').count(), 0);
    },
    { expected: [FAILED_LOAD, /TypeError: Failed to fetch/] },
  );

  flow(
    'without a network before the engine came one notice says what became of the order, and stays in sight',
    async ({ page, sent }) => {
      await able(page);
      await page.context().setOffline(true);
      const notices = page.locator('.notice');
      await reads(notices, /^You are offline\. Check the network and try again\. Nothing is lost\.$/);
      await page.locator('#make').click();
      await reads(notices, /^You are offline\. Nothing was ordered and nothing was charged\. Check the network and try again\.$/);
      await page.evaluate(() => scrollTo(0, 1000));
      const [notice, bar, go] = await Promise.all(['.notice', '.bar', '#make'].map((part) => page.locator(part).boundingBox()));
      assert.ok(notice.y >= bar.y + bar.height - 1, 'not behind the bar');
      assert.ok(go.y + go.height <= 900, 'nor does it push the button off the screen');
      assert.equal(sent.length, 0);
      await page.context().setOffline(false);
      await page.locator('#make').click();
      await prints(page);
      assert.equal(sent.length, 1);
      assert.equal(await notices.count(), 0);
    },
    { expected: [FAILED_LOAD, /TypeError: Failed to fetch/] },
  );

  flow(
    'someone who comes back and whose library cannot be opened is told so, and a press tries again',
    async ({ page }) => {
      await able(page);
      await opened(page);
      await page.route('**/darkroom-*.wasm', (route) => route.abort());
      await page.reload();
      await reads(page.locator('.notices'), /did not load.*Nothing is lost/);
      await page.unroute('**/darkroom-*.wasm');
      await page.locator('#prompt').click();
      await able(page);
      assert.equal(await page.locator('.notice').count(), 0);
    },
    { expected: [FAILED_LOAD, /TypeError: Failed to fetch/] },
  );

  flow('three presses while the engine is still on its way are one order', async ({ page, sent }) => {
    let release;
    const held = new Promise((resolve) => (release = resolve));
    await page.route('**/darkroom-*.wasm', async (route) => {
      await held;
      await route.continue();
    });
    await able(page);
    await page.locator('#make').click();
    await page.waitForTimeout(700);
    await page.locator('#make').click({ force: true });
    await page.locator('#prompt').press('Control+Enter');
    release();
    await prints(page);
    assert.equal(sent.length, 1);
  });

  flow('a reason leads to a setting that was never unfolded', async ({ page }) => {
    await able(page);
    await details(page);
    await page.locator('#num_inference_steps').fill('51');
    await page.reload();
    await page.locator('#reasons a').click();
    await eventually(async () =>
      assert.equal(await page.evaluate(() => document.activeElement.id), 'num_inference_steps'),
    );
  });
});
