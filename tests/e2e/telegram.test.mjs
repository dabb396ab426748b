// The app inside Telegram, in the frame of its web client.

import assert from 'node:assert/strict';
import { after } from 'node:test';
import { FAILED_LOAD, able, answerOrders, eventually, flows, job, prints, reads, ready } from './support/studio.mjs';
import { NO_AUTOFOCUS, PHONE, arrived, frameOf, inTelegram, make, offered, pathOf, press, startHost } from './support/telegram.mjs';

const host = await startHost();
after(() => host.stop());
const env = { LIKENESS_FRAME_ANCESTORS: `${host.origin},${host.otherSite}` };
const base64 = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const style = (app, name) => app.evaluate((name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim(), name);

flows('telegram', { env }, (flow) => {
  flow('Telegram is told that the page is there before the app has arrived', async ({ page, server }) => {
    let release;
    const held = new Promise((resolve) => (release = resolve));
    await page.route('**/*.wasm', async (route) => {
      await held;
      await route.continue();
    });
    const { app, client } = await inTelegram(page, server, host, { isReady: false });
    await eventually(async () => assert.ok((await client.types()).includes('web_app_ready')));
    assert.deepEqual((await client.types()).slice(0, 2), ['iframe_ready', 'web_app_expand']);
    assert.equal(await app.locator('#skeleton').count(), 1, 'the app is still on its way');
    await client.call('wear', 'light');
    release();
    await arrived(app);
    await eventually(async () => assert.equal(await style(app, '--ink'), '#000000', 'what was said before is heard'));
  }, PHONE);

  flow('the main button of the client makes the picture, and says what it does', async ({ page, server, sent }) => {
    const { app, client } = await inTelegram(page, server, host);
    await offered(client);
    assert.match((await client.last('web_app_setup_main_button')).text, /^Make 1 picture$/);
    assert.ok(await app.locator('#make').isHidden(), 'there are not two of them');
    await make(page, app, client);
    assert.equal(sent.length, 1);
    const buttons = await client.calls('web_app_setup_main_button');
    assert.ok(buttons.some((button) => button.is_progress_visible && !button.is_active), 'it shows that it is at work');
    await app.locator('#prompt').fill('');
    await client.until('web_app_setup_main_button', { is_visible: true, is_active: false });
    await app.locator('#reasons').waitFor();
    await app.locator('.tabs__link').nth(1).click();
    await client.until('web_app_setup_main_button', { is_visible: false });
  }, PHONE);

  flow('the way back closes what lies on top, then leads to the page before', async ({ page, server }) => {
    const { app, client } = await inTelegram(page, server, host);
    await client.until('web_app_setup_back_button', { is_visible: false });
    await make(page, app, client);
    await app.locator('[data-print] a').first().click();
    await app.locator('.viewer[open]').waitFor();
    await client.until('web_app_setup_back_button', { is_visible: true });
    await client.until('web_app_setup_swipe_behavior', { allow_vertical_swipe: false });
    await press(page.locator('#back'));
    await app.locator('.viewer[open]').waitFor({ state: 'detached' });
    assert.equal(pathOf(app), '/');
    await client.until('web_app_setup_swipe_behavior', { allow_vertical_swipe: true });
    await app.locator('.tabs__link').nth(1).click();
    await app.locator('.tabs__link').nth(2).click();
    await eventually(() => assert.equal(pathOf(app), '/avatars'));
    await press(page.locator('#back'));
    await eventually(() => assert.equal(pathOf(app), '/pictures'));
    await press(page.locator('#back'));
    await client.until('web_app_setup_back_button', { is_visible: false });
    assert.equal(pathOf(app), '/');
  }, PHONE);

  flow('the item for settings opens them, and they offer the whole screen', async ({ page, server }) => {
    const { app, client } = await inTelegram(page, server, host);
    await client.until('web_app_setup_settings_button', { is_visible: true });
    await press(page.locator('#settings'));
    await eventually(() => assert.equal(pathOf(app), '/settings'));
    await app.locator('input[name="fullscreen"][value="on"]').check({ force: true });
    await page.locator('body.whole').waitFor();
    await eventually(async () => assert.ok(await app.locator('input[name="fullscreen"][value="on"]').isChecked()));
    await client.call('tell', 'fullscreen_failed', { error: 'UNSUPPORTED' });
    await reads(app.locator('.toast__text'), /not allow full screen/);
    await app.locator('input[name="fullscreen"]').first().waitFor({ state: 'detached' });
  }, PHONE);

  flow('colours change while a run is under way, and the run goes on', async ({ page, server, sent }) => {
    const { app, client } = await inTelegram(page, server, host);
    await eventually(async () => assert.equal(await style(app, '--paper'), '#0e1621'));
    await offered(client);
    await press(page.locator('#main'));
    await client.call('wear', 'light');
    await eventually(async () => assert.equal(await style(app, '--paper'), '#f1f1f1'));
    assert.equal(await app.locator('html').getAttribute('data-theme'), 'light');
    await client.until('web_app_set_header_color', { color: '#f1f1f1' });
    await prints(app);
    assert.equal(sent.length, 1);
  }, PHONE);

  flow('where Telegram names no colours the device says whether it is dark', async ({ page, server }) => {
    for (const [colorScheme, paper] of [['light', '#f6f3ee'], ['dark', '#141311']]) {
      await page.emulateMedia({ colorScheme });
      const { app, client } = await inTelegram(page, server, host, { theme: 'none' });
      await offered(client);
      await eventually(async () => assert.equal(await style(app, '--paper'), paper));
    }
  }, PHONE);

  flow('what is unusual about an order is said although the button is the client’s', async ({ page, server }) => {
    const start = `recipe-${base64({ prompt: 'by the sea', preset: 'fast', overrides: { guidance_scale: 8 } })}`;
    const { app, client } = await inTelegram(page, server, host, { start });
    await offered(client);
    await app.locator('.go__warning').waitFor();
    assert.ok(await app.locator('#make').isHidden());
    await app.locator('.go__warning .fix').first().click();
    await app.locator('.go').waitFor({ state: 'hidden' });
  }, PHONE);

  flow('the setting for the whole screen says what is, also where the client does not answer', async ({ page, server }) => {
    const { app } = await inTelegram(page, server, host, { mode: 'mute' });
    await able(app);
    await app.locator('.tabs__link').last().click();
    await app.locator('#main a[href^="/settings"]').click();
    await app.locator('input[name="fullscreen"][value="on"]').check({ force: true });
    await eventually(async () => assert.ok(await app.locator('input[name="fullscreen"][value="off"]').isChecked()));
  }, PHONE);

  flow('a theme that nobody can read is not worn', async ({ page, server }) => {
    const { app, client } = await inTelegram(page, server, host, { theme: 'unreadable' });
    await offered(client);
    const contrast = await app.evaluate(() => {
      const luminance = (rgb) => {
        const [red, green, blue] = rgb.match(/\d+/g).map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      };
      const { color, backgroundColor } = getComputedStyle(document.body);
      const [a, b] = [luminance(getComputedStyle(document.documentElement).color), luminance(backgroundColor)].sort((a, b) => b - a);
      return [color, (a + 0.05) / (b + 0.05)];
    });
    assert.ok(contrast[1] >= 4.5, contrast.join(' '));
  }, PHONE);

  flow('an own choice between dark and light wins over the colours of Telegram', async ({ page, server }) => {
    const { app, client } = await inTelegram(page, server, host);
    await press(page.locator('#settings'));
    await app.locator('input[name="theme"][value="light"]').check({ force: true });
    await eventually(async () => assert.equal(await style(app, '--paper'), '#f6f3ee'));
    await client.until('web_app_set_header_color', { color: '#f6f3ee' });
    await app.locator('input[name="theme"][value="system"]').check({ force: true });
    await eventually(async () => assert.equal(await style(app, '--paper'), '#0e1621'));
  }, PHONE);

  flow('a client of 6.0 is asked for nothing that it does not know', async ({ page, server, sent }) => {
    const { app, client } = await inTelegram(page, server, host, { version: '6.0' });
    await make(page, app, client);
    assert.equal(sent.length, 1);
    const known = new Set(['iframe_ready', 'web_app_ready', 'web_app_expand', 'web_app_request_theme', 'web_app_request_viewport', 'web_app_setup_main_button']);
    assert.deepEqual((await client.types()).filter((type) => !known.has(type)), []);
  }, PHONE);

  flow('a mute client takes nothing away', async ({ page, server, sent }) => {
    const { app } = await inTelegram(page, server, host, { mode: 'mute' });
    await able(app);
    await app.locator('#make').click();
    await prints(app);
    assert.equal(sent.length, 1);
  }, PHONE);

  flow('a slow client is taken up when it answers', async ({ page, server }) => {
    const { app, client } = await inTelegram(page, server, host, { mode: 'slow' });
    await able(app);
    assert.ok(await app.locator('#make').isVisible());
    await client.call('answer');
    await app.locator('#make').waitFor({ state: 'hidden' });
    await offered(client);
  }, PHONE);

  flow('nobody but the client is believed', async ({ page, server, sent }) => {
    const { app, client } = await inTelegram(page, server, host);
    await offered(client);
    const paper = await style(app, '--paper');
    await client.call('attack');
    // The page itself, and a page that has taken the place of the client's.
    await app.evaluate(() => {
      const data = JSON.stringify({ eventType: 'settings_button_pressed' });
      postMessage(data, '*');
      dispatchEvent(new MessageEvent('message', { source: parent, origin: 'https://elsewhere.example', data }));
    });
    // Said last by the client itself, so all others have been heard.
    await client.call('tell', 'safe_area_changed', { top: 9, bottom: 0, left: 0, right: 0 });
    await eventually(async () => assert.equal(await style(app, '--tg-safe-area-inset-top'), '9px'));
    assert.equal(pathOf(app), '/');
    assert.equal(await style(app, '--paper'), paper);
    assert.equal(sent.length, 0);
  }, PHONE);

  flow('a hostile client takes nothing and gets nothing sent, and a picture is made all the same', async ({ page, server, sent }) => {
    const { app, client } = await inTelegram(page, server, host, { mode: 'hostile' });
    await offered(client);
    await page.waitForTimeout(2500);
    assert.equal(sent.length, 0);
    assert.equal(pathOf(app), '/');
    await make(page, app, client);
    assert.equal(sent.length, 1);
  }, PHONE);

  flow('both safe areas are kept clear, added together', async ({ page, server }) => {
    const { app, client } = await inTelegram(page, server, host, {
      safeArea: { top: 47, bottom: 34, left: 0, right: 0 },
      contentSafeArea: { top: 46, bottom: 0, left: 0, right: 0 },
    });
    await offered(client);
    await eventually(async () => {
      const [bar, tabs] = await app.evaluate(() => [getComputedStyle(document.querySelector('.bar')), getComputedStyle(document.querySelector('.tabs'))].map((style) => [style.paddingTop, style.paddingBottom]));
      assert.equal(bar[0], '93px');
      assert.equal(tabs[1], '34px');
    });
  }, PHONE);

  flow('with the keyboard open the prompt is in sight and nothing covers it', async ({ page, server }) => {
    const { app, client } = await inTelegram(page, server, host);
    await offered(client);
    await app.locator('#prompt').focus();
    await client.call('keyboard', 320);
    await app.locator('html[data-keyboard="open"]').waitFor();
    assert.ok(await app.locator('.tabs').isHidden());
    const { top, bottom, height, isUncovered } = await app.evaluate(() => {
      const field = document.querySelector('#prompt');
      const { top, bottom, left, width } = field.getBoundingClientRect();
      return { top, bottom, height: innerHeight, isUncovered: document.elementFromPoint(left + width / 2, (top + bottom) / 2) === field };
    });
    assert.ok(top >= 0 && bottom <= height, `${top} to ${bottom} of ${height}`);
    assert.ok(isUncovered);
    await client.call('tell', 'viewport_changed', { height: 1, is_expanded: true, is_state_stable: true });
    await client.call('keyboard', 0);
    await app.locator('html:not([data-keyboard])').waitFor();
    assert.ok(await app.locator('.tabs').isVisible());
  }, PHONE);

  flow('a keyboard that lies over the page is noticed although the client says nothing of it', async ({ page, server }) => {
    const { app, client } = await inTelegram(page, server, host);
    await offered(client);
    await app.locator('#prompt').focus();
    const lay = (height) =>
      app.evaluate((height) => {
        Object.defineProperty(visualViewport, 'height', { configurable: true, get: () => innerHeight - height });
        visualViewport.dispatchEvent(new Event('resize'));
      }, height);
    await lay(300);
    await app.locator('html[data-keyboard="open"]').waitFor();
    assert.ok(await app.locator('.tabs').isHidden());
    await lay(0);
    await app.locator('html:not([data-keyboard])').waitFor();
  }, PHONE);

  flow('order, picture and failure can be felt', async ({ page, server }) => {
    const { app, client } = await inTelegram(page, server, host);
    const feels = (...wanted) => eventually(async () => assert.deepEqual(await client.calls('web_app_trigger_haptic_feedback'), wanted));
    const order = { type: 'impact', impact_style: 'light' };
    const end = (kind) => ({ type: 'notification', notification_type: kind });
    await make(page, app, client);
    await feels(order, end('success'));
    await answerOrders(page, (route) => route.fulfill({ status: 403, json: { detail: 'Access denied' } }));
    // Other words: for the same once more, at once, the button asks.
    await app.locator('#prompt').fill('at a harbour in the fog');
    await offered(client);
    await press(page.locator('#main'));
    await job(app, 'failed').waitFor();
    await feels(order, end('success'), end('error'));
  }, { ...PHONE, expected: [FAILED_LOAD, NO_AUTOFOCUS] });

  flow('a link opens a preset, a recipe or the form of an avatar, and sends nothing', async ({ page, server, sent }) => {
    let { app, client } = await inTelegram(page, server, host, { start: 'preset-portrait' });
    await eventually(async () => assert.ok(await app.locator('input[name="preset"][value="portrait"]').isChecked()));

    ({ app, client } = await inTelegram(page, server, host, { start: `recipe-${base64({ prompt: 'by the sea', preset: 'fast', overrides: { seed: 7 } })}` }));
    await eventually(async () => assert.equal(await app.locator('#prompt').inputValue(), 'by the sea'));
    await reads(app.locator('.toast__text'), /Nothing was sent/);
    await app.locator('.toast__action').click();
    await eventually(async () => assert.notEqual(await app.locator('#prompt').inputValue(), 'by the sea'));
    await offered(client);

    const template = { kind: 'portrait', name: 'Me', trigger_word: 'TOK', lora_url: 'https://weights.example/me.safetensors' };
    ({ app, client } = await inTelegram(page, server, host, { start: `avatar-${base64(template)}` }));
    await eventually(() => assert.equal(pathOf(app), '/avatars/new'));
    await eventually(async () => assert.equal(await app.locator('#a-name').inputValue(), 'Me'));
    assert.equal(sent.length, 0);
  }, PHONE);

  flow('a link is opened once: after a reload what was written instead is still there', async ({ page, server }) => {
    const { app, client } = await inTelegram(page, server, host, { start: `recipe-${base64({ prompt: 'by the sea' })}` });
    await eventually(async () => assert.equal(await app.locator('#prompt').inputValue(), 'by the sea'));
    await offered(client);
    await app.locator('#prompt').fill('in the hills');
    await page.waitForTimeout(600);
    await client.call('tell', 'reload_iframe');
    await eventually(async () => assert.equal((await client.types()).filter((type) => type === 'iframe_ready').length, 2));
    const again = await frameOf(page);
    await arrived(again);
    await eventually(async () => assert.ok((await client.calls('web_app_setup_settings_button')).length > 1));
    await again.waitForTimeout(500);
    assert.equal(await again.locator('#prompt').inputValue(), 'in the hills');
  }, PHONE);

  flow('a hostile link is refused whole, and said so', async ({ page, server, sent }) => {
    for (const start of ['script-alert', `avatar-${base64({ kind: 'portrait', lora_url: 'javascript:alert(1)' })}`, `recipe-${base64({ prompt: 'x', send: true })}`, 'recipe-____', 'preset-none']) {
      const { app, client } = await inTelegram(page, server, host, { start });
      await offered(client);
      await reads(app.locator('.toast__text'), /does not know/);
      assert.equal(pathOf(app), '/');
      assert.notEqual(await app.locator('#prompt').inputValue(), 'x');
    }
    assert.equal(sent.length, 0);
  }, PHONE);

  flow('closing is asked about while a form holds something that is not saved', async ({ page, server }) => {
    const { app, client } = await inTelegram(page, server, host);
    await offered(client);
    await app.locator('.tabs__link').nth(2).click();
    await app.locator('a[href^="/avatars/new"]').first().click();
    await app.locator('#a-name').fill('Anna');
    await client.until('web_app_setup_closing_behavior', { need_confirmation: true });
    await app.locator('.form__foot .button').last().click();
    await client.until('web_app_setup_closing_behavior', { need_confirmation: false });
  }, PHONE);

  flow('links to other sites are opened by the client', async ({ page, server }) => {
    const { app, client } = await inTelegram(page, server, host);
    await offered(client);
    await app.evaluate(() => {
      const link = document.querySelector('#main').appendChild(document.createElement('a'));
      link.href = 'https://fal.ai/models';
      link.click();
    });
    await eventually(async () => assert.deepEqual(await client.opened(), ['https://fal.ai/models']));
    assert.equal(pathOf(app), '/');
  }, PHONE);

  flow('in a browser a link opens the same, once, and the settings offer the whole screen', async ({ page, sent }) => {
    await page.goto(`/?startapp=recipe-${base64({ prompt: 'by the sea', preset: 'fast' })}`);
    await ready(page);
    await eventually(async () => assert.equal(await page.locator('#prompt').inputValue(), 'by the sea'));
    await reads(page.locator('.toast__text'), /Nothing was sent/);
    assert.equal(new URL(page.url()).search, '');
    await page.locator('#prompt').fill('in the hills');
    await page.waitForTimeout(600);
    await page.reload();
    await ready(page);
    assert.equal(await page.locator('#prompt').inputValue(), 'in the hills');
    await page.goto('/?startapp=script-alert');
    await ready(page);
    await reads(page.locator('.toast__text'), /does not know/);
    assert.equal(sent.length, 0);

    await page.goto('/settings');
    const whole = (value) => page.locator(`input[name="fullscreen"][value="${value}"]`);
    await whole('on').check({ force: true });
    await eventually(async () => assert.ok(await page.evaluate(() => document.fullscreenElement !== null)));
    await eventually(async () => assert.ok(await whole('on').isChecked()));
    await page.evaluate(() => document.exitFullscreen());
    await eventually(async () => assert.ok(await whole('off').isChecked()));
  }, { path: null });

  flow('in a browser nothing of this is there', async ({ page }) => {
    await ready(page);
    assert.equal(await page.locator('html').getAttribute('data-host'), null);
    assert.equal(await page.evaluate(() => 'TelegramGameProxy' in window || 'likenessHost' in window), false);
    await able(page);
    assert.ok(await page.locator('#make').isVisible());
  }, { path: '/' });
});
