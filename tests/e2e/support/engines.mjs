// The product in three engines: Chromium, Firefox, and WebKit, which is Safari's. A flow is written once, in what W3C
// WebDriver knows, and says in which engines it runs.
//
// `cargo xtask test engines` sets the environment:
//
//   CHROMIUM, CHROMEDRIVER             and what `browser.mjs` names
//   FIREFOX, GECKODRIVER
//   MINIBROWSER, WEBKIT_DRIVER, XVFB   WebKit's browser, its driver, and a screen in memory

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Builder, Key } from 'selenium-webdriver';
import { FLAGS, freePort, required } from './browser.mjs';
import { startRelay } from './relay.mjs';

export { Key };

/** How long anything that a person waits for may take before a flow fails. WebKit without a graphics card is slow. */
const PATIENCE = { chromium: 20_000, firefox: 20_000, webkit: 60_000 };
const WIDE = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

/** How to start each: programs that run beside it, and what a session is asked for. `locale` is the person's language. */
const ENGINES = {
  chromium: {
    async start(port) {
      return [run(required('CHROMEDRIVER'), [`--port=${port}`])];
    },
    capabilities: ({ locale }) => ({
      browserName: 'chrome',
      'goog:chromeOptions': {
        binary: required('CHROMIUM'),
        args: ['--headless', ...FLAGS, `--lang=${locale}`],
        prefs: { 'intl.accept_languages': locale },
      },
    }),
  },
  firefox: {
    async start(port) {
      return [run(required('GECKODRIVER'), ['--port', port, '--binary', required('FIREFOX')])];
    },
    capabilities: ({ locale, prefs }) => ({
      browserName: 'firefox',
      // Its windows do not go below 450 pixels; only this other protocol makes a page narrower.
      webSocketUrl: true,
      'moz:firefoxOptions': { args: ['-headless'], prefs: { 'intl.accept_languages': locale, 'ui.prefersReducedMotion': 1, ...prefs } },
    }),
    async resize(driver, viewport) {
      const bidi = await driver.getBidi();
      const context = await driver.getWindowHandle();
      await bidi.send({ method: 'browsingContext.setViewport', params: { context, viewport } });
    },
  },
  webkit: {
    // Its window has a toolbar that is wider than a phone. A narrower page is shown in a frame, which is as good to media queries.
    narrowest: 700,
    async start(port, { locale }) {
      const screen = run(required('XVFB'), ['-displayfd', '3', '-screen', '0', '1400x1000x24', '-nolisten', 'tcp'], {}, ['pipe']);
      const display = await new Promise((resolve, reject) => {
        screen.stdio[3].once('data', (number) => resolve(`:${number.toString().trim()}`));
        screen.once('exit', () => reject(new Error('Xvfb did not start')));
      });
      const env = {
        DISPLAY: display,
        LANGUAGE: locale,
        WEBKIT_DISABLE_COMPOSITING_MODE: '1',
        // It refuses to run as root otherwise.
        WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
      };
      return [run(required('WEBKIT_DRIVER'), [`--port=${port}`], env), screen];
    },
    capabilities: () => ({
      browserName: 'MiniBrowser',
      'webkitgtk:browserOptions': { binary: required('MINIBROWSER'), args: ['--automation'] },
    }),
  },
};

export const ALL = Object.keys(ENGINES);
/** Firefox, and Chromium, which shows that a flow itself is right. */
export const FIREFOX = ['chromium', 'firefox'];

/** A program that ends with us at the latest. */
function run(program, args, env = {}, more = []) {
  const child = spawn(program, args.map(String), { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'ignore', ...more] });
  process.once('exit', () => child.kill('SIGKILL'));
  return child;
}

/**
 * A browser that flows share as long as they want the same of it. Each flow has an origin of its own, and with it storage
 * of its own.
 */
class Session {
  static async start(engine, settings) {
    const port = await freePort();
    const session = new Session();
    session.programs = await ENGINES[engine].start(port, settings);
    const url = `http://127.0.0.1:${port}`;
    for (const deadline = Date.now() + 20_000; !(await fetch(`${url}/status`).catch(() => undefined)); await sleep(50)) {
      if (Date.now() > deadline) throw new Error(`the driver of ${engine} does not answer`);
    }
    const capabilities = { ...ENGINES[engine].capabilities(settings), unhandledPromptBehavior: 'accept' };
    session.driver = await new Builder().disableEnvironmentOverrides().usingServer(url).withCapabilities(capabilities).build();
    return session;
  }

