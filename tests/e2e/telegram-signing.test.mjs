// Signing in by Telegram, with the real server on the other side.

import assert from 'node:assert/strict';
import { after } from 'node:test';
import { FAILED_LOAD, eventually, flows, prints, reads } from './support/studio.mjs';
import { PHONE, TOKEN, inTelegram, initData, make, offered, press, startBotApi, startHost } from './support/telegram.mjs';

const [host, bot] = await Promise.all([startHost(), startBotApi()]);
after(() => Promise.all([host.stop(), bot.stop()]));
const env = {
  LIKENESS_ACCESS: 'telegram',
  LIKENESS_FRAME_ANCESTORS: `${host.origin},${host.otherSite}`,
  TELEGRAM_API_BASE: bot.base,
  TELEGRAM_BOT_TOKEN: TOKEN,
};

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
    for (const [launch, said] of [[old, /too old, or belongs to another studio/], [forged, /too old, or belongs to another studio/], ['', /does not say who you are/]]) {
      const { app } = await inTelegram(page, server, host, { initData: launch });
      await reads(app.locator('.notice[role="alert"]'), said);
    }
    assert.equal(sent.length, 0);
  }, { ...PHONE, expected: [FAILED_LOAD, ...PHONE.expected] });

  const NAMES = ['Vera', 'Anna & Co = 1', 'A&hash=0&user={}', '100%25 + %26 #', 'Zo\u00eb \u007f\u0080\u0085\u009f\ufffd', 'a"}&tgWebAppVersion=1\\', '\u0412\u0435\u0440\u0430 \ud83d\ude00', '\u202e{\u200b}'];
  const parted = (launch) => [...new URLSearchParams(launch)].map(([key, value]) => `${key}=${value}`).join('&');
  for (const [what, written] of [
    ['encoded once, as it is signed', (launch) => launch],
    ['with blanks as %20', (launch) => launch.replaceAll('+', '%20')],
    ['not encoded at all', parted],
    ['encoded twice, as it should be', encodeURIComponent],
  ]) {
    flow(`a launch ${what} signs in whatever one is called`, async ({ page, server }) => {
      // A client that has a view of its own for the page.
      await page.addInitScript(() => {
        window.TelegramWebviewProxy = { postEvent() {} };
      });
      for (const [at, name] of NAMES.entries()) {
        const user = { id: 4900 + at, first_name: name, last_name: 'x', language_code: 'en' };
        const launch = written(initData({ user, start: 'preset-fast' }));
        const answered = page.waitForResponse('**/api/v1/telegram/session');
        await page.goto('about:blank');
        await page.goto(`${server.url}/#tgWebAppData=${launch}&tgWebAppVersion=9.6&tgWebAppPlatform=ios&tgWebAppThemeParams=%7B%7D`);
        const reply = await answered;
        assert.equal(reply.status(), 200, `${name}: ${await reply.text()}`);
        const { token, user: known } = await reply.json();
        assert.deepEqual([known.id, known.first_name], [user.id, name]);
        const spending = await fetch(`${server.url}/api/v1/spending`, { headers: { authorization: `Bearer ${token}` } });
        assert.equal(spending.status, 200, 'the session holds');
        await page.locator('#prompt').waitFor();
        assert.equal(await page.locator('.notice[role="alert"]').count(), 0, name);
      }
    }, PHONE);
  }

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

const CODE = 'correct-horse-battery';
const behindCode = { ...env, LIKENESS_ACCESS: 'password', LIKENESS_ACCESS_CODE: CODE };

flows('in a studio with an access code', { env: behindCode }, (flow) => {
  flow('pictures are sent by a session of Telegram, and the code stays what it is', async ({ page, server }) => {
    const bearers = { fal: new Set(), telegram: new Set() };
    page.on('request', (request) => {
      const [, whose] = /\/api\/(?:v1\/)?(fal|telegram)\/(?:proxy|pictures)/.exec(request.url()) ?? [];
      if (whose) bearers[whose].add(request.headers().authorization);
    });
    let refusals = 0;
    const json = { error: { code: 'session_over', message: 'The session is over.', retryable: false } };
    await page.route('**/api/v1/telegram/pictures/*/send', (route) => (refusals++ ? route.fallback() : route.fulfill({ status: 401, json })));
    const { app, client } = await inTelegram(page, server, host, { user: { id: 4810, first_name: 'Vera' } });
    await app.locator('#access-code').fill(CODE);
    await app.locator('#access-code').press('Enter');
    await app.locator('#access-code').waitFor({ state: 'detached' });
    await make(page, app, client);
    await app.locator('[data-print] a').first().click();
    await app.locator('#send-or-save').click();
    await app.locator('#way-photo').click();
    await reads(app.locator('.sending [role="status"]'), /in your chat with the bot\.$/);
    assert.ok(refusals > 1, 'a session that is over is begun anew');
    await app.locator('.viewer__close').click();
    // Other words: for the same once more, at once, the button asks.
    await app.locator('#prompt').fill('on a mountain');
    await make(page, app, client, 2);
    assert.deepEqual([...bearers.fal], [`Bearer ${CODE}`]);
    for (const bearer of bearers.telegram) assert.match(bearer, /^Bearer tg1\.7000000001\.4810\./);
  }, { ...PHONE, expected: [FAILED_LOAD, ...PHONE.expected] });
});
