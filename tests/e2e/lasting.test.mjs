// What lasts: orders whose answer was lost, runs that outlive their tab, and the library when the browser is against it.

import assert from 'node:assert/strict';
import { FAILED_LOAD, able, answerOrders, eventually, flows, job, make, open, opened, orderOf, picture, prints, reads, ready, records } from './support/studio.mjs';

const WORDS = 'at a harbour in the fog';
const absent = { error: { code: 'unknown_submission', message: 'x', retryable: false } };

/** Lets the server take every order, and loses its answer. Gives the answers, by key. */
async function loseAnswers(page) {
  const kept = new Map();
  await answerOrders(page, async (route) => {
    const response = await route.fetch();
    kept.set(orderOf(route.request()).key, await response.json());
    await route.abort('connectionreset');
  });
  return kept;
}

/** What the server says became of a submit. */
const submissions = (page, answer) =>
  page.route('**/api/v1/submissions/*', (route) => {
    const [status, json] = answer(new URL(route.request().url()).pathname.split('/').pop());
    return route.fulfill({ status, json });
  });

flows('orders whose answer was lost', {}, (flow) => {
  flow(
    'an answer that the server kept brings the picture, and nothing is sent again',
    async ({ page, sent }) => {
      await able(page);
      const kept = await loseAnswers(page);
      let asked = 0;
      await submissions(page, (key) => {
        asked += 1;
        return asked < 3 ? [200, { state: 'in_flight' }] : [200, { state: 'answered', status: 200, headers: {}, reply: kept.get(key) }];
      });
      await make(page, WORDS);
      await reads(job(page, 'unknown'), /Checking whether it arrived[^]*Nothing is sent again by itself/);
      await prints(page);
      assert.equal(sent.length, 1);
    },
    { expected: [FAILED_LOAD] },
  );

  flow(
    'what the button says of it is what the card says, in the language of the page',
    async ({ page }) => {
      await able(page);
      await loseAnswers(page);
      let asked = 0;
      await submissions(page, () => {
        asked += 1;
        return asked < 3 ? [200, { state: 'in_flight' }] : [200, { state: 'unknown' }];
      });
      await make(page, WORDS);
      const strip = page.locator('#underway');
      await reads(strip, /Checking whether it arrived/);
      await reads(job(page, 'unknown'), /We do not know whether/);
      await reads(strip, /We do not know whether/);
      await page.getByRole('button', { name: 'Русский' }).first().click();
      await reads(strip, /Неизвестно/);
    },
    { expected: [FAILED_LOAD] },
  );

  flow(
    'it is asked about after a reload too',
    async ({ page, sent }) => {
      await able(page);
      const kept = await loseAnswers(page);
      await submissions(page, () => [503, { error: { code: 'ledger_away', message: 'x', retryable: true } }]);
      await make(page, WORDS);
      await reads(job(page, 'unknown'), /cannot say just now/);
      await page.unroute('**/api/v1/submissions/*');
      await submissions(page, (key) => [200, { state: 'answered', status: 200, headers: {}, reply: kept.get(key) }]);
      await page.reload();
      await ready(page);
      await prints(page);
      assert.equal(sent.length, 1);
    },
    { expected: [FAILED_LOAD] },
  );

  flow(
    'one that nobody can tell of stays listed as unknown and is not asked about any more',
    async ({ page, sent }) => {
      await able(page);
      await answerOrders(page, (route) => route.abort('connectionreset'));
      let asked = 0;
      await submissions(page, () => {
        asked += 1;
        return [200, { state: 'unknown' }];
      });
      await make(page, WORDS);
      await reads(job(page, 'unknown'), /do not know whether your order arrived[^]*cannot be fetched/);
      await page.reload();
      await ready(page);
      await reads(job(page, 'unknown'), /cannot be fetched/);
      assert.deepEqual([sent.length, asked], [1, 1]);
    },
    { expected: [FAILED_LOAD] },
  );

  flow(
    'a key that the server does not know twice may be sent again by a press, under the same key',
    async ({ page, sent }) => {
      await able(page);
      await answerOrders(page, (route) => route.abort('connectionreset'));
      const asked = [];
      await submissions(page, () => {
        asked.push(Date.now());
        return [404, absent];
      });
      await make(page, WORDS);
      await reads(job(page, 'unsent'), /It was not sent[^]*Send it again/);
      assert.equal(asked.length, 2);
      assert.ok(asked[1] - asked[0] >= 10_000, `${asked[1] - asked[0]} ms between the two`);
      assert.equal(sent.length, 1);
      await page.unroute('**/api/fal/proxy');
      await job(page, 'unsent').getByRole('button', { name: 'Send again' }).click();
      await prints(page);
      assert.deepEqual([sent.length, sent[1].key, sent[1].text], [2, sent[0].key, sent[0].text]);
    },
    { expected: [FAILED_LOAD] },
  );
});

