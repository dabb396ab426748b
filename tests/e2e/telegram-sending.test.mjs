// Pictures on their way out of the app inside Telegram: into the own chat, to somebody else, onto the device, into a story.

import assert from 'node:assert/strict';
import { PUBLIC, READY, bot, callsFor, env, inside, methods, named } from './support/sending.mjs';
import { FAILED_LOAD, able, eventually, flows, prints, reads, ready } from './support/studio.mjs';
import { NO_AUTOFOCUS, PHONE, arrived, launched, nativeClient } from './support/telegram.mjs';

flows('sending', { env, concurrency: 1 }, (flow) => {
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

  flow('where nothing can be stored closing is asked about until every picture has gone somewhere', async (stage) => {
    const { client, way, says } = await inside(stage, { isOtherSite: true });
    await says(READY);
    assert.equal(await client.call('close'), false, 'nobody else has the picture');
    await way('save').click();
    await client.answer(false);
    await says(/Cancelled/);
    assert.equal(await client.call('close'), false);
    await way('file').click();
    await says(/in your chat with the bot\.$/);
    await client.until('web_app_setup_closing_behavior', { need_confirmation: false });
    assert.ok(await client.call('close'), 'the chat has it');
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
    await says(/Telegram takes over from here/);
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
    await eventually(async () => assert.equal(await app.evaluate(() => document.activeElement.id), 'way-photo', 'the keyboard is where it was'));
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

  flow('an address that leads nowhere by now is told, and the next press has another', async (stage) => {
    const { client, way, says } = await inside(stage);
    await says(READY);
    let isGone = true;
    await stage.page.route('**/api/v1/telegram/files/**', (route) => (isGone ? route.fulfill({ status: 404 }) : route.continue()));
    await way('save').click();
    await client.answer(true);
    await says(/no longer has the picture/);
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
    await page.locator('.viewer__actions').getByRole('button', { name: 'Download' }).click();
    assert.match((await saved).suggestedFilename(), /\.(jpg|png)$/);
    assert.equal(await page.locator('#send-or-save').count(), 0);
  }, { path: '/' });
});
