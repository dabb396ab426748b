// The panel of a picture inside Telegram: what it says and offers, whatever the server, the client and the frame are like.

import assert from 'node:assert/strict';
import { READY, bot, callsFor, env, inside, methods, somebody } from './support/sending.mjs';
import { FAILED_LOAD, eventually, flows, prints, reads } from './support/studio.mjs';
import { NO_AUTOFOCUS, PHONE, arrived, frameOf, press } from './support/telegram.mjs';

flows('the panel of a picture', { env, concurrency: 1 }, (flow) => {
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
    await eventually(async () => assert.equal(await app.evaluate(() => document.activeElement.id), 'way-photo'));
    assert.ok(await way('photo').isEnabled());
  }, PHONE);

  flow('a launch that names nobody is told how to be known', async (stage) => {
    const { app, says } = await inside(stage, { initData: '' });
    await says(/does not say who you are/);
    assert.equal(await app.locator('.sending__way').count(), 0, 'nothing that cannot work is offered');
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
    await eventually(async () => assert.ok(await again.evaluate(() => document.activeElement.closest('.sending')), 'the keyboard is where it was'));
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
    await press(stage.page.locator('#settings'));
    await eventually(() => assert.equal(new URL(app.url()).pathname, '/settings'));
    assert.equal(await app.locator('dialog[open]').count(), 0);
  }, PHONE);

  flow('a studio that cannot send says so', async (stage) => {
    await stage.page.route('**/api/v1/config', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), telegram: null } });
    });
    const { app } = await inside(stage);
    await reads(app.locator('.sending'), /not set up to send pictures/);
  }, PHONE);

  flow('a server without room says so, which is no pause, and is asked again when the panel is opened again', async (stage) => {
    let isFull = true;
    const json = { error: { code: 'too_many_pictures', message: 'Too many pictures are kept.', retryable: true, retry_after_ms: 60_000 } };
    await stage.page.route('**/api/v1/telegram/pictures', (route) => (isFull ? route.fulfill({ status: 429, json }) : route.fallback()));
    const { app, person, way, says } = await inside(stage);
    await says(/studio is busy/);
    assert.equal(await way('photo').getAttribute('aria-disabled'), null);
    isFull = false;
    for (let press = 0; press < 2; press++) await app.locator('#send-or-save').click();
    await says(READY);
    await way('photo').click();
    await says(/in your chat with the bot\.$/);
    assert.equal((await callsFor(person)).length, 1);
  }, { ...PHONE, expected: [FAILED_LOAD, NO_AUTOFOCUS] });

  flow('a pause holds for every picture, and ends on every panel', async (stage) => {
    const { app, way, says } = await inside(stage);
    await says(READY);
    await app.locator('.viewer__close').click();
    // Other words: for the same once more, at once, the button asks.
    await app.locator('#prompt').fill('on a mountain');
    await press(stage.page.locator('#main'));
    await prints(app, 2);
    const panelOf = async (place) => {
      await app.locator('[data-print] a').nth(place).click();
      await app.locator('#send-or-save').click();
    };
    await panelOf(0);
    await says(READY);
    await bot.fail({ kind: 'too_many', retry_after: 4 });
    await way('photo').click();
    await says(/go on in/);
    await app.locator('.viewer__close').click();
    await panelOf(1);
    await says(/go on in/);
    assert.equal(await way('photo').getAttribute('aria-disabled'), 'true');
    await says(READY);
    assert.equal(await way('photo').getAttribute('aria-disabled'), null);
  }, { ...PHONE, expected: [FAILED_LOAD, NO_AUTOFOCUS] });
});
