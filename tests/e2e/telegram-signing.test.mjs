// Signing in by Telegram, with the real server on the other side.

import assert from 'node:assert/strict';
import { after } from 'node:test';
import { FAILED_LOAD, eventually, flows, prints, reads } from './support/studio.mjs';
import { TOKEN, inTelegram, initData, press, startBotApi, startHost } from './support/telegram.mjs';

const [host, bot] = await Promise.all([startHost(), startBotApi()]);
after(() => Promise.all([host.stop(), bot.stop()]));
const PHONE = { viewport: { width: 390, height: 844 }, path: null, expected: [/^Blocked autofocusing/] };
const env = {
  LIKENESS_ACCESS: 'telegram',
  LIKENESS_FRAME_ANCESTORS: `${host.origin},${host.otherSite}`,
  TELEGRAM_API_BASE: bot.base,
  TELEGRAM_BOT_TOKEN: TOKEN,
};
const offered = (client) => client.until('web_app_setup_main_button', { is_visible: true, is_active: true });

flows('signing in', { env }, (flow) => {
  flow('whom Telegram names makes a picture and sends it, and nobody asked for anything', async ({ page, server, sent }) => {
    const bearers = new Set();
    page.on('request', (request) => request.url().includes('/api/fal/') && bearers.add(request.headers().authorization));
    const { app, client } = await inTelegram(page, server, host, { user: { id: 4801, first_name: 'Vera' } });
    await offered(client);
    await press(page.locator('#main'));
    await prints(app);
    assert.equal(sent.length, 1);
    assert.match([...bearers].join(), /^Bearer tg1\.7000000001\.4801\./);
    await app.locator('[data-print] a').first().click();
    await app.locator('#send-or-save').click();
    await app.locator('#way-photo').click();
    await reads(app.locator('.sending [role="status"]'), /in your chat with the bot\.$/);
    assert.equal((await bot.calls()).at(-1).texts.chat_id, '4801');
    const ways = await app.locator('.sending__way').evaluateAll((ways) => ways.map((way) => way.id));
    assert.deepEqual(ways, ['way-photo', 'way-file', 'way-share'], 'without an https address nothing is saved by the client');
  }, PHONE);

  flow('a launch of two days ago, a forged one and one that names nobody are told apart', async ({ page, server, sent }) => {
    const old = initData({ at: Date.now() - 2 * 24 * 3600 * 1000 });
    const forged = initData().replace('4711', '4712');
    for (const [launch, said] of [[old, /too old or not for this studio/], [forged, /too old or not for this studio/], ['', /do not say who you are/]]) {
      const { app } = await inTelegram(page, server, host, { initData: launch });
      await reads(app.locator('.notice[role="alert"]'), said);
    }
    assert.equal(sent.length, 0);
  }, { ...PHONE, expected: [FAILED_LOAD, ...PHONE.expected] });

  flow('in a browser beside Telegram one is told where to open it', async ({ page }) => {
    await reads(page.locator('.notice[role="alert"]'), /Open it from its bot/);
  }, { path: '/' });

  flow('where Telegram saves no files the avatars are copied instead, and the rest is explained', async ({ page, server }) => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const { app, client } = await inTelegram(page, server, host, { user: { id: 4802, first_name: 'Vera' } });
    await offered(client);
    await app.locator('.tabs__link').nth(2).click();
    await app.getByRole('button', { name: /^Export/ }).first().click();
    await reads(app.locator('.toast__text'), /the text was copied/);
    await eventually(async () => assert.match(await page.evaluate(() => navigator.clipboard.readText()), /trigger_word/));
    await press(page.locator('#settings'));
    await eventually(() => assert.equal(new URL(app.url()).pathname, '/settings'));
    await app.getByRole('button', { name: /^Export/ }).click();
    await reads(app.locator('.toast__text').last(), /one by one/);
  }, PHONE);
});
