// The app inside Telegram where the browser gives it no storage, or gives it to several people.

import assert from 'node:assert/strict';
import { after } from 'node:test';
import { FAILED_LOAD, eventually, flows, job, prints, reads } from './support/studio.mjs';
import { NO_AUTOFOCUS, PHONE, arrived, frameOf, inTelegram, make, offered, pathOf, press, startHost } from './support/telegram.mjs';

const host = await startHost();
after(() => host.stop());
const env = { LIKENESS_FRAME_ANCESTORS: `${host.origin},${host.otherSite}` };
const style = (app, name) => app.evaluate((name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim(), name);

/** Until what it returns is called nobody learns how a run stands. */
async function holdStatus(page) {
  let isHeld = true;
  await page.route('**/api/fal/proxy', (route) => {
    const isStatus = route.request().headers()['x-fal-target-url']?.includes('/status');
    return isHeld && isStatus ? route.abort() : route.fallback();
  });
  return () => (isHeld = false);
}

flows('without storage of its own', { env }, (flow) => {
  flow('where the browser refuses all storage the app works, says so, and asks before closing loses a picture', async ({ page, server, sent }) => {
    const { app, client } = await inTelegram(page, server, host, { isOtherSite: true });
    const isRefused = await app.evaluate(() => {
      try {
        return !window.localStorage;
      } catch {
        return true;
      }
    });
    assert.ok(isRefused, 'this browser refuses it to a frame of another site');
    await reads(app.locator('.notices'), /Nothing can be stored here/);
    await make(page, app, client);
    assert.equal(sent.length, 1);
    assert.equal(await client.call('close'), false, 'the picture would be gone');
    await app.locator('[data-print] a').first().click();
    await app.locator('.viewer[open]').waitFor();
    assert.equal(await client.call('close'), false, 'looking at it takes it nowhere');
  }, PHONE);

  flow('after a reload without any storage the launch is still known', async ({ page, server }) => {
    const { app, client } = await inTelegram(page, server, host, { isOtherSite: true });
    await offered(client);
    await app.locator('.tabs__link').nth(2).click();
    await eventually(() => assert.equal(pathOf(app), '/avatars'));
    await client.call('tell', 'reload_iframe');
    await eventually(async () => assert.ok((await client.types()).includes('iframe_will_reload')));
    await eventually(async () => assert.equal((await client.types()).filter((type) => type === 'iframe_ready').length, 2));
    const again = await frameOf(page);
    await arrived(again);
    assert.equal(pathOf(again), '/avatars');
    assert.equal(await again.locator('html').getAttribute('data-user'), '4711');
    await eventually(async () => assert.ok((await client.calls('web_app_setup_settings_button')).length > 1, 'a client of 6.0 would not be asked'));
  }, PHONE);

  flow('a run goes on after the app was closed and opened again where nothing can be stored', async ({ page, server, sent }) => {
    // Until the app is open again nobody learns that the run is done.
    const release = await holdStatus(page);
    const { app, client } = await inTelegram(page, server, host, { isOtherSite: true });
    await offered(client);
    await press(page.locator('#main'));
    await eventually(async () => assert.match(JSON.stringify(await client.cloud()), /request_id/));
    await client.until('web_app_setup_closing_behavior', { need_confirmation: false });
    const [asked] = await client.calls('web_app_setup_closing_behavior');
    assert.deepEqual(asked, { need_confirmation: true }, 'while it was sent');
    assert.ok(await client.call('close'), 'Telegram keeps the run, so nothing would be lost');
    await client.call('open');
    const again = await frameOf(page);
    await arrived(again);
    await job(again).waitFor();
    release();
    await prints(again);
    assert.equal(sent.length, 1, 'and it is not sent again');
    await eventually(async () => assert.deepEqual((await client.cloud()).filter(([key]) => key.startsWith('job-')), [], 'what is over is not kept'));
  }, { ...PHONE, expected: [FAILED_LOAD, NO_AUTOFOCUS] });

  flow('a run that ended while the app was closed is fetched once, and then known to be over', async ({ page, server, sent }) => {
    const release = await holdStatus(page);
    const template = { kind: 'portrait', name: 'Me', trigger_word: 'TOK', lora_url: 'https://weights.example/me.safetensors' };
    const start = `avatar-${Buffer.from(JSON.stringify(template)).toString('base64url')}`;
    const { app, client } = await inTelegram(page, server, host, { isOtherSite: true, start });
    await app.locator('.form button[type="submit"]').click();
    await eventually(async () => assert.match(JSON.stringify(await client.cloud()), /avatar-/));
    await app.locator('.tabs__link').first().click();
    await offered(client);
    await press(page.locator('#main'));
    await eventually(async () => assert.match(JSON.stringify(await client.cloud()), /request_id/));
    await client.until('web_app_setup_closing_behavior', { need_confirmation: false });
    assert.ok(await client.call('close'));
    release();
    // Telegram takes longer over the avatars than FAL over the picture.
    await client.call('delay', 400);
    await client.call('open');
    const again = await frameOf(page);
    await arrived(again);
    // The link opens the form again.
    await eventually(() => assert.equal(pathOf(again), '/avatars/new'));
    await again.locator('.tabs__link').first().click();
    await again.locator('[data-print]').first().waitFor();
    await eventually(async () => assert.deepEqual((await client.cloud()).filter(([key]) => key.startsWith('job-')), []));
    await client.call('open');
    const last = await frameOf(page);
    await eventually(() => assert.equal(pathOf(last), '/avatars/new'));
    await last.locator('.tabs__link').first().click();
    await eventually(async () => assert.equal(await last.locator('input[name="avatar"]').count(), 3, 'the avatars are recalled'));
    await last.waitForTimeout(1500);
    assert.equal(await last.locator('[data-print], .job').count(), 0);
    assert.equal(sent.length, 1);
  }, { ...PHONE, expected: [FAILED_LOAD, NO_AUTOFOCUS] });

  flow('a storage at Telegram that takes its time still gives the run back', async ({ page, server, sent }) => {
    const release = await holdStatus(page);
    const { app, client } = await inTelegram(page, server, host, { isOtherSite: true });
    await offered(client);
    await press(page.locator('#main'));
    await eventually(async () => assert.match(JSON.stringify(await client.cloud()), /request_id/));
    await client.until('web_app_setup_closing_behavior', { need_confirmation: false });
    await client.call('delay', 5000);
    await client.call('open');
    release();
    await prints(await frameOf(page));
    assert.equal(sent.length, 1);
  }, { ...PHONE, expected: [FAILED_LOAD, NO_AUTOFOCUS] });

  flow('a run is found again where the client has lost what the app had stored', async ({ page, server, sent }) => {
    const release = await holdStatus(page);
    const { client } = await inTelegram(page, server, host);
    await offered(client);
    await press(page.locator('#main'));
    await eventually(async () => assert.match(JSON.stringify(await client.cloud()), /request_id/));
    assert.ok(await client.call('close'));
    const beside = await page.context().newPage();
    await beside.goto(`${server.url}/healthz`);
    await beside.evaluate(async () => {
      localStorage.clear();
      for (const { name } of await indexedDB.databases()) {
        await new Promise((done) => (indexedDB.deleteDatabase(name).onsuccess = done));
      }
    });
    await beside.close();
    await client.call('open');
    release();
    const again = await frameOf(page);
    await prints(again);
    assert.equal(sent.length, 1);
    await eventually(async () => assert.deepEqual((await client.cloud()).filter(([key]) => key.startsWith('job-')), []));
  }, { ...PHONE, expected: [FAILED_LOAD, NO_AUTOFOCUS] });

  flow('a picture that was deleted does not come back by what Telegram still keeps of its run', async ({ page, server, sent }) => {
    const { app, client } = await inTelegram(page, server, host);
    const release = await holdStatus(page);
    await offered(client);
    await press(page.locator('#main'));
    await eventually(async () => assert.match(JSON.stringify(await client.cloud()), /request_id/));
    // From now on Telegram takes nothing any more.
    await client.call('silence', true);
    release();
    await prints(app);
    await app.locator('[data-print] a').first().click();
    await app.locator('.viewer__actions .icon-button').click();
    await app.locator('.toast__text').first().waitFor();
    await app.locator('.toast__text').first().waitFor({ state: 'detached' });
    assert.match(JSON.stringify(await client.cloud()), /request_id/);
    await client.call('silence', false);
    await client.call('open');
    const again = await frameOf(page);
    await arrived(again);
    await eventually(async () => assert.deepEqual((await client.cloud()).filter(([key]) => key.startsWith('job-')), [], 'it is known to be over'));
    await again.waitForTimeout(500);
    assert.equal(await again.locator('[data-print], .job').count(), 0);
    assert.equal(sent.length, 1);
  }, { ...PHONE, expected: [FAILED_LOAD, NO_AUTOFOCUS] });

  flow('what is erased while Telegram is slow is erased there by the next page', async ({ page, server, sent }) => {
    await holdStatus(page);
    const { app, client } = await inTelegram(page, server, host);
    await offered(client);
    await press(page.locator('#main'));
    await eventually(async () => assert.match(JSON.stringify(await client.cloud()), /request_id/));
    await press(page.locator('#settings'));
    await client.call('delay', 4000);
    await app.getByRole('button', { name: 'Erase' }).first().click();
    await app.locator('dialog[open]').getByRole('button', { name: 'Erase' }).click();
    await app.waitForURL((url) => url.pathname === '/');
    await eventually(async () => assert.deepEqual(await client.cloud(), []));
    await eventually(async () => assert.match(app.url(), /likenessErased=everywhere$/));
    assert.equal(await app.locator('.job').count(), 0);
    assert.equal(sent.length, 1);
  }, { ...PHONE, expected: [FAILED_LOAD, NO_AUTOFOCUS] });

  flow('launches that name nobody leave nothing for the next one', async ({ page, server }) => {
    const { app, client } = await inTelegram(page, server, host, { initData: '' });
    await make(page, app, client);
    await app.locator('#prompt').fill('words of somebody');
    await page.waitForTimeout(600);
    await reads(app.locator('.notices'), /Nothing can be stored here/);
    const { app: again, client: next } = await inTelegram(page, server, host, { initData: '' });
    await offered(next);
    await again.waitForTimeout(500);
    assert.equal(await again.locator('[data-print]').count(), 0);
    assert.notEqual(await again.locator('#prompt').inputValue(), 'words of somebody');
  }, PHONE);

  flow('what was erased does not come back by the link that opened the app', async ({ page, server }) => {
    const start = `recipe-${Buffer.from(JSON.stringify({ prompt: 'by the sea' })).toString('base64url')}`;
    const { app, client } = await inTelegram(page, server, host, { start });
    await eventually(async () => assert.equal(await app.locator('#prompt').inputValue(), 'by the sea'));
    await press(page.locator('#settings'));
    await app.getByRole('button', { name: 'Erase' }).first().click();
    await app.locator('dialog[open]').getByRole('button', { name: 'Erase' }).click();
    await app.waitForURL((url) => url.pathname === '/');
    await arrived(app);
    await offered(client);
    await app.waitForTimeout(500);
    assert.notEqual(await app.locator('#prompt').inputValue(), 'by the sea');
    await client.call('open');
    const again = await frameOf(page);
    await eventually(async () => assert.equal(await again.locator('#prompt').inputValue(), 'by the sea', 'opened anew, it is the link again'));
  }, PHONE);

  flow('a run of which nobody knows whether it left is kept by Telegram and found again', async ({ page, server, sent }) => {
    let isAway = true;
    await page.route('**/api/v1/submissions/*', (route) => (isAway ? route.abort() : route.fallback()));
    await page.route('**/api/fal/proxy', async (route) => {
      if (route.request().method() !== 'POST') return route.fallback();
      await route.fetch();
      await route.abort('connectionreset');
    });
    const { app, client } = await inTelegram(page, server, host, { isOtherSite: true });
    await offered(client);
    await press(page.locator('#main'));
    await job(app, 'unknown').waitFor();
    await client.until('web_app_setup_closing_behavior', { need_confirmation: false });
    assert.match(JSON.stringify(await client.cloud()), /job-.*unknown/, 'its key is all that leads to it');
    assert.ok(await client.call('close'), 'Telegram keeps it, so nothing would be lost');
    await client.call('open');
    const again = await frameOf(page);
    await arrived(again);
    await job(again, 'unknown').waitFor();
    isAway = false;
    await prints(again);
    assert.equal(sent.length, 1, 'and it is not sent again');
  }, { ...PHONE, expected: [FAILED_LOAD, NO_AUTOFOCUS] });

  flow('settings are found again where nothing can be stored', async ({ page, server }) => {
    const { app, client } = await inTelegram(page, server, host, { isOtherSite: true });
    await offered(client);
    await press(page.locator('#settings'));
    await app.locator('input[name="theme"][value="light"]').check({ force: true });
    await eventually(async () => assert.match(JSON.stringify(await client.cloud()), /light/));
    await app.locator('input[name="language"][value="ru"]').check({ force: true });
    await eventually(async () => assert.match(JSON.stringify(await client.cloud()), /ru/));
    await client.call('open');
    const again = await frameOf(page);
    await eventually(async () => assert.equal(await again.locator('html').getAttribute('lang'), 'ru'));
    await eventually(async () => assert.equal(await style(again, '--paper'), '#f6f3ee'));
  }, PHONE);

  flow('avatars and which is the main one are found again where nothing can be stored, until all is erased', async ({ page, server }) => {
    const template = { kind: 'portrait', name: 'Me', trigger_word: 'TOK', lora_url: 'https://weights.example/me.safetensors' };
    const start = `avatar-${Buffer.from(JSON.stringify(template)).toString('base64url')}`;
    const { app, client } = await inTelegram(page, server, host, { isOtherSite: true, start });
    await app.locator('#a-name').fill('Someone');
    await app.locator('.form button[type="submit"]').click();
    await eventually(async () => assert.match(JSON.stringify(await client.cloud()), /Someone/));
    // A saved avatar leads to the studio.
    await app.locator('.tabs__link').nth(2).click();
    await app.locator('.card', { hasText: 'Someone' }).locator('[aria-pressed]').click();
    await eventually(async () => assert.match(JSON.stringify(await client.cloud()), /is_main\\":true/));
    await client.until('web_app_setup_closing_behavior', { need_confirmation: false });
    const cards = (app) => app.locator('.card').evaluateAll((all) => all.map((card) => [card.querySelector('.card__name').textContent, card.dataset.main]));
    const before = await cards(app);
    assert.deepEqual(before.find(([name]) => name === 'Someone'), ['Someone', 'true']);
    assert.ok(await client.call('close'), 'Telegram keeps it, so nothing would be lost');
    await client.call('open');
    const again = await frameOf(page);
    // Opened anew, it is the link again: its form comes first, also after all was erased.
    await again.locator('#a-name').waitFor();
    await again.locator('.tabs__link').nth(2).click();
    await eventually(async () => assert.deepEqual(await cards(again), before));
    assert.ok(!JSON.stringify(await client.cloud()).includes('demo-'), 'the drawn ones need no keeping');

    await press(page.locator('#settings'));
    await again.getByRole('button', { name: 'Erase' }).first().click();
    await again.locator('dialog[open]').getByRole('button', { name: 'Erase' }).click();
    await eventually(async () => assert.deepEqual(await client.cloud(), [], 'erased is erased at Telegram too'));
    await client.call('open');
    const last = await frameOf(page);
    await last.locator('#a-name').waitFor();
    await last.locator('.tabs__link').nth(2).click();
    await last.locator('.card').first().waitFor();
    await last.waitForTimeout(1000);
    assert.deepEqual((await cards(last)).map(([name]) => name), ['Vera', 'Ink & ash']);
  }, PHONE);

  flow('a storage at Telegram that never answers stops nothing, and closing is asked about as long as the run is known here alone', async ({ page, server, sent }) => {
    const release = await holdStatus(page);
    const { app, client } = await inTelegram(page, server, host, { isOtherSite: true, mode: 'throttling' });
    await offered(client);
    await press(page.locator('#main'));
    await job(app, 'queued').waitFor();
    // Longer than the app waits for an answer of the storage.
    await page.waitForTimeout(4000);
    assert.equal(await client.call('close'), false);
    release();
    await prints(app);
    assert.equal(sent.length, 1);
  }, { ...PHONE, expected: [FAILED_LOAD, NO_AUTOFOCUS] });

  flow('two people at one client have their own things', async ({ page, server }) => {
    let { app, client } = await inTelegram(page, server, host, { user: { id: 1, first_name: 'A' } });
    await make(page, app, client);
    await app.locator('#prompt').fill('words of the first');
    await page.waitForTimeout(500);
    ({ app, client } = await inTelegram(page, server, host, { user: { id: 2, first_name: 'B' } }));
    await offered(client);
    assert.equal(await app.locator('[data-print]').count(), 0);
    assert.notEqual(await app.locator('#prompt').inputValue(), 'words of the first');
    ({ app, client } = await inTelegram(page, server, host, { user: { id: 1, first_name: 'A' } }));
    await prints(app);
    assert.equal(await app.locator('#prompt').inputValue(), 'words of the first');
  }, PHONE);
});