flows('a laptop that sleeps', { speed: '10' }, (flow) => {
  flow('for ten minutes in the middle of a run has its picture when it wakes, and ordered nothing', async ({ page, sent }) => {
    await able(page);
    await opened(page);
    await make(page, WORDS);
    await eventually(async () => assert.match((await records(page, 'jobs'))[0]?.state ?? '', /queued|running/));
    const session = await page.context().newCDPSession(page);
    await session.send('Page.setWebLifecycleState', { state: 'frozen' });
    await session.send('Page.setWebLifecycleState', { state: 'active' });
    // Every timer that fell due meanwhile fires once, as it does when a lid is opened.
    await page.clock.fastForward('10:00');
    await prints(page);
    await eventually(async () => assert.equal(await page.locator('.job').count(), 0));
    const [{ took }] = await records(page, 'pictures');
    assert.ok(took >= 600_000, `it took ${took} ms by the clock of the page`);
    assert.equal(sent.length, 1);
  }, { prepare: (page) => page.clock.install() });
});

flows('several tabs', { speed: '20' }, (flow) => {
  /** A second tab of the same person, which counts into the same list. */
  async function second(page, sent) {
    const other = await page.context().newPage();
    other.on('request', (request) => {
      const order = orderOf(request);
      if (order) sent.push(order);
    });
    await open(other, '/');
    await opened(other);
    return other;
  }

  flow('a run shows in both, and its picture comes into both', async ({ page, sent }) => {
    await able(page);
    await opened(page);
    const other = await second(page, sent);
    await make(page, WORDS);
    await job(other).waitFor();
    await Promise.all([prints(page), prints(other)]);
    await eventually(async () => assert.equal(await other.locator('.job').count(), 0));
    assert.equal(sent.length, 1);
  });

  flow('when the tab that drives a run dies, another goes on within a poll and a second', async ({ page, sent }) => {
    await able(page);
    await opened(page);
    const other = await second(page, sent);
    const polls = [];
    other.on('request', (request) => {
      if (request.headers()['x-fal-target-url']?.includes('/requests/')) polls.push(Date.now());
    });
    await make(page, WORDS);
    await job(other).waitFor();
    await eventually(async () => assert.match((await records(other, 'jobs'))[0].state, /queued|running/));
    assert.equal(polls.length, 0, 'one tab asks');
    const died = Date.now();
    await page.close();
    await eventually(async () => assert.ok(polls.length > 0));
    assert.ok(polls[0] - died <= 2000, `taken over after ${polls[0] - died} ms`);
    await prints(other);
    assert.equal(sent.length, 1);
  });

  flow('when the process of the tab that drives a run is killed, another goes on', async ({ page, sent }) => {
    await able(page);
    await opened(page);
    const other = await second(page, sent);
    const polls = [];
    other.on('request', (request) => {
      if (request.headers()['x-fal-target-url']?.includes('/requests/')) polls.push(Date.now());
    });
    await make(page, WORDS);
    await eventually(async () => assert.match((await records(other, 'jobs'))[0]?.state ?? '', /queued|running/));
    assert.equal(polls.length, 0, 'one tab asks');
    const session = await page.context().newCDPSession(page);
    const crashed = page.waitForEvent('crash');
    session.send('Page.crash').catch(() => {});
    await crashed;
    const died = Date.now();
    await eventually(async () => assert.ok(polls.length > 0));
    console.log(`a killed tab was succeeded after ${polls[0] - died} ms`);
    await prints(other);
    assert.equal(sent.length, 1);
  });

  flow('a press in one tab cancels what another drives', async ({ page, sent }) => {
    await able(page);
    await opened(page);
    const other = await second(page, sent);
    await make(page, WORDS);
    await job(other).getByRole('button', { name: 'Cancel' }).click();
    await reads(job(page), /Cancel/);
    await eventually(async () => {
      const over = (await page.locator('.job[data-state="cancelled"]').count()) + (await page.locator('[data-print]').count());
      assert.equal(over, 1, 'it is taken back, or its picture is kept');
    });
    assert.equal(sent.length, 1);
  }, { expected: [FAILED_LOAD] });
});