  async stop() {
    await Promise.race([this.driver?.quit().catch(() => {}), sleep(10_000, undefined, { ref: false })]);
    for (const program of this.programs) program.kill('SIGTERM');
  }
}

/** A page, and a person before it. Everything that is looked for is waited for. */
class Page {
  constructor(driver, engine, relay) {
    Object.assign(this, { driver, engine, sent: relay.sent, complaints: relay.complaints, url: relay.url });
  }

  /** Runs a function in the page. */
  evaluate(body, ...args) {
    return this.driver.executeScript(body, ...args);
  }

  /** Makes the page this large. */
  async resize(viewport) {
    this.viewport = viewport;
    const { resize, narrowest = 0 } = ENGINES[this.engine];
    if (resize) return resize(this.driver, viewport);
    this.isFramed = viewport.width < narrowest;
    if (this.isFramed) viewport = WIDE;
    // The window has borders and bars around the page.
    const size = () => this.evaluate(() => ({ width: innerWidth, height: innerHeight }));
    let outer = viewport;
    await this.until(async () => {
      await this.driver.manage().window().setRect(outer);
      const inner = await size();
      outer = { width: outer.width + viewport.width - inner.width, height: outer.height + viewport.height - inner.height };
      assert.deepEqual(inner, viewport);
    });
  }

  /** Opens a page of the app and waits until the app has taken over. */
  async open(path = '/') {
    const { width, height } = this.viewport;
    const frame = `/frame?${new URLSearchParams({ width, height, path })}`;
    await this.driver.get(`${this.url}${this.isFramed ? frame : path}`);
    if (this.isFramed) await this.driver.switchTo().frame(0);
    await this.ready();
  }

  async reload() {
    if (this.isFramed) {
      await this.evaluate(() => {
        window.isOld = true;
        location.reload();
      });
      await this.holds(() => !window.isOld);
    } else {
      await this.driver.navigate().refresh();
    }
    await this.ready();
  }

  back() {
    return this.driver.navigate().back();
  }

  path() {
    return this.evaluate(() => location.pathname);
  }

  async ready() {
    await this.holds(() => !document.querySelector('#skeleton') && document.querySelector('#main'));
    if ((await this.path()) === '/') await this.one('#make');
  }

