// The app in the views of Telegram's clients that are no web page.

import assert from 'node:assert/strict';
import { after } from 'node:test';
import { eventually, flows, prints } from './support/studio.mjs';
import { PHONE, arrived, inTelegram, launched, make, nativeClient, pathOf, press, startHost, startViews } from './support/telegram.mjs';

const [host, views] = await Promise.all([startHost(), startViews()]);
after(() => Promise.all([host.stop(), views.stop()]));
const style = (app, name) => app.evaluate((name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim(), name);

flows('views', {}, (flow) => {
  for (const way of ['android', 'ios']) {
    flow(`in the view of ${way} events are heard from the first moment on`, async ({ page, sent }) => {
      await nativeClient(page, way, [['theme_changed', { theme_params: { bg_color: '#ffffff', text_color: '#000000' } }]]);
      await page.goto(launched('/', { platform: way }));
      await arrived(page);
      await eventually(async () => assert.equal(await style(page, '--ink'), '#000000'));
      await page.waitForFunction(() => window.asked.some(([type, data]) => type === 'web_app_setup_main_button' && data.is_active));
      await page.evaluate(() => window.tellApp('main_button_pressed'));
      await prints(page);
      assert.equal(sent.length, 1);
      assert.equal((await page.evaluate(() => window.asked[0][0])), 'iframe_ready');
    }, PHONE);
  }

  flow('in the old client for Windows events come and go by its own ways', async ({ page, sent }) => {
    await page.addInitScript(() => {
      window.asked = [];
      window.external.notify = (text) => window.asked.push(JSON.parse(text));
    });
    await page.goto(launched('/', { version: '6.0', platform: 'tdesktop' }));
    await arrived(page);
    await page.evaluate(() => window.TelegramGameProxy_receiveEvent('theme_changed', { theme_params: { bg_color: '#ffffff', text_color: '#000000' } }));
    await eventually(async () => assert.equal(await style(page, '--ink'), '#000000'));
    await page.waitForFunction(() => window.asked.some(({ eventType, eventData }) => eventType === 'web_app_setup_main_button' && eventData.is_active));
    await page.evaluate(() => window.TelegramGameProxy_receiveEvent('main_button_pressed'));
    await prints(page);
    assert.equal(sent.length, 1);
  }, PHONE);

  flow('a page that lost its launch on the way to another page still knows it after a reload', async ({ page }) => {
    await nativeClient(page, 'android');
    await page.goto(launched('/'));
    await arrived(page);
    const user = () => page.locator('html').getAttribute('data-user');
    assert.equal(await user(), '4711');
    await page.evaluate(() => history.replaceState(null, '', '/pictures'));
    await page.reload();
    await arrived(page);
    assert.equal(await user(), '4711');
    await page.waitForFunction(() => window.asked.some(([type]) => type === 'web_app_setup_settings_button'), undefined, { timeout: 5000 });
  }, PHONE);
});

const env = { LIKENESS_FRAME_ANCESTORS: host.origin, LIKENESS_PUBLIC_URL: views.origin };

flows('views in the stand-in', { env }, (flow) => {
  for (const view of ['android', 'ios']) {
    flow(`the stand-in shows the app as ${view} does, with buttons, colours and the way back`, async ({ page, server, sent }) => {
      views.target = server.url;
      const { app, client } = await inTelegram(page, server, host, { at: views.origin, view });
      assert.ok(await app.evaluate(() => 'TelegramWebviewProxy' in window));
      await make(page, app, client);
      assert.equal(sent.length, 1);
      await client.call('wear', 'light');
      await eventually(async () => assert.equal(await style(app, '--ink'), '#000000'));
      await press(page.locator('#settings'));
      await eventually(() => assert.equal(pathOf(app), '/settings'));
      await press(page.locator('#back'));
      await eventually(() => assert.equal(pathOf(app), '/'));
    }, PHONE);
  }
});
