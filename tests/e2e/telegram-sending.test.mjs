// Pictures on their way out of the app inside Telegram: into the own chat, to somebody else, onto the device, into a story. The server, its sessions and
// the stand-in for Telegram's Bot API are real programs; the client is the page of `telegram-host.html`.

import assert from 'node:assert/strict';
import { after } from 'node:test';
import { eventually, FAILED_LOAD, flows, prints, reads, ready, able } from './support/studio.mjs';
import { TOKEN, arrived, frameOf, inTelegram, launched, nativeClient, startBotApi, startHost } from './support/telegram.mjs';

const [host, bot] = await Promise.all([startHost(), startBotApi()]);
after(() => Promise.all([host.stop(), bot.stop()]));
const PUBLIC = 'https://studio.example';
const NO_AUTOFOCUS = /^Blocked autofocusing/;
const PHONE = { viewport: { width: 390, height: 844 }, path: null, expected: [NO_AUTOFOCUS] };
const env = {
  LIKENESS_FRAME_ANCESTORS: `${host.origin},${host.otherSite}`,
  LIKENESS_PUBLIC_URL: PUBLIC,
  TELEGRAM_API_BASE: bot.base,
  TELEGRAM_BOT_TOKEN: TOKEN,
};
/** Everyone has an own chat, so that tests beside each other do not see each other's messages. */
let people = 5000;
const somebody = () => ({ id: (people += 1), first_name: 'Vera', language_code: 'en' });
const callsFor = async (person) => (await bot.calls()).filter(({ texts }) => [texts.chat_id, texts.user_id].includes(String(person.id)));
const methods = (calls) => calls.map(({ method }) => method);

/** The public address of the studio leads to the server, as a name does. */
const named = (page, server) =>
  page.route(`${PUBLIC}/**`, async (route) => {
    const url = route.request().url().replace(PUBLIC, server.url);
    await route.fulfill({ response: await route.fetch({ url }) });
  });

/** Makes a picture, opens it, and opens what can be done with it. */
async function opened(page, app, isMute) {
  // A client that says nothing lends no button.
  const button = isMute ? app.locator('#make') : page.locator('#main');
  await eventually(async () => assert.ok((await button.isVisible()) && (await button.isEnabled())));
  await button.click();
  await prints(app);
  await app.locator('[data-print] a').first().click();
  await app.locator('.viewer[open]').waitFor();
  await app.locator('#send-or-save').click();
  const status = app.locator('.sending [role="status"]');
  return { status, way: (name) => app.locator(`#way-${name}`), says: (text) => reads(status, text) };
}

const READY = /Prompt and settings are left out/;