  /** Repeats an assertion until it holds. Gives what it gives. */
  async until(assertion) {
    for (const deadline = Date.now() + PATIENCE[this.engine]; ; await sleep(50)) {
      try {
        return await assertion();
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
    }
  }

  /** Waits until a function says yes in the page. */
  holds(body, ...args) {
    return this.until(async () => assert.ok(await this.evaluate(body, ...args), `${body}`));
  }

  /** The first element that a selector finds and a person sees; with this name or text, if one is given. */
  one(selector, name) {
    return this.until(async () => {
      const found = await this.evaluate(
        (selector, name) => {
          const called = (element) => (element.getAttribute('aria-label') ?? element.innerText ?? '').replaceAll('\u00A0', ' ').trim();
          return [...document.querySelectorAll(selector)].find(
            (element) => element.getClientRects().length && (name === null || called(element) === name),
          );
        },
        selector,
        name ?? null,
      );
      assert.ok(found, `${selector} ${name ?? ''} is there`);
      return found;
    });
  }

  async count(selector) {
    return this.evaluate((selector) => document.querySelectorAll(selector).length, selector);
  }

  /** Presses something. Until it can be pressed it may move, be covered, or be drawn anew. */
  click(selector, name) {
    return this.until(async () => (await this.one(selector, name)).click());
  }

  /** Types into an empty field. */
  async fill(selector, text) {
    const field = await this.one(selector);
    await field.clear();
    await field.sendKeys(text);
  }

  press(key) {
    return this.driver.actions().sendKeys(key).perform();
  }

  /** Chooses one of several by its value, on the card that a person sees. */
  async choose(name, value) {
    const selector = `input[name="${name}"][value="${value}"]`;
    await this.until(async () => {
      const card = await this.evaluate((selector) => document.querySelector(selector).closest('label'), selector);
      await card.click();
      assert.ok(await this.evaluate((selector) => document.querySelector(selector).checked, selector), selector);
    });
  }

  /** The card with this text on it, among those of one choice. */
  card(name, text) {
    return this.until(async () => {
      const cards = (name, text) =>
        [...document.querySelectorAll(`input[name="${name}"]`)].map((input) => input.closest('label')).find((card) => card.innerText.includes(text));
      const card = await this.evaluate(cards, name, text);
      assert.ok(card, text);
      return card;
    });
  }

  /** Waits until the text that can be read there matches. */
  reads(selector, pattern) {
    return this.until(async () => {
      const text = await this.text(selector);
      assert.match(text, pattern);
      return text;
    });
  }

  async text(selector) {
    const read = (selector) => [...document.querySelectorAll(selector)].map((element) => element.innerText).join('\n');
    return (await this.evaluate(read, selector)).replaceAll('\u00A0', ' ');
  }

  /** Says what to show, and presses the button. */
  async make(words) {
    if (words !== undefined) await this.fill('#prompt', words);
    await this.one('.go[data-state="ready"]');
    await this.click('#make');
  }

  /** Waits until so many pictures are on the sheet, decoded. */
  prints(count = 1) {
    return this.until(async () => {
      const decoded = () => [...document.querySelectorAll('[data-print] img')].map((picture) => picture.complete && picture.naturalWidth > 0);
      assert.deepEqual(await this.evaluate(decoded), Array(count).fill(true), 'pictures on the sheet, decoded');
    });
  }
}

/**
 * Declares flows: `flow(title, engines, run, { path, expected, phone, locale, prefs, script, speed })` for each engine that
 * it names. `run({ page, sent })` gets a page with the studio ready on it, and what was ordered so far. `expected` are
 * patterns of complaints that belong to the flow; `script` is a function that runs in each page before the app.
 */
export function engineFlows(name, define) {
  const flows = [];
  define((title, engines, run, settings = {}) => flows.push({ title, engines, run, settings }));

  for (const engine of ALL) {
    describe(`${name} in ${engine}`, { concurrency: 1 }, () => {
      let session;
      let wanted;
      const end = async () => {
        const old = session;
        session = undefined;
        await old?.stop();
      };
      after(end);

      for (const { title, run, settings } of flows.filter(({ engines }) => engines.includes(engine))) {
        const { path = '/', expected = [], phone = false, locale = 'en-US', prefs = {}, script, speed } = settings;
        test(`${title} (${engine})`, { timeout: 6 * PATIENCE[engine] }, async () => {
          const relay = await startRelay({ script: script && `(${script})()`, speed });
          let page;
          try {
            const wish = JSON.stringify({ locale, prefs });
            if (wanted !== wish) await end();
            wanted = wish;
            session ??= await Session.start(engine, { locale, prefs });
            page = new Page(session.driver, engine, relay);
            await page.resize(phone ? PHONE : WIDE);
            await page.open(path);
            await run({ page, sent: relay.sent });
            await session.driver.get('about:blank');
            const unexpected = relay.complaints.filter((text) => !expected.some((pattern) => pattern.test(text)));
            assert.deepEqual(unexpected, [], 'nothing goes wrong unseen');
          } catch (error) {
            error.stack += `\n\nThe page complained:\n${relay.complaints.join('\n')}\n\nThe page shows:\n${await shown(page)}\n`;
            // Nobody knows in which state it is now.
            await end();
            throw error;
          } finally {
            await relay.stop();
          }
        });
      }
    });
  }
}

/** What can be read on a page, for whoever wonders why a flow failed. */
async function shown(page) {
  const read = page?.evaluate(() => `${location.href}\n${document.body.innerText}`).catch((error) => `(${error})`);
  const text = (await Promise.race([read, sleep(5000, '(it does not answer)')])) ?? '(there is none)';
  return text.replace(/\n+/g, '\n').slice(0, 3000);
}
