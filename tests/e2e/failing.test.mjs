// When something fails: a clear sentence, what it cost, and nothing lost or sent twice.

import assert from 'node:assert/strict';
import { ARTISTIC, FAILED_LOAD, PORTRAIT, able, answerOrders, asLive, choose, eventually, flows, job, make, picture, prints, reads, ready } from './support/studio.mjs';

const WORDS = 'at a harbour in the fog';
const json = (status, body, headers = {}) => (route) =>
  route.fulfill({ status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
const text = (status, body, type) => (route) => route.fulfill({ status, contentType: type, body });

/** What FAL, or something between, may answer to an order that it did not take. */
const REFUSALS = [
  ['401 for a wrong key', json(401, { detail: 'No user found for Key ID and Secret' }), /does not accept the studio’s key/, /Nothing was charged/],
  ['402 for a missing payment', json(402, { detail: 'Payment required' }), /run out of money/, /Nothing was charged/],
  [
    '403 for an exhausted balance',
    json(403, { detail: 'User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing.' }),
    /run out of money[^]*top it up/,
    /Nothing was charged/,
  ],
  ['403 for a key without rights', json(403, { detail: 'Access denied' }), /may not use this model/, /Nothing was charged/],
  [
    '422 with a list',
    json(422, { detail: [{ loc: ['body', 'num_images'], msg: 'Input should be less than or equal to 4', type: 'less_than_equal', ctx: { le: 4 }, input: 9 }] }),
    /refused a setting/,
    /may have cost about \$/,
  ],
  ['422 with a string', json(422, { detail: 'Prompt is not allowed here' }), /refused a setting/, /may have cost about \$/],
  [
    '422 for words that are not allowed',
    json(422, { detail: [{ loc: ['body', 'prompt'], msg: 'The content could not be processed', type: 'content_policy_violation' }] }),
    /safety filter[^]*Say it differently/,
    /may have cost about \$/,
  ],
  ['429 for too many at once', json(429, { detail: 'Too many requests' }, { 'retry-after': '60' }), /Too many orders at once[^]*Wait/, /Nothing was charged/],
  ['a page of HTML with 404', text(404, '<!doctype html><title>Not here</title>', 'text/html'), /could not be read/, /Nothing was charged/],
  [
    'our own server held back',
    json(502, { error: { code: 'unreachable', message: 'fal.ai cannot be reached', retryable: true } }, { 'x-likeness-sent': 'no' }),
    /server could not do it/,
    /Nothing was charged/,
  ],
];

/** After these nobody knows whether a run was started. */
const LOST = [
  ['HTML in place of an answer', text(200, '<!doctype html><title>Sign in to the network</title>', 'text/html')],
  ['HTML with 502', text(502, '<html>Bad gateway</html>', 'text/html')],
  ['half an answer', text(200, '{"request_id": "0d3f', 'application/json')],
  ['an answer without an id', json(200, { status: 'IN_QUEUE' })],
  ['an empty answer', text(200, '', 'application/json')],
  ['500', json(500, { detail: 'Internal Server Error' })],
  ['504', json(504, { detail: 'Gateway timeout' })],
  ['a broken line', (route) => route.abort('connectionreset')],
];

flows('orders that fail', {}, (flow) => {
  flow(
    'every refusal is told in a sentence, with its cost and a next step, and the words stay',
    async ({ page, sent }) => {
      await asLive(page);
      let answer;
      await answerOrders(page, (route) => answer(route));
      for (const [name, refusal, what, cost] of REFUSALS) {
        answer = refusal;
        sent.length = 0;
        // Words of its own: for the same once more, at once, the button asks.
        const words = `${WORDS}, ${name}`;
        await make(page, words);
        const card = job(page, 'failed');
        const said = await reads(card, what).catch((error) => assert.fail(`${name}: ${error.message}`));
        assert.match(said, cost, name);
        assert.ok((await card.locator('.job__next').innerText()).length > 10, `${name}: says what to do`);
        assert.equal(await page.locator('#prompt').inputValue(), words, name);
        assert.equal(sent.length, 1, `${name}: nothing is sent again by itself`);
        await reads(page.locator('#announcer'), /No picture/);
        await card.getByRole('button', { name: 'Dismiss' }).click();
        await eventually(async () => assert.equal(await page.locator('.job').count(), 0));
      }
    },
    { expected: [FAILED_LOAD] },
  );

  flow(
    'when nobody knows whether an order arrived, the card says so, and nothing is sent again',
    async ({ page, sent }) => {
      await asLive(page);
      let answer;
      await answerOrders(page, (route) => answer(route));
      for (const [name, loss] of LOST) {
        answer = loss;
        sent.length = 0;
        const words = `${WORDS}, ${name}`;
        await make(page, words);
        const card = job(page, 'unknown');
        const said = await reads(card, /whether (it|your order) arrived/).catch((error) => assert.fail(`${name}: ${error.message}`));
        assert.match(said, /Counted as spent, about \$/, name);
        assert.equal(await card.getByRole('button', { name: 'Try again' }).count(), 0, `${name}: no press repeats it`);
        assert.equal(await page.locator('#prompt').inputValue(), words, name);
        assert.equal(sent.length, 1, `${name}: nothing is sent again by itself`);
        await card.getByRole('button', { name: 'Dismiss' }).click();
        await eventually(async () => assert.equal(await page.locator('.job').count(), 0));
      }
    },
    { expected: [FAILED_LOAD] },
  );

  flow(
    'in the demo nothing that fails is said to have cost anything',
    async ({ page }) => {
      await able(page);
      let answer;
      await answerOrders(page, (route) => answer(route));
      for (const [state, how] of [
        ['failed', json(422, { detail: 'Prompt is not allowed here' })],
        ['unknown', (route) => route.abort('connectionreset')],
      ]) {
        answer = how;
        await make(page, `${WORDS}, ${state}`);
        const said = await reads(job(page, state), /costs nothing/);
        assert.doesNotMatch(said, /\$|Counted as spent/);
      }
    },
    { expected: [FAILED_LOAD] },
  );

  flow(
    'a lost order is still unknown after a reload, and is not sent then either',
    async ({ page, sent }) => {
      await able(page);
      await answerOrders(page, (route) => route.abort('connectionreset'));
      await make(page, WORDS);
      await job(page, 'unknown').waitFor();
      await page.reload();
      await ready(page);
      await job(page, 'unknown').waitFor();
      assert.equal(sent.length, 1);
      await page.unrouteAll();
      await job(page).getByRole('button', { name: 'Edit' }).click();
      assert.equal(await page.locator('#prompt').inputValue(), WORDS);
      await make(page);
      await prints(page);
      assert.equal(sent.length, 2, 'the person decided to');
    },
    { expected: [FAILED_LOAD] },
  );

  flow(
    'a reload while an order is being sent leaves it unknown',
    async ({ page, sent }) => {
      await able(page);
      await answerOrders(page, () => {});
      await make(page, WORDS);
      await reads(page.locator('#make'), /Sending/);
      await job(page, 'sending').waitFor();
      await eventually(async () => assert.equal(sent.length, 1));
      await page.reload();
      await ready(page);
      await job(page, 'unknown').waitFor();
      assert.equal(sent.length, 1);
    },
    { expected: [FAILED_LOAD] },
  );

  flow(
    'a retired model offers Ultra, and the same picture is made there',
    async ({ page, sent }) => {
      await asLive(page);
      await choose(page, 'avatar', ARTISTIC);
      await answerOrders(page, json(404, { detail: "Application 'flux-pro' not found" }));
      await make(page, 'a castle in the fog');
      await reads(job(page, 'failed'), /closed this model[^]*Nothing was charged|Nothing was charged[^]*closed this model/);
      await page.unrouteAll();
      await page.getByRole('button', { name: 'Extra large' }).click();
      await able(page);
      assert.equal(sent.length, 1, 'nothing is put in its place unasked');
      await picture(page);
      assert.equal(sent[1].endpoint, 'fal-ai/flux-pro/v1.1-ultra-finetuned');
      assert.equal(sent[1].body.prompt, sent[0].body.prompt);
    },
    { expected: [FAILED_LOAD] },
  );

  flow(
    'a retired model of portraits does not offer Ultra, which takes none',
    async ({ page }) => {
      await able(page);
      await choose(page, 'avatar', PORTRAIT);
      await answerOrders(page, json(404, { detail: "Application 'flux-lora' not found" }));
      await make(page, WORDS);
      await reads(job(page, 'failed'), /closed this model/);
      assert.equal(await page.getByRole('button', { name: 'Extra large' }).count(), 0);
    },
    { expected: [FAILED_LOAD] },
  );

  flow(
    'after a failure one press tries again, with the settings that it had',
    async ({ page, sent }) => {
      await able(page);
      await answerOrders(page, json(429, { detail: 'Too many requests' }));
      await make(page, WORDS);
      await job(page, 'failed').waitFor();
      await page.unrouteAll();
      await page.locator('#prompt').fill('something else by now');
      await job(page).getByRole('button', { name: 'Try again' }).click();
      await prints(page);
      assert.equal(sent.length, 2);
      assert.equal(sent[1].text, sent[0].text);
      assert.notEqual(sent[1].key, sent[0].key, 'another order');
      assert.equal(await page.locator('#prompt').inputValue(), 'something else by now');
    },
    { expected: [FAILED_LOAD] },
  );

  flow(
    'answers that cannot be read on the way are asked for again, and the run still ends well',
    async ({ page, sent }) => {
      let troubles = 0;
      await page.route('**/api/fal/proxy', (route) => {
        const target = route.request().headers()['x-fal-target-url'];
        if (!target.includes('/requests/') || troubles >= 2) return route.fallback();
        troubles += 1;
        return troubles === 1 ? text(200, '<html>', 'text/html')(route) : json(503, { detail: 'Busy' })(route);
      });
      await make(page, WORDS);
      await reads(job(page), /No answer just now/);
      await prints(page);
      assert.equal(sent.length, 1);
    },
    { expected: [FAILED_LOAD] },
  );

  flow(
    'what FAL refuses only at the end is a failure with its reason',
    async ({ page, sent }) => {
      await page.route('**/api/fal/proxy', (route) => {
        const target = route.request().headers()['x-fal-target-url'];
        if (!/\/requests\/[^/]+$/.test(target)) return route.fallback();
        return json(422, { detail: [{ loc: ['body', 'loras'], msg: 'Could not download the file', type: 'file_download_error' }] })(route);
      });
      await make(page, WORDS);
      await reads(job(page, 'failed'), /file cannot be reached/);
      assert.equal(sent.length, 1);
      await job(page).getByRole('link', { name: 'Open avatar' }).click();
      assert.match(page.url(), /\/avatars\/demo-vera$/);
    },
    { expected: [FAILED_LOAD] },
  );

  flow(
    'a picture whose file does not come at first is asked for again',
    async ({ page }) => {
      let asked = 0;
      await page.route('**/api/v1/demo/media/**', (route) => {
        asked += 1;
        return asked === 1 ? route.abort('failed') : route.fallback();
      });
      await make(page, WORDS);
      await prints(page);
    },
    { expected: [FAILED_LOAD] },
  );

  flow(
    'without a network one can compose, an order waits and can be taken back, and what waits is sent once when the network is back',
    async ({ page, sent }) => {
      await asLive(page);
      await picture(page, WORDS);
      await page.context().setOffline(true);
      await reads(page.locator('.notices'), /You are offline/);
      await page.locator('#prompt').fill('on a mountain at noon');
      await reads(page.locator('#sent'), /on a mountain at noon/);
      await make(page);
      await reads(job(page, 'waiting'), /Waits for the network[^]*Nothing was sent yet/);
      await job(page, 'waiting').getByRole('button', { name: 'Cancel' }).click();
      await reads(job(page, 'cancelled'), /nothing was charged/);
      await job(page, 'cancelled').getByRole('button', { name: 'Dismiss' }).click();
      await make(page);
      await job(page, 'waiting').waitFor();
      assert.equal(sent.length, 1, 'nothing was even tried');
      assert.equal(await page.locator('#prompt').inputValue(), 'on a mountain at noon');
      await page.locator('[data-print] a').click();
      await page.waitForFunction(() => document.querySelector('.viewer__picture')?.naturalWidth > 0);
      await page.keyboard.press('Escape');

      await page.context().setOffline(false);
      await eventually(async () => assert.equal(await page.locator('.notice').count(), 0));
      await prints(page, 2);
      assert.equal(sent.length, 2);
    },
    { expected: [FAILED_LOAD] },
  );

  flow(
    'a refusal that says how long to wait counts down',
    async ({ page }) => {
      await able(page);
      const error = { code: 'too_many_submits', message: 'x', retryable: true, retry_after_ms: 3000 };
      await answerOrders(page, json(429, { error }));
      await make(page, WORDS);
      await reads(job(page, 'failed'), /Too many orders were sent[^]*another try in [23] s/);
      await reads(job(page, 'failed'), /Now it is worth another try/);
    },
    { expected: [FAILED_LOAD] },
  );

  flow(
    'each refusal of our own server is told in words of its own, and that nothing was charged',
    async ({ page }) => {
      await asLive(page);
      let answer;
      await answerOrders(page, (route) => answer(route));
      for (const [code, status, words] of [
        ['user_day_spent', 429, /Your budget for today/],
        ['day_spent', 429, /This studio’s budget for today/],
        ['month_spent', 429, /budget for the month/],
        ['too_many_runs', 429, /Too many orders are under way/],
        ['unknown_price', 403, /does not know what the model costs/],
        ['ledger_away', 503, /cannot check the budget/],
        ['sign_in_required', 401, /does not know you/],
      ]) {
        answer = json(status, { error: { code, message: 'x', retryable: true } });
        await make(page, WORDS);
        assert.match(await reads(job(page, 'failed'), words), /Nothing was charged/, code);
        await job(page, 'failed').getByRole('button', { name: 'Dismiss' }).click();
        await eventually(async () => assert.equal(await page.locator('.job').count(), 0));
      }
    },
    { expected: [FAILED_LOAD] },
  );
});