flows('sending', { env, concurrency: 1 }, (flow) => {
  const inside = async ({ page, server }, settings = {}) => {
    await named(page, server);
    const person = settings.user ?? somebody();
    const { app, client } = await inTelegram(page, server, host, { ...settings, user: person });
    return { app, client, person, ...(await opened(page, app, settings.mode === 'mute')) };
  };

  flow('a picture goes into the own chat, as a photo and as a file, once for each press', async (stage) => {
    const { client, person, way, says } = await inside(stage);
    await says(READY);
    assert.deepEqual(methods(await callsFor(person)), [], 'nothing is sent before it is asked for');
    await way('photo').dblclick();
    await says(/in your chat with the bot\.$/);
    await way('file').click();
    await eventually(async () => assert.deepEqual(methods(await callsFor(person)), ['sendPhoto', 'sendDocument']));
    await says(/in your chat with the bot\.$/);
    const [photo, file] = await callsFor(person);
    assert.match(photo.file.name, /^likeness-.*\.(jpg|png)$/);
    assert.equal(file.file.length, photo.file.length, 'the same bytes');
    const felt = await client.calls('web_app_trigger_haptic_feedback');
    assert.deepEqual(felt.at(-1), { type: 'notification', notification_type: 'success' });
  }, PHONE);

  flow('sharing is prepared first, and a fresh press lets the person choose the chat', async (stage) => {
    const { client, person, way, says } = await inside(stage);
    await says(READY);
    await way('share').click();
    await says(/^Ready/);
    assert.equal(await client.last('web_app_send_prepared_message'), undefined, 'nothing opens by itself');
    await reads(way('share'), /Choose a chat/);
    await way('share').click();
    await client.answer(false);
    await says(/Cancelled/);
    await way('share').click();
    await client.answer(true);
    await says(/^Shared/);
    assert.equal((await client.kept('sent')).length, 1);
    await reads(way('share'), /^Share/);
    assert.deepEqual(methods(await callsFor(person)), ['sendPhoto', 'savePreparedInlineMessage', 'deleteMessage']);
  }, PHONE);

  flow('saving asks the client for an address that needs no session, answers HEAD and may be fetched twice', async (stage) => {
    const { client, way, says } = await inside(stage);
    await says(READY);
    await way('save').click();
    await client.answer(true);
    await says(/saving it/);
    const [{ url, file_name }] = await client.kept('saved');
    const address = url.replace(PUBLIC, stage.server.url);
    const head = await fetch(address, { method: 'HEAD' });
    assert.equal(head.status, 200);
    assert.equal(head.headers.get('content-disposition'), `attachment; filename="${file_name}"`);
    assert.equal(head.headers.get('access-control-allow-origin'), 'https://web.telegram.org');
    for (const reply of [await fetch(address), await fetch(address)]) {
      const bytes = Buffer.from(await reply.arrayBuffer());
      assert.equal(bytes.length, Number(head.headers.get('content-length')));
      assert.match(bytes.subarray(0, 4).toString('latin1'), /^(\x89PNG|\xff\xd8\xff)/);
    }
    assert.equal((await fetch(address.replace(/key=./, 'key=_'))).status, 404);
    await way('save').click();
    await client.answer(false);
    await says(/Cancelled/);
  }, PHONE);

  flow('a story is opened with the address of the picture', async (stage) => {
    const { client, way, says } = await inside(stage);
    await says(READY);
    await way('story').click();
    await client.answer(true);
    await eventually(async () => assert.equal((await client.kept('stories')).length, 1));
    const [url] = await client.kept('stories');
    assert.match((await fetch(url.replace(PUBLIC, stage.server.url))).headers.get('content-type'), /^image\//);
    await says(/Telegram goes on from here/);
  }, PHONE);

  flow('a bot that may not write asks for it, and what was wanted is sent as soon as it may', async (stage) => {
    const { app, client, person, way, says } = await inside(stage);
    await says(READY);
    await bot.fail({ kind: 'forbidden' });
    await way('photo').click();
    await says(/may not write to you yet/);
    await app.locator('#allow-writing').click();
    await client.answer(false);
    await says(/still may not write to you/);
    await app.locator('#allow-writing').click();
    await says(/Telegram asks you/);
    await client.answer(true);
    await says(/in your chat with the bot\.$/);
    assert.deepEqual(methods(await callsFor(person)), ['sendPhoto', 'sendPhoto'], 'one refused, one sent');
    assert.equal(await app.evaluate(() => document.activeElement.id), 'way-photo', 'the keyboard is where it was');
  }, { ...PHONE, expected: [FAILED_LOAD, NO_AUTOFOCUS] });

  flow('a pause that Telegram wants is said and kept, and saving goes on meanwhile', async (stage) => {
    const { client, person, way, says } = await inside(stage);
    await says(READY);
    await bot.fail({ kind: 'too_many', retry_after: 3 });
    await way('photo').click();
    await says(/go on in 3\ss\./);
    assert.equal(await way('photo').getAttribute('aria-disabled'), 'true');
    await way('photo').click({ force: true });
    assert.equal((await callsFor(person)).length, 1, 'and nothing is sent meanwhile');
    await way('save').click();
    await client.answer(true);
    await eventually(async () => assert.equal(await way('photo').getAttribute('aria-disabled'), null));
    await way('photo').click();
    await says(/in your chat with the bot\.$/);
  }, { ...PHONE, expected: [FAILED_LOAD, NO_AUTOFOCUS] });

  flow('where it is not known whether it arrived that is said, and nothing is sent again by itself', async (stage) => {
    const { person, way, says } = await inside(stage);
    await says(READY);
    await bot.fail({ kind: 'garbled' });
    await way('photo').click();
    await says(/Not known whether it arrived/);
    assert.equal((await callsFor(person)).length, 1);
    await bot.fail({ kind: 'unauthorized' });
    await way('file').click();
    await says(/Telegram refused it/);
    await bot.fail({ kind: 'bad_dimensions' });
    await way('photo').click();
    await says(/as a file: Telegram does not take it as a photo/);
  }, { ...PHONE, expected: [FAILED_LOAD, NO_AUTOFOCUS] });

  flow('on Android a slow preparation ends in a fresh press, and a press after a long while counts, within the ten seconds after a touch', async (stage) => {
    const { app, client, way, says } = await inside(stage, { mode: 'android' });
    await says(READY);
    await bot.fail({ kind: 'slow', ms: 11_000 });
    await way('share').click();
    await says(/^Ready/);
    // The real client hears nothing of the kind by now, and nor does this one.
    await app.evaluate(() => window.likenessHost.post('web_app_open_link', '{"url":"https://example.com"}'));
    await eventually(async () => assert.deepEqual(await client.kept('ignored'), ['web_app_open_link']));
    assert.equal(await client.last('web_app_send_prepared_message'), undefined, 'so nothing was asked of it');
    await way('share').click();
    await client.answer(true);
    await says(/^Shared/);
    await stage.page.waitForTimeout(10_500);
    await way('save').click();
    await client.answer(true);
    await says(/saving it/);
    assert.deepEqual(await client.kept('ignored'), ['web_app_open_link']);
  }, PHONE);

  flow('a client that answers nothing leaves every press usable', async (stage) => {
    const { client, way, says } = await inside(stage, { mode: 'mute' });
    await says(READY);
    for (let press = 1; press <= 2; press++) {
      await way('save').click();
      await says(/If nothing opens, press again/);
      assert.equal((await client.calls('web_app_request_file_download')).length, press);
    }
    await way('photo').click();
    await says(/in your chat with the bot\.$/);
  }, PHONE);

  flow('a client of 6.0 is offered what the bot can do alone, and told what to do where it may not', async (stage) => {
    const { app, person, way, says } = await inside(stage, { version: '6.0' });
    await says(READY);
    const ways = await app.locator('.sending__way').evaluateAll((ways) => ways.map((way) => way.id));
    assert.deepEqual(ways, ['way-photo', 'way-file']);
    await bot.fail({ kind: 'forbidden' });
    await way('photo').click();
    await says(/press Start/);
    assert.equal(await app.locator('#allow-writing').count(), 0);
    await way('photo').click();
    await says(/in your chat with the bot\.$/);
    assert.equal((await callsFor(person)).length, 2);
  }, { ...PHONE, expected: [FAILED_LOAD, NO_AUTOFOCUS] });

  flow('by keyboard alone: opened, sent, and the focus stays', async (stage) => {
    const { app, way, says } = await inside(stage);
    await says(READY);
    await app.locator('#send-or-save').focus();
    assert.equal(await app.locator('#send-or-save').getAttribute('aria-expanded'), 'true');
    for (let tabs = 0; tabs < 4 && (await app.evaluate(() => document.activeElement.id)) !== 'way-photo'; tabs++) await stage.page.keyboard.press('Tab');
    assert.equal(await app.evaluate(() => document.activeElement.id), 'way-photo');
    await stage.page.keyboard.press('Enter');
    await says(/in your chat with the bot\.$/);
    assert.equal(await app.evaluate(() => document.activeElement.id), 'way-photo');
    assert.ok(await way('photo').isEnabled());
  }, PHONE);

  flow('a launch that names nobody is told how to be known', async (stage) => {
    const { says } = await inside(stage, { initData: '' });
    await says(/do not say who you are/);
  }, PHONE);

  for (const [width, height, language] of [[375, 560, 'en'], [320, 520, 'ru'], [740, 380, 'ru']]) {
    flow(`in ${width} × ${height} what is said and what to press is in sight`, async (stage) => {
      await stage.page.setViewportSize({ width, height });
      const { app, way } = await inside(stage, { user: { ...somebody(), language_code: language } });
      const status = app.locator('.sending [role="status"]');
      await reads(status, language === 'ru' ? /настройки не попадут/ : READY);
      const inSight = async (...places) => {
        for (const place of places) {
          const [box, view] = [await place.evaluate((element) => element.getBoundingClientRect().toJSON()), await app.evaluate(() => [innerWidth, innerHeight])];
          assert.ok(box.left >= 0 && box.right <= view[0] && box.top >= 0 && box.bottom <= view[1], `${place}: ${JSON.stringify(box)} in ${view}`);
        }
      };
      await inSight(status, way('photo'));
      await bot.fail({ kind: 'forbidden' });
      await way('photo').click();
      await inSight(app.locator('#allow-writing'), status);
      const trash = app.locator('.viewer__actions .icon-button');
      await trash.scrollIntoViewIfNeeded();
      await inSight(trash);
    }, { ...PHONE, expected: [FAILED_LOAD, NO_AUTOFOCUS] });
  }

  flow('a picture that is being sent is still being sent when its panel is opened again, and closing is asked about', async (stage) => {
    const { app, client, person, way, says } = await inside(stage);
    await says(READY);
    await bot.fail({ kind: 'slow', ms: 3_000 });
    await way('photo').click();
    await says(/One moment/);
    await client.until('web_app_setup_closing_behavior', { need_confirmation: true });
    await app.locator('.viewer__close').click();
    await app.locator('[data-print] a').first().click();
    await app.locator('#send-or-save').click();
    await says(/One moment/);
    assert.equal(await way('photo').getAttribute('aria-disabled'), 'true');
    await way('photo').click({ force: true });
    // What is ready needs nobody but the client.
    await way('save').click();
    await client.answer(true);
    await says(/in your chat with the bot\.$/);
    await client.until('web_app_setup_closing_behavior', { need_confirmation: false });
    assert.deepEqual(methods(await callsFor(person)), ['sendPhoto']);
    assert.equal((await client.kept('saved')).length, 1);
  }, PHONE);

  flow('what was said of a picture is said again when its panel is opened again, and nothing is handed over twice', async (stage) => {
    const handed = [];
    stage.page.on('request', (request) => new URL(request.url()).pathname === '/api/v1/telegram/pictures' && handed.push(request));
    const { app, way, says } = await inside(stage);
    await says(READY);
    await bot.fail({ kind: 'garbled' });
    await way('photo').click();
    await says(/Not known whether it arrived/);
    for (let press = 0; press < 2; press++) await app.locator('#send-or-save').click();
    await says(/Not known whether it arrived/);
    assert.equal(handed.length, 1);
  }, { ...PHONE, expected: [FAILED_LOAD, NO_AUTOFOCUS] });

  flow('one result is felt once, whatever the client tells afterwards', async (stage) => {
    const { client, way, says } = await inside(stage);
    await says(READY);
    await way('photo').click();
    await says(/in your chat with the bot\.$/);
    const felt = async () => (await client.calls('web_app_trigger_haptic_feedback')).length;
    const before = await felt();
    for (const theme of ['light', 'dark', 'light']) await client.call('wear', theme);
    await client.call('viewport');
    await way('save').click();
    await client.answer(true);
    await says(/saving it/);
    assert.equal(await felt(), before);
  }, PHONE);

  flow('a server that answers late or not at first is waited for, and can be asked again', async (stage) => {
    const { page } = stage;
    const { app, client } = await inside(stage);
    await reads(app.locator('.sending [role="status"]'), READY);
    let answer = (route) => route.abort();
    await page.route('**/api/v1/config', (route) => answer(route));
    await client.call('open');
    const again = await frameOf(page);
    await arrived(again);
    const status = again.locator('.sending [role="status"]');
    await again.locator('[data-print] a').first().click();
    await again.locator('#send-or-save').click();
    await reads(status, /server does not answer/);
    let release;
    const held = new Promise((resolve) => (release = resolve));
    answer = async (route) => {
      await held;
      await route.continue();
    };
    await again.locator('#ask-again').click();
    release();
    await reads(status, READY);
    assert.equal(await again.locator('.sending__way').count(), 5);
    assert.ok(await again.evaluate(() => document.activeElement.closest('.sending')), 'the keyboard is where it was');
    // Once it is known, a server that is silent for a while takes nothing away.
    answer = (route) => route.abort();
    await again.locator('#way-file').focus();
    const asked = page.waitForEvent('requestfailed');
    await again.evaluate(() => dispatchEvent(new Event('online')));
    await asked;
    await page.waitForTimeout(300);
    assert.equal(await again.evaluate(() => document.activeElement.id), 'way-file');
    await reads(status, READY);
  }, { ...PHONE, expected: [FAILED_LOAD, NO_AUTOFOCUS] });

  flow('a server that has not answered yet is not taken for one that cannot send', async (stage) => {
    const { page } = stage;
    const { app, client } = await inside(stage);
    await reads(app.locator('.sending [role="status"]'), READY);
    let release;
    const held = new Promise((resolve) => (release = resolve));
    await page.route('**/api/v1/config', async (route) => {
      await held;
      await route.continue();
    });
    await client.call('open');
    const again = await frameOf(page);
    await arrived(again);
    await again.locator('[data-print] a').first().click();
    await again.locator('#send-or-save').click();
    await reads(again.locator('.sending [role="status"]'), /Getting the picture ready/);
    release();
    await reads(again.locator('.sending [role="status"]'), READY);
  }, PHONE);

  flow('the settings of Telegram’s header are not opened under a picture', async (stage) => {
    const { app, says } = await inside(stage);
    await says(READY);
    await stage.page.locator('#settings').click();
    await eventually(() => assert.equal(new URL(app.url()).pathname, '/settings'));
    assert.equal(await app.locator('dialog[open]').count(), 0);
  }, PHONE);

  flow('an address that leads nowhere by now is told, and the next press has another', async (stage) => {
    const { client, way, says } = await inside(stage);
    await says(READY);
    let isGone = true;
    await stage.page.route('**/api/v1/telegram/files/**', (route) => (isGone ? route.fulfill({ status: 404 }) : route.continue()));
    await way('save').click();
    await client.answer(true);
    await says(/does not have the picture any more/);
    isGone = false;
    await way('save').click();
    await says(/^Ready/);
    await way('save').click();
    await client.answer(true);
    await says(/saving it/);
    const [first, second] = (await client.kept('saved')).map(({ url }) => url);
    assert.notEqual(first, second);
  }, { ...PHONE, expected: [FAILED_LOAD, NO_AUTOFOCUS] });

  flow('a permission that comes after the picture was sent sends nothing more', async (stage) => {
    const { app, client, person, way, says } = await inside(stage, { mode: 'mute' });
    await says(READY);
    await bot.fail({ kind: 'forbidden' });
    await way('photo').click();
    await says(/may not write to you yet/);
    await app.locator('#allow-writing').click();
    await says(/Telegram asks you/);
    await way('photo').click();
    await says(/in your chat with the bot\.$/);
    await stage.page.evaluate(() => {
      window.client.settings.mode = 'normal';
      window.client.tell('write_access_requested', { status: 'allowed' });
    });
    await way('file').click();
    await eventually(async () => assert.deepEqual(methods(await callsFor(person)), ['sendPhoto', 'sendPhoto', 'sendDocument']));
    await says(/in your chat with the bot\.$/);
  }, { ...PHONE, expected: [FAILED_LOAD, NO_AUTOFOCUS] });

  flow('without a network nothing is sent, and that is said', async (stage) => {
    const { person, way, says } = await inside(stage);
    await says(READY);
    await stage.page.context().setOffline(true);
    await way('photo').click();
    await says(/No connection to the studio/);
    await stage.page.context().setOffline(false);
    await way('photo').click();
    await says(/in your chat with the bot\.$/);
    assert.equal((await callsFor(person)).length, 1);
  }, { ...PHONE, expected: [FAILED_LOAD, NO_AUTOFOCUS] });

  flow('a studio that cannot send says so', async (stage) => {
    await stage.page.route('**/api/v1/config', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), telegram: null } });
    });
    const { app } = await inside(stage);
    await reads(app.locator('.sending'), /not set up to send pictures/);
  }, PHONE);

  flow('in the view of Android the same works without a frame', async ({ page, server }) => {
    await named(page, server);
    await nativeClient(page, 'android');
    await page.goto(launched('/'));
    await arrived(page);
    await page.evaluate(() => window.tellApp('theme_changed', { theme_params: {} }));
    await page.waitForFunction(() => window.asked.some(([type, data]) => type === 'web_app_setup_main_button' && data.is_active));
    await page.evaluate(() => window.tellApp('main_button_pressed'));
    await prints(page);
    await page.locator('[data-print] a').first().click();
    await page.locator('#send-or-save').click();
    const status = page.locator('.sending [role="status"]');
    await reads(status, READY);
    await page.locator('#way-share').click();
    await reads(status, /^Ready/);
    await page.locator('#way-share').click();
    const [, { id }] = await page.evaluate(() => window.asked.find(([type]) => type === 'web_app_send_prepared_message'));
    assert.match(id, /^prepared-/);
    await page.evaluate(() => window.tellApp('prepared_message_sent'));
    await reads(status, /^Shared/);
  }, PHONE);

  flow('in a browser a picture is downloaded as ever', async ({ page, server }) => {
    await named(page, server);
    await ready(page);
    await able(page);
    await page.locator('#make').click();
    await prints(page);
    await page.locator('[data-print] a').first().click();
    const saved = page.waitForEvent('download');
    await page.locator('.viewer__actions .button').nth(1).click();
    assert.match((await saved).suggestedFilename(), /\.(jpg|png)$/);
    assert.equal(await page.locator('#send-or-save').count(), 0);
  }, { path: '/' });
});
