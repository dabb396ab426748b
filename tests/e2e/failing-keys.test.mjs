// Every card of a run that gave nothing, for somebody with a keyboard and a screen reader and no mouse: what it says, and what can be done from it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ARTISTIC, FAILED_LOAD, PORTRAIT, asLive, choose, eventually, flows, job, opened, orderOf, prints, putRecord, ready, records } from './support/studio.mjs';

const WORDS = 'at a harbour in the fog';
const NONE = /Nothing was charged\./;
const MAYBE = /It may have cost about \$\d/;

const json = (status, body, headers = {}) => ({ status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
const problem = (field, type, msg) => json(422, { detail: [{ loc: ['body', field], msg, type }] });
const own = (code, status) => json(status, { error: { code, message: 'x', retryable: true } });

/** Ways to fail: the order is refused, … */
const order = (answer) => ({ at: (request) => orderOf(request), answer });
/** … FAL ends the run with a verdict, … */
const result = (answer) => ({ at: (request) => /\/requests\/[^/]+$/.test(target(request)), answer });
/** … it knows nothing of the run, … */
const status = (answer) => ({ at: (request) => /\/status$/.test(target(request)), answer });
/** … the order cannot be stored, … */
const store = (error) => ({ error });
/** … or it came to that in another session. */
const stored = (state) => ({ state });
const target = (request) => request.headers()['x-fal-target-url']?.replace(/\?.*/, '') ?? '';
const verdict = (type) => result(json(422, { detail: 'x', error_type: type }));

const again = 'Try again';
const edit = 'Edit';
/** Nothing here helps; somebody else has to do something first. */
const none = undefined;
/** All buttons of a card beside the one that puts it away, by its main action. */
const actions = (main) => [main, edit].filter((action, at, all) => main && all.indexOf(action) === at);

/** Kind, how it comes about, what the card says has happened, what it cost, what to do, and its main action. */
const KINDS = [
  ['unauthorized', order(json(401, { detail: 'No user found for Key ID and Secret' })), /does not accept the studio’s key/, NONE, /owner .* check the key/, none],
  ['forbidden', order(json(403, { detail: 'Access denied' })), /may not use this model/, NONE, /Choose another preset or avatar/, edit],
  ['exhausted_balance', order(json(403, { detail: 'User is locked. Reason: Exhausted balance.' })), /run out of money/, NONE, /top it up at fal\.ai/, again],
  ['content_policy', order(problem('prompt', 'content_policy_violation', 'x')), /safety filter of fal\.ai refused/, MAYBE, /Say it differently/, edit],
  ['no_media', verdict('no_media_generated'), /finished without a picture/, MAYBE, /other words/, again],
  ['unknown_request', status(json(404, { detail: 'Request not found' })), /does not know this order/, MAYBE, /Make the pictures again/, again],
  ['dead_lora', verdict('file_download_error'), /file cannot be reached/, MAYBE, /check the address/, 'Open avatar'],
  ['finetune_missing', order(json(404, { detail: 'Finetune does not exist' })), /does not know this avatar’s style/, MAYBE, /check its id/, 'Open avatar', ARTISTIC],
  ['validation', order(problem('num_images', 'less_than_equal', 'Input should be less than or equal to 4')), /refused a setting/, MAYBE, /Change the setting named below[^]*How many: Input should be less than or equal to 4/, edit],
  ['rate_limited', order(json(429, { detail: 'Too many requests' })), /Too many orders at once/, NONE, /Wait a little/, again],
  ['queue_full', order(json(429, { detail: 'The queue is full' })), /queue is full/, NONE, /Wait a few minutes/, again],
  ['start_timeout', order(json(504, { detail: 'x' }, { 'x-fal-request-timeout-type': 'user' })), /did not start in time/, NONE, /Try again in a few minutes/, again],
  ['timeout', verdict('generation_timeout'), /took too long/, MAYBE, /ask for fewer pictures/, again],
  ['cancelled', verdict('client_cancelled'), /was cancelled/, MAYBE, /Make it again/, again],
  ['upstream', verdict('internal_server_error'), /broke at fal\.ai/, MAYBE, /Try again in a few minutes/, again],
  ['garbled', order({ status: 404, contentType: 'text/html', body: '<title>Not here</title>' }), /could not be read/, NONE, /another network/, again],
  ['network', stored({ state: 'failed' }), /There was no answer/, MAYBE, /Check your connection/, again],
  ['too_large', order(json(413, { detail: 'Payload too large' })), /order is too large/, NONE, /Press “Edit” and shorten the text/, edit],
  ['unknown_outcome', stored({ state: 'failed' }), /do not know whether your order arrived/, MAYBE, /before you send it again/, 'Send again'],
  ['server', order(own('unreachable', 502)), /server could not do it/, NONE, /tell the owner/, again],
  ['refused', order(json(400, { detail: 'x' })), /refused the order/, NONE, /Press “Edit” and check the text and the settings/, edit],
  ['storage_full', store('QuotaExceededError'), /no room left/, NONE, /Delete some old pictures/, again],
  ['storage_failed', store('UnknownError'), /could not store the order/, NONE, /Reload the page/, 'Reload'],
  ['storage_newer', stored({ state: 'failed' }), /newer version of Likeness/, MAYBE, /Reload the page/, 'Reload'],
  ['user_day_spent', order(own('user_day_spent', 429)), /Your budget for today/, NONE, /Tomorrow there is a new one/, edit],
  ['day_spent', order(own('day_spent', 429)), /studio’s budget for today/, NONE, /Tomorrow there is a new one/, edit],
  ['month_spent', order(own('month_spent', 429)), /budget for the month/, NONE, /owner .* can raise it/, edit],
  ['too_many_runs', order(own('too_many_runs', 429)), /Too many orders are under way/, NONE, /until one of them is done/, again],
  ['too_many_submits', order(own('too_many_submits', 429)), /sent in a short time/, NONE, /Wait a little/, again],
  ['unknown_price', order(own('unknown_price', 403)), /does not know what the model costs/, NONE, /Choose another preset or avatar/, edit],
  ['ledger_away', order(own('ledger_away', 503)), /cannot check the budget/, NONE, /in a minute/, again],
  ['loopback_only', order(own('loopback_only', 403)), /only for the computer that it runs on/, NONE, /Ask the owner/, none],
  ['outdated', stored({ state: 'failed' }), /not valid any more/, MAYBE, /Press “Edit”/, edit],
  ['picture_gone', stored({ state: 'failed' }), /deleted the picture before/, MAYBE, /same settings and variant/, again],
  ['picture_refused', stored({ state: 'failed' }), /does not fetch from the address/, MAYBE, /Open the address yourself/, none],
  ['result_expired', stored({ state: 'failed' }), /no longer has the pictures/, MAYBE, /Make them again/, again],
  ['sign_in_required', order(own('sign_in_required', 401)), /does not know you/, NONE, /Sign in again/, again],
  ['session_over', order(own('session_over', 401)), /sign-in has run out/, NONE, /open it again from the chat/, none],
  ['wrong_code', order(own('wrong_code', 401)), /no longer the right one/, NONE, /Enter the new one/, again],
  // The last, because Ultra then stays chosen.
  ['endpoint_gone', order(json(404, { detail: "Application 'flux-pro' not found" })), /closed this model/, NONE, /Turn on “Extra large”/, 'Extra large', ARTISTIC],
];

/** Cards without a failure, from which there is something to do all the same. */
const OTHERS = [
  [stored({ state: 'unknown', inquiry: 'closed' }), /do not know whether your order arrived/, /Counted as spent, about \$/, /never send it again by ourselves/, 'Send again'],
  [stored({ state: 'unsent', offer: null }), /It was not sent/, NONE, /Send it again if you still want it/, 'Send again'],
  [stored({ state: 'cancelled' }), /Cancelled/, /nothing was charged/, /nothing was charged/, again],
];

/** The kinds that the interface has words for. */
const worded = () => {
  const source = readFileSync(new URL('../../src/i18n/en/terms.rs', import.meta.url), 'utf8');
  const failures = source.slice(source.indexOf('fn failure('));
  const names = [...failures.matchAll(/^ +FailureKind::(\w+) =>/gm)].map(([, name]) => name);
  return names.map((name) => name.replace(/(?!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase());
};

/** The cards of runs that are over. */
const AT_REST = '.job:is([data-state="failed"], [data-state="unknown"], [data-state="unsent"], [data-state="cancelled"])';

/** What has the focus, in few words. */
const focused = (page) => page.evaluate(() => document.activeElement.id || document.activeElement.className || document.activeElement.tagName);

/** Presses Tab until what has the focus fits, as somebody does who looks for it. */
async function tabTo(page, selector, name) {
  for (let presses = 0; presses < 250; presses += 1) {
    await page.keyboard.press('Tab');
    const fits = ([selector, name]) => {
      const active = document.activeElement;
      return active.matches(selector) && (!name || (active.ariaLabel ?? active.textContent) === name);
    };
    if (await page.evaluate(fits, [selector, name])) return;
  }
  assert.fail(`Tab never comes to ${selector} ${name ?? ''}`);
}

/** The group that has the focus in it, as a screen reader is given it. */
async function heard(session) {
  const { result } = await session.send('Runtime.evaluate', { expression: 'document.activeElement.closest("[role=group]")' });
  const { nodes } = await session.send('Accessibility.getPartialAXTree', { objectId: result.objectId, fetchRelatives: false });
  const [{ role, name, description }] = nodes;
  return { role: role.value, name: name.value, description: description.value.replaceAll('\u00A0', ' ') };
}

/** Reaches the one card, hears what it says, and uses its main action. */
async function use(page, session, label, action, what, cost, next) {
  await tabTo(page, '.job *');
  const { role, name, description } = await heard(session);
  assert.equal(role, 'group', label);
  assert.match(name, what, `${label}: what happened`);
  assert.match(description, cost, `${label}: what it cost`);
  assert.match(description, next, `${label}: what to do`);
  assert.ok(description.includes(WORDS), `${label}: which order it is`);
  assert.deepEqual(await page.locator('.job .button').allInnerTexts(), actions(action), `${label}: what fits, and nothing else`);
  if (!action) return;
  // The first control of a card may be the one that is meant.
  const isThere = await page.evaluate((action) => document.activeElement.textContent === action, action);
  if (!isThere) await tabTo(page, '.job .button', action);
  const main = page.locator('.job .button[data-kind="primary"], .job a.button');
  if (await main.count()) assert.deepEqual(await main.allInnerTexts(), [action], `${label}: one main action`);
  await page.keyboard.press('Enter');
}

/** Where the focus has to be once the action has been used; `count` pictures are there by then if it was ordered again. */
async function lands(page, label, action, count) {
  if (!action) return;
  if (action === 'Reload') {
    await page.waitForEvent('load');
    await ready(page);
  } else if (action === again || action === 'Send again') {
    await prints(page, count);
    await eventually(async () => assert.equal(await focused(page), 'sheet-title', label));
  } else if (action === 'Open avatar') {
    await eventually(async () => assert.equal(await focused(page), 'main', label));
    assert.match(page.url(), /\/avatars\/./, label);
    await page.goBack();
    await job(page).waitFor();
  } else {
    await eventually(async () => assert.equal(await focused(page), 'prompt', label));
  }
}

async function dismiss(page, label) {
  await tabTo(page, '.job .icon-button', 'Dismiss');
  await page.keyboard.press('Enter');
  await eventually(async () => assert.equal(await page.locator('.job').count(), 0, label));
  await eventually(async () => assert.equal(await focused(page), 'sheet-title', label));
}

/** Lets runs fail in the way that is set, and gives what sets it. */
async function failing(page) {
  let way = {};
  await page.route('**/api/fal/proxy', (route) => (way.at?.(route.request()) ? route.fulfill(way.answer) : route.fallback()));
  await page.addInitScript(() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...given) {
      if (window.refuseJobs && this.name === 'jobs') throw new DOMException('x', window.refuseJobs);
      return put.apply(this, given);
    };
  });
  return async (next) => {
    way = next;
    await page.evaluate((error) => (window.refuseJobs = error), next.error ?? '');
  };
}

flows('a failed run, by keyboard alone', { concurrency: 2 }, (flow) => {
  const half = KINDS.length / 2;
  for (const [kinds, others, which] of [
    [KINDS.slice(0, half), OTHERS, 'the first half'],
    [KINDS.slice(half), [], 'the second'],
  ]) {
    flow(
      `every kind of failure can be reached, heard and acted upon, and the focus is never lost: ${which}`,
      async ({ page }) => {
        assert.deepEqual(KINDS.map(([kind]) => kind).sort(), worded().sort(), 'every kind has its row here');
        const session = await page.context().newCDPSession(page);
        const fail = await failing(page);
        await asLive(page);
        let [made, orders] = [0, 0];
        let record;
        const begin = async (label, way) => {
          // A server that knows nobody is asked for a code first.
          if (await page.locator('#access-code').count()) {
            await page.reload();
            await ready(page);
          }
          await fail(way);
          if (way.state) {
            await putRecord(page, 'jobs', record.id, { ...record, ...way.state });
            await page.reload();
            await ready(page);
          } else {
            await tabTo(page, '#prompt');
            await page.keyboard.press('Control+A');
            // Words of its own: for the same once more, at once, the button asks.
            await page.keyboard.insertText(`${WORDS} ${(orders += 1)}`);
            await page.locator('.go[data-state="ready"]').waitFor().catch((error) => assert.fail(`${label}: ${error.message}`));
            await page.keyboard.press('Control+Enter');
          }
          await eventually(async () => assert.equal(await page.locator(AT_REST).count(), 1, label));
        };
        const through = async (label, action, ...words) => {
          // Whoever has to sign in first is led there.
          const isLocked = (await page.locator('#access-code').count()) > 0;
          await use(page, session, label, action, ...words);
          if (action === again && isLocked) {
            await eventually(async () => assert.equal(await focused(page), 'access-code', label));
            return dismiss(page, label);
          }
          if (action === again || action === 'Send again') made += 1;
          await lands(page, label, action, made);
          // A reload shows again what is stored, a moment later.
          if (action === 'Reload') {
            await opened(page);
            await page.locator('.job').first().waitFor({ timeout: 3000 }).catch(() => {});
          }
          if (await page.locator('.job').count()) await dismiss(page, label);
        };
        for (const [kind, way, what, cost, next, action, avatar] of kinds) {
          await choose(page, 'avatar', avatar ?? PORTRAIT);
          if (way.state) way.state.failure = { ...record.failure, kind, charge: 'maybe' };
          await begin(kind, way);
          if (!way.state && !way.error) {
            record = (await records(page, 'jobs')).find(({ failure }) => failure?.kind === kind);
            assert.ok(record, kind);
          }
          await fail({});
          await through(kind, action, what, cost, next);
        }
        for (const [way, what, cost, next, action] of others) {
          await begin(way.state.state, way);
          await through(way.state.state, action, what, cost, next);
        }
      },
      { expected: [FAILED_LOAD] },
    );
  }

  flow(
    'while a card changes the focus stays on it, and a press that was meant for what is gone hits nothing',
    async ({ page }) => {
      const fail = await failing(page);
      await asLive(page);
      await fail(order(json(429, { detail: 'Too many requests' })));
      await tabTo(page, '#prompt');
      await page.keyboard.press('Control+Enter');
      await job(page, 'failed').waitFor();
      await fail(status(json(202, { status: 'IN_QUEUE', queue_position: 2 })));
      await tabTo(page, '.job .button', again);
      await page.keyboard.press('Enter');
      await eventually(async () => assert.match(await focused(page), /^job-/));
      await job(page, 'queued').waitFor();
      // A card that is drawn anew has the focus again with the next frame.
      const isOnCard = (why) => eventually(async () => assert.match(await focused(page), /^job-/, why));
      await isOnCard('the card of the new run');
      await tabTo(page, '.job .button', 'Cancel');
      // The place in the queue is drawn anew under the focus.
      await fail(status(json(202, { status: 'IN_QUEUE', queue_position: 1 })));
      await eventually(async () => assert.match(await job(page).innerText(), /Second in the queue/));
      await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Cancel'));
      await fail({ at: (request) => /\/cancel$/.test(target(request)), answer: json(404, { status: 'NOT_FOUND' }) });
      await page.keyboard.press('Enter');
      await page.keyboard.press('Enter');
      await job(page, 'cancelled').waitFor();
      await page.keyboard.press('Enter');
      await isOnCard('not on the button that stands there now');
    },
    { expected: [FAILED_LOAD] },
  );
});