flows('a library that the browser is against', {}, (flow) => {
  flow('pictures that the browser has cleared are missed aloud', async ({ page }) => {
    await able(page);
    await picture(page, WORDS);
    await eventually(async () => assert.equal(await page.evaluate(() => localStorage.getItem('likeness.pictures')), '1'));
    await page.evaluate(() => localStorage.setItem('likeness.pictures', '3'));
    await page.reload();
    await reads(page.locator('.toasts'), /2 pictures are gone/);
  });

  flow(
    'without room nothing is half written, and the finished picture can still be saved as a file',
    async ({ page }) => {
      await able(page);
      await opened(page);
      await page.evaluate(() => {
        const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = function (...given) {
          if (this.name === 'files') throw new DOMException('full', 'QuotaExceededError');
          return put.apply(this, given);
        };
      });
      await make(page, WORDS);
      const card = job(page, 'saving');
      await reads(card, /storage is full/);
      assert.deepEqual([(await records(page, 'pictures')).length, (await records(page, 'thumbnails')).length], [0, 0]);
      const [download] = await Promise.all([page.waitForEvent('download'), card.getByRole('button', { name: 'Download' }).click()]);
      assert.match(download.suggestedFilename(), /^likeness-.*\.jpg$/);
    },
  );

  flow('in a browser without locks and channels the app works and says what is lost', async ({ page }) => {
    await able(page);
    await opened(page);
    await reads(page.locator('.toasts'), /several tabs/);
    await picture(page, WORDS);
  }, {
    prepare: (page) => page.addInitScript(() => {
      delete self.BroadcastChannel;
      Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });
    }),
  });
});

/** A wasm module with one function that stops at once, as a panic of a release does. */
const stop = (page) =>
  page.evaluate(() => {
    const bytes = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 5, 1, 3, 0, 0, 11];
    const instance = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes)));
    setTimeout(() => instance.exports.f());
  });

flows('when the app stops', { speed: '10' }, (flow) => {
  flow(
    'a screen says so, its details hold no prompt unless asked to, and a reload goes on with everything',
    async ({ page, sent }) => {
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await able(page);
      await make(page, WORDS);
      await job(page).waitFor();
      await eventually(async () => assert.equal(sent.length, 1));
      await stop(page);
      const screen = page.locator('#stopped');
      await reads(screen, /Likeness has stopped[^]*Nothing is sent twice/);
      await screen.getByRole('button', { name: 'Copy details' }).click();
      await screen.getByRole('button', { name: 'Copied' }).waitFor();
      const details = await page.evaluate(() => navigator.clipboard.readText());
      assert.match(details, /RuntimeError[^]*studio-[0-9a-f]{16}\.wasm[^]*job [0-9a-f]{32}/);
      assert.doesNotMatch(details, /harbour/);
      await screen.getByRole('checkbox').check();
      assert.match(await screen.locator('pre').textContent(), /harbour/);
      await screen.getByRole('button', { name: 'Reload' }).click();
      await ready(page);
      await prints(page);
      assert.equal(sent.length, 1);
      await stop(page);
      await reads(page.locator('#stopped'), /again right after a reload/);
    },
    { expected: [FAILED_LOAD, /RuntimeError/] },
  );
});
