// Four tabs of one person, killed at random: one of them asks at a time, and nothing is lost, doubled or bought twice.
//
//   LIKENESS_TABS_SECONDS  how long tabs are killed, 60 unless told
//   LIKENESS_TABS_SEED     which kills; printed, so that a failure can be played again

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch, startServer } from './support/browser.mjs';
import { make, open, opened, orderOf, records } from './support/studio.mjs';

const SECONDS = Number(process.env.LIKENESS_TABS_SECONDS ?? 60);
const SEED = Number(process.env.LIKENESS_TABS_SEED ?? 1);
const TABS = 4;
/** Far more than a poll and a second, for machines that are busy. What was measured is printed. */
const LONGEST_SILENCE = 20_000;

/** Numbers from 0 to 1, the same for the same seed. */
function chances(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Repeats until it holds, for a minute. */
async function settles(assertion) {
  for (const deadline = Date.now() + 60_000; ; await sleep(200)) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

test(`four tabs of one person, killed at random (seed ${SEED})`, { timeout: (SECONDS + 180) * 1000 }, async () => {
  const chance = chances(SEED);
  const any = (list) => list[Math.floor(chance() * list.length)];
  const server = await startServer({ LIKENESS_DEMO_SPEED: '2' });
  const browser = await launch();
  try {
    const context = await browser.newContext({ baseURL: server.url, reducedMotion: 'reduce', locale: 'en-US' });
    /** Every question about a run, in the order in which they left, and when each tab died. */
    const polls = new Map();
    const died = new Map();
    const keys = [];
    const takeovers = [];
    let lastToAsk;
    let count = 0;

    async function newTab() {
      const page = await context.newPage();
      const tab = { page, name: (count += 1) };
      page.setDefaultTimeout(30_000);
      page.on('crash', () => died.has(tab.name) || died.set(tab.name, Date.now()));
      page.on('request', (request) => {
        const order = orderOf(request);
        if (order) keys.push(order.key);
        const run = request.headers()['x-fal-target-url']?.match(/\/requests\/([^/]+)\/status/)?.[1];
        if (!run) return;
        lastToAsk = tab.name;
        polls.set(run, [...(polls.get(run) ?? []), { tab: tab.name, at: Date.now() }]);
      });
      await open(page);
      await opened(page);
      return tab;
    }

    async function kill(tab) {
      died.set(tab.name, Date.now());
      if (chance() < 0.6) {
        const session = await context.newCDPSession(tab.page);
        const crashed = tab.page.waitForEvent('crash');
        session.send('Page.crash').catch(() => {});
        await crashed;
        died.set(tab.name, Date.now());
      }
      await tab.page.close();
    }

    let tabs = [];
    for (let at = 0; at < TABS; at += 1) tabs.push(await newTab());
    let kills = 0;
    for (const end = Date.now() + SECONDS * 1000; Date.now() < end; await sleep(300 + chance() * 1200)) {
      tabs = tabs.filter(({ name }) => !died.has(name));
      if (tabs.length > 1 && chance() < 0.4) {
        // Mostly the one that asks: the others have nothing to hand over.
        const asking = tabs.find(({ name }) => name === lastToAsk);
        const victim = asking && chance() < 0.8 ? asking : any(tabs);
        tabs = tabs.filter((tab) => tab !== victim);
        await kill(victim);
        kills += 1;
      } else if (tabs.length < TABS) {
        tabs.push(await newTab());
      } else if ((await tabs[0].page.locator('.job').count()) < 3) {
        await make(any(tabs).page, `at a harbour, number ${keys.length + 1}`);
      }
    }

    // What reached the server has to become a picture; a submit that its tab took with it must not.
    const rests = new Set(['unsent', 'cancelled']);
    await settles(async () => {
      const states = await tabs[0].page.locator('.job').evaluateAll((cards) => cards.map((card) => card.dataset.state));
      assert.deepEqual(states.filter((state) => !rests.has(state)), []);
    });
    const answers = await Promise.all([...new Set(keys)].map(async (key) => ({ key, status: (await fetch(`${server.url}/api/v1/submissions/${key}`)).status })));
    const bought = answers.filter(({ status }) => status === 200).map(({ key }) => `${key}-0`);
    assert.equal(new Set(keys).size, keys.length, 'no order was sent twice');
    const stored = (await records(tabs[0].page, 'pictures')).map(({ id }) => id);
    assert.deepEqual([...stored].sort(), [...bought].sort(), 'one picture for each order that was bought');
    for (const { page, name } of tabs) {
      await settles(async () => {
        const shown = await page.locator('[data-print]').evaluateAll((prints) => prints.map((print) => print.dataset.print));
        assert.deepEqual(shown.sort(), [...stored].sort(), `tab ${name} shows each once`);
      });
    }

    let longest = 0;
    for (const [run, asked] of polls) {
      for (const [at, poll] of asked.entries()) {
        const before = asked[at - 1];
        if (!before) continue;
        longest = Math.max(longest, poll.at - before.at);
        if (poll.tab === before.tab) continue;
        const end = died.get(before.tab);
        assert.ok(end !== undefined, `run ${run}: tab ${poll.tab} asks while tab ${before.tab} lives`);
        assert.ok(!asked.slice(at).some(({ tab }) => tab === before.tab), `run ${run}: the dead tab ${before.tab} asks again`);
        takeovers.push(poll.at - end);
      }
    }
    takeovers.sort((a, b) => a - b);
    console.log(
      `${SECONDS} s: ${kills} kills, ${keys.length} orders, ${stored.length} pictures; ${takeovers.length} takeovers, ` +
        `median ${takeovers[takeovers.length >> 1]} ms, longest ${takeovers.at(-1)} ms; longest silence about a run ${longest} ms`,
    );
    assert.ok(stored.length > 0 && takeovers.length > 0, 'something happened');
    assert.ok(longest < LONGEST_SILENCE, `nobody asked about a run for ${longest} ms`);
  } finally {
    await browser.close();
    await server.stop();
  }
});
