// What a person types: nothing known to be wrong is sent, and nothing typed is lost.

import assert from 'node:assert/strict';
import { ARTISTIC, PORTRAIT, able, choose, details, eventually, flows, make, open, openWithoutApp, picture, prints, putRecord, reads, ready, records } from './support/studio.mjs';

const blocked = (page) => page.locator('.go[data-state="blocked"]').waitFor();
const reasons = (page) => page.locator('#reasons');

/** Presses the button in spite of it, and by the keyboard too: nothing may leave. */
async function refuses(page, sent) {
  await blocked(page);
  assert.equal(await page.locator('#make').getAttribute('aria-disabled'), 'true');
  await page.locator('#make').click({ force: true });
  await page.locator('#prompt').press('Control+Enter');
  assert.equal(await page.locator('.job').count(), 0);
  assert.equal(sent.length, 0, 'nothing known to be wrong is sent');
}

flows('composing', {}, (flow) => {
  flow('Ultra on a portrait is refused with the reason, and one press leads to Quality', async ({ page, sent }) => {
    await make(page, 'at a harbour').catch(() => {});
    await prints(page);
    sent.length = 0;
    await choose(page, 'avatar', PORTRAIT);
    await choose(page, 'preset', 'ultra');
    await reads(reasons(page), /Ultra needs a Style avatar/);
    await refuses(page, sent);
    assert.ok(await page.locator('input[name="preset"][value="ultra"]').isChecked(), 'nothing is put in its place unasked');
    await page.getByRole('button', { name: 'Use Quality' }).click();
    await able(page);
    assert.ok(await page.locator('input[name="preset"][value="quality"]').isChecked());
    await picture(page, 'at a harbour');
    assert.equal(sent[0].endpoint, 'fal-ai/flux-lora');
    assert.equal(sent[0].body.num_inference_steps, 50);
  });

  flow('an empty prompt, and one of blanks, ask for words and lead to the field', async ({ page, sent }) => {
    await able(page);
    for (const empty of ['', ' \n\t ']) {
      await page.locator('#prompt').fill(empty);
      await reads(reasons(page), /One thing first\s+Say what to show/);
      await refuses(page, sent);
    }
    await page.locator('#make').focus();
    await page.locator('#reasons a').click();
    await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement.id), 'prompt'));
  });

  flow('a prompt of 100,000 characters is refused, kept, and can be shortened', async ({ page, sent }) => {
    await able(page);
    const long = 'harbour in the fog, '.repeat(5000);
    await page.locator('#prompt').fill(long);
    await reads(reasons(page), /too long/);
    await reads(page.locator('#prompt-count'), /100,000 of 16,000/);
    await refuses(page, sent);
    await page.reload();
    await ready(page);
    assert.equal((await page.locator('#prompt').inputValue()).length, 100_000);
    await page.locator('#prompt').fill('harbour');
    await able(page);
  });

  flow('numbers out of range, with fractions or no numbers at all say why, at the field and at the button', async ({ page, sent }) => {
    await able(page);
    await choose(page, 'avatar', PORTRAIT);
    await details(page);
    const row = page.locator('#field-num_inference_steps');
    for (const [typed, why] of [
      ['51', /From 1 to 50|1.*50/],
      ['28.5', /whole number/],
      ['abc', /number/],
      ['-1', /1.*50/],
      ['1e400', /number|1.*50/],
      ['NaN', /number/],
    ]) {
      await page.locator('#num_inference_steps').fill(typed);
      await reads(row.locator('.row__note'), why);
      await reads(reasons(page), /Steps: /);
      assert.equal(await page.locator('#num_inference_steps').getAttribute('aria-invalid'), 'true');
      assert.equal(await page.locator('#num_inference_steps').inputValue(), typed, 'what was typed stays');
      await refuses(page, sent);
    }
    // The link at the button leads to the field, even when it is folded away.
    await page.locator('#num_inference_steps').fill('51');
    await page.locator('#details > summary').click();
    await page.locator('#reasons a').click();
    await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement.id || document.activeElement.type), 'num_inference_steps'));
    await row.locator('.fix').click();
    await able(page);
    assert.equal(await page.locator('#num_inference_steps').inputValue(), '50');
    await page.locator('#field-num_inference_steps .row__reset').click();
    assert.equal(await page.locator('#num_inference_steps').inputValue(), '28');
  });

  flow('several mistakes are told at once, each with its own way out', async ({ page, sent }) => {
    await able(page);
    await details(page);
    await page.locator('#prompt').fill('');
    await page.locator('#num_inference_steps').fill('51');
    await page.locator('#guidance_scale').fill('999');
    await page.locator('#seed').fill('18446744073709551616');
    await reads(reasons(page), /Four things first/);
    assert.equal(await page.locator('#reasons a').count(), 4);
    await refuses(page, sent);
  });

  flow('an own size that is too small is refused with its limits, and one press mends it', async ({ page, sent }) => {
    await able(page);
    await details(page);
    await choose(page, 'shape', 'custom');
    const width = page.getByLabel('Width');
    await width.fill('100');
    await reads(page.locator('#size-note'), /256.*2[, ]?048/);
    await reads(reasons(page), /Size: /);
    await refuses(page, sent);
    await page.locator('#size-note .fix').click();
    await able(page);
    assert.equal(await width.inputValue(), '256');
    await page.getByLabel('Height').fill('320');
    await picture(page);
    assert.deepEqual(sent[0].body.image_size, { width: 256, height: 320 });
  });

  flow('a seed that no machine can hold is refused', async ({ page, sent }) => {
    await able(page);
    await details(page);
    for (const seed of ['18446744073709551616', '-1', '1.5', 'lucky']) {
      await page.locator('#seed').fill(seed);
      await reads(reasons(page), /\(seed\): /);
      assert.equal(await page.locator('#seed').getAttribute('aria-invalid'), 'true');
      await refuses(page, sent);
    }
    await page.locator('#seed').fill('');
    await able(page);
  });

  flow('the keyboard alone makes a picture, looks at it, and comes back', async ({ page, sent }) => {
    await able(page);
    await page.locator('body').press('Tab');
    assert.match(await page.evaluate(() => document.activeElement.textContent), /Skip to content/);
    for (let presses = 0; (await page.evaluate(() => document.activeElement.id)) !== 'prompt'; presses += 1) {
      assert.ok(presses < 40, 'the prompt can be reached by Tab');
      await page.keyboard.press('Tab');
    }
    for (const words of ['at a harbour', 'on a mountain']) {
      await page.locator('#prompt').focus();
      await page.keyboard.press('Control+A');
      await page.keyboard.type(words);
      await page.keyboard.press('Control+Enter');
      await prints(page, sent.length || 1);
      await eventually(async () => assert.equal(await page.locator('.job').count(), 0));
    }
    assert.deepEqual(sent.map(({ body }) => body.prompt.split('woman ')[1]), ['at a harbour', 'on a mountain']);
    const focused = () => page.evaluate(() => document.activeElement.closest('[data-print]')?.dataset.print);
    for (let presses = 0; !(await focused()); presses += 1) {
      assert.ok(presses < 80, 'the prints can be reached by Tab');
      await page.keyboard.press('Tab');
    }
    const first = await focused();
    await page.keyboard.press('Enter');
    await page.locator('dialog.viewer[open]').waitFor();
    await reads(page.locator('.viewer__prompt'), /on a mountain/);
    await page.keyboard.press('ArrowRight');
    await reads(page.locator('.viewer__prompt'), /at a harbour/);
    await page.keyboard.press('ArrowLeft');
    await reads(page.locator('.viewer__prompt'), /on a mountain/);
    await page.keyboard.press('ArrowRight');
    await reads(page.locator('.viewer__prompt'), /at a harbour/);
    assert.ok(await page.evaluate(() => document.activeElement.closest('dialog') !== null), 'focus stays in the viewer');
    await page.keyboard.press('Escape');
    await page.locator('dialog.viewer:not([open])').waitFor({ state: 'attached' });
    assert.equal(await focused(), first, 'focus is back where it was');
  });

  flow(
    'what is typed before the app arrives stays, with focus and caret',
    async ({ page }) => {
      const release = await openWithoutApp(page);
      await page.locator('#skeleton #prompt').click();
      await page.keyboard.type('at a harbour in fog');
      for (let step = 0; step < 3; step += 1) await page.keyboard.press('ArrowLeft');
      release();
      await ready(page);
      await page.keyboard.type('the ');
      assert.equal(await page.locator('#prompt').inputValue(), 'at a harbour in the fog');
      assert.deepEqual(
        await page.evaluate(() => [document.activeElement.id, document.activeElement.selectionStart]),
        ['prompt', 20],
      );
      await reads(page.locator('#sent'), /at a harbour in the fog/);
    },
    { path: null },
  );

  flow('a draft survives a reload with everything that was set', async ({ page }) => {
    await able(page);
    await choose(page, 'avatar', ARTISTIC);
    await choose(page, 'preset', 'portrait');
    await page.locator('#prompt').fill('שלום, a harbour 🌫️ \u202Eright to left\u202C, naïve');
    await details(page);
    await page.locator('#seed').fill('7');
    await page.locator('#num_inference_steps').fill('51');
    await page.reload();
    await ready(page);
    await blocked(page);
    await details(page);
    assert.equal(await page.locator('#prompt').inputValue(), 'שלום, a harbour 🌫️ \u202Eright to left\u202C, naïve');
    assert.ok(await page.locator(`input[name="avatar"][value="${ARTISTIC}"]`).isChecked());
    assert.ok(await page.locator('input[name="preset"][value="portrait"]').isChecked());
    assert.equal(await page.locator('#seed').inputValue(), '7');
    assert.equal(await page.locator('#num_inference_steps').inputValue(), '51');
  });

  flow('the request is shown as it is sent, and the command for the terminal holds no key', async ({ page, sent }) => {
    await able(page);
    await page.locator('#inspector > summary').click();
    const shown = JSON.parse(await page.locator('#inspector .code').first().locator('pre').innerText());
    await reads(page.locator('#inspector .inspector__endpoint'), /^POST https:\/\/queue\.fal\.run\/fal-ai\/flux-lora$/);
    await reads(page.locator('#inspector .code').nth(1), /Authorization: Key \$FAL_KEY/);
    await picture(page);
    assert.deepEqual(sent[0].body, shown);
  });

  flow('a trigger that is typed is not added again', async ({ page, sent }) => {
    await able(page);
    await choose(page, 'avatar', ARTISTIC);
    await page.locator('#prompt').fill('a castle in artst style');
    await reads(page.locator('.prompt__chip'), /“ARTST” is already in your text/);
    await picture(page);
    assert.equal(sent[0].body.prompt, 'a castle in ARTST style');
  });

  flow('markup in every text is shown as text', async ({ page, sent }) => {
    const evil = '<img src=x onerror=alert(1)>';
    await able(page);
    await putRecord(page, 'avatars', 'evil', {
      id: 'evil',
      name: evil,
      kind: 'portrait',
      trigger_word: `${evil}"'`,
      lora_url: 'https://v3.fal.media/files/demo/%3Cscript%3Ealert(1)%3C/script%3E.safetensors',
    });
    await page.reload();
    await ready(page);
    await choose(page, 'avatar', 'evil');
    await details(page);
    await page.locator('#seed').fill(evil);
    await reads(reasons(page), /\(seed\)/);
    await page.locator('#seed').fill('');
    await page.locator('#inspector > summary').click();
    await picture(page, `${evil}</textarea><script>alert(1)</script>`);
    await reads(page.locator('.avatars'), /<img src=x onerror=alert\(1\)>/);
    await reads(page.locator('.print__avatar'), /<img src=x onerror=alert\(1\)>/);
    await reads(page.locator('#sent'), /<script>alert\(1\)<\/script>/);
    await page.locator('[data-print] a').click();
    await reads(page.locator('.viewer__title'), /<img src=x/);
    await page.keyboard.press('Escape');
    await open(page, '/avatars');
    await reads(page.locator('#main'), /<img src=x/);
    assert.equal(await page.locator('img[src="x"], #main script').count(), 0);
    assert.equal(sent.length, 1);
    assert.equal((await records(page, 'pictures')).length, 1);
  });
});
