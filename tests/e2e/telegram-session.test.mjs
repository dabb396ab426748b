// Sessions that Telegram's launch begins, and how they end. All answers but those about sessions are the real server's.

import assert from 'node:assert/strict';
import { after } from 'node:test';
import { FAILED_LOAD, eventually, flows, job, prints, reads } from './support/studio.mjs';
import { NO_AUTOFOCUS, PHONE, frameOf, inTelegram, make, offered, press, startHost } from './support/telegram.mjs';

const host = await startHost();
after(() => host.stop());
const env = { LIKENESS_FRAME_ANCESTORS: `${host.origin},${host.otherSite}` };

flows('sessions', { env }, (flow) => {
  /** A server that lets in whom Telegram names: every answer but these is that of the real one. */
  const guarded = (page, { lasts = Infinity, refuse, signsInOnce = false } = {}) => {
    const seen = { signedIn: 0, bearers: new Set() };
    let uses = 0;
    return Promise.all([
      page.route('**/api/v1/config', async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, json: { ...(await response.json()), access: 'telegram' } });
      }),
      page.route('**/api/v1/telegram/session', (route) => {
        assert.match(route.request().headers().authorization, /^tma .*hash=[0-9a-f]{64}/);
        if (refuse || (signsInOnce && seen.signedIn > 0)) return route.fulfill({ status: 401, json: { error: { code: 'old_init_data' } } });
        seen.signedIn += 1;
        return route.fulfill({ json: { token: `token-${seen.signedIn}`, expires_in: 3600, user: { id: 4711 } } });
      }),
      page.route('**/api/fal/proxy', (route) => {
        const bearer = route.request().headers().authorization;
        seen.bearers.add(bearer);
        uses += 1;
        if (bearer !== `Bearer token-${seen.signedIn}` || (seen.signedIn === 1 && (signsInOnce ? uses >= lasts : uses === lasts))) {
          return route.fulfill({ status: 401, json: { error: { code: 'session_over', message: 'The session is over.', retryable: false } } });
        }
        return route.fallback();
      }),
    ]).then(() => seen);
  };

  flow('whom Telegram names is signed in without a word, and again when the session is over', async ({ page, server }) => {
    const seen = await guarded(page, { lasts: 2 });
    const { app, client } = await inTelegram(page, server, host);
    await make(page, app, client);
    assert.deepEqual([...seen.bearers], ['Bearer token-1', 'Bearer token-2']);
    assert.equal(seen.signedIn, 2);
    // A picture is shown the moment its bytes are here, a little before its run is put away.
    await eventually(async () => assert.equal(await app.locator('.job').count(), 0, 'nothing of it is seen'));
  }, { ...PHONE, expected: [FAILED_LOAD, NO_AUTOFOCUS] });

  flow('a session that is over for good says how to go on, whatever the network does, and the run is found again', async ({ page, server, sent }) => {
    await guarded(page, { lasts: 2, signsInOnce: true });
    const { app, client } = await inTelegram(page, server, host);
    await offered(client);
    await press(page.locator('#main'));
    const notice = app.locator('.notice[role="alert"]');
    await reads(notice, /Close this and open it again/);
    // What is out of sight has no text to read.
    await job(app).scrollIntoViewIfNeeded();
    await reads(job(app), /What was sent goes on and is found again/);
    await app.evaluate(() => window.dispatchEvent(new Event('online')));
    await page.waitForTimeout(1000);
    await reads(notice, /Close this and open it again/);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await client.call('open');
    const again = await frameOf(page);
    await prints(again);
    assert.equal(sent.length, 1);
  }, { ...PHONE, expected: [FAILED_LOAD, NO_AUTOFOCUS] });

  flow('a launch that names nobody, or that is refused, is explained', async ({ page, server, sent }) => {
    await guarded(page, { refuse: true });
    let { app } = await inTelegram(page, server, host);
    await reads(app.locator('.notice[role="alert"]'), /too old, or belongs to another studio/);
    ({ app } = await inTelegram(page, server, host, { initData: '' }));
    await reads(app.locator('.notice[role="alert"]'), /does not say who you are/);
    assert.equal(sent.length, 0);
  }, { ...PHONE, expected: [FAILED_LOAD, NO_AUTOFOCUS] });

  flow('a server that was away is asked for a session once more when the network is back', async ({ page, server }) => {
    const seen = await guarded(page);
    let asked = 0;
    await page.route('**/api/v1/telegram/session', (route) => (asked++ ? route.fallback() : route.abort()));
    const { app, client } = await inTelegram(page, server, host);
    await reads(app.locator('.notice[role="alert"]'), /does not answer/);
    await page.context().setOffline(true);
    await reads(app.locator('.notices'), /offline/i);
    await page.context().setOffline(false);
    await app.locator('.notice[role="alert"]').waitFor({ state: 'detached' });
    await make(page, app, client);
    assert.deepEqual([asked, seen.signedIn], [2, 1]);
  }, { ...PHONE, expected: [FAILED_LOAD, NO_AUTOFOCUS] });

  flow('an order that a session of yesterday refused does not lock out who comes with a new launch', async ({ page, server, sent }) => {
    await guarded(page, { lasts: 1, signsInOnce: true });
    const { app, client } = await inTelegram(page, server, host);
    await offered(client);
    await press(page.locator('#main'));
    await job(app, 'failed').waitFor();
    await reads(app.locator('.notice[role="alert"]'), /Close this and open it again/);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await guarded(page);
    const before = sent.length;
    await client.call('open');
    const again = await frameOf(page);
    await job(again, 'failed').waitFor();
    await make(page, again, client);
    assert.equal(sent.length, before + 1);
    assert.equal(await again.locator('.notice[role="alert"]').count(), 0);
    const felt = await client.calls('web_app_trigger_haptic_feedback');
    assert.deepEqual(felt.map(({ type }) => type), ['impact', 'notification'], 'what failed yesterday is not felt again');
    assert.equal(felt[1].notification_type, 'success');
  }, { ...PHONE, expected: [FAILED_LOAD, NO_AUTOFOCUS] });
});
