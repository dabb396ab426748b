// Pictures on their way out of the app inside Telegram, for tests: the server, its sessions and the stand-in for Telegram's Bot API are real programs; the
// client is the page of `telegram-host.html`.

import assert from 'node:assert/strict';
import { after } from 'node:test';
import { eventually, prints, reads } from './studio.mjs';
import { TOKEN, inTelegram, press, startBotApi, startHost } from './telegram.mjs';

export const [host, bot] = await Promise.all([startHost(), startBotApi()]);
after(() => Promise.all([host.stop(), bot.stop()]));
export const PUBLIC = 'https://studio.example';
export const env = {
  LIKENESS_FRAME_ANCESTORS: `${host.origin},${host.otherSite}`,
  LIKENESS_PUBLIC_URL: PUBLIC,
  TELEGRAM_API_BASE: bot.base,
  TELEGRAM_BOT_TOKEN: TOKEN,
};
/** What a picture's panel says once the picture can be sent. */
export const READY = /Your text and settings are left out/;
/** Everyone has an own chat, so that tests beside each other do not see each other's messages. */
let people = 5000;
export const somebody = () => ({ id: (people += 1), first_name: 'Vera', language_code: 'en' });
export const callsFor = async (person) => (await bot.calls()).filter(({ texts }) => [texts.chat_id, texts.user_id].includes(String(person.id)));
export const methods = (calls) => calls.map(({ method }) => method);

/** The public address of the studio leads to the server, as a name does. */
export const named = (page, server) =>
  page.route(`${PUBLIC}/**`, async (route) => {
    const url = route.request().url().replace(PUBLIC, server.url);
    await route.fulfill({ response: await route.fetch({ url }) });
  });

/** Makes a picture, opens it, and opens what can be done with it. */
async function opened(page, app, isMute) {
  // A client that says nothing lends no button.
  const button = isMute ? app.locator('#make') : page.locator('#main');
  await eventually(async () => assert.ok((await button.isVisible()) && (await button.isEnabled())));
  await press(button);
  await prints(app);
  await app.locator('[data-print] a').first().click();
  await app.locator('.viewer[open]').waitFor();
  await app.locator('#send-or-save').click();
  const status = app.locator('.sending [role="status"]');
  return { status, way: (name) => app.locator(`#way-${name}`), says: (text) => reads(status, text) };
}

/** The panel of a picture in the client. */
export async function inside({ page, server }, settings = {}) {
  await named(page, server);
  const person = settings.user ?? somebody();
  const { app, client } = await inTelegram(page, server, host, { ...settings, user: person });
  return { app, client, person, ...(await opened(page, app, settings.mode === 'mute')) };
}
