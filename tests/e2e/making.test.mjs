// Pictures are made: what goes out, what comes back, and what stays.

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { ARTISTIC, PORTRAIT, FAILED_LOAD, able, choose, details, eventually, flows, job, make, open, picture, prints, reads, ready, records } from './support/studio.mjs';

const LORA = 'fal-ai/flux-lora';
const FINETUNED = 'fal-ai/flux-pro/finetuned';
const ULTRA = 'fal-ai/flux-pro/v1.1-ultra-finetuned';

flows('making pictures', {}, (flow) => {
  flow(
    'a newcomer has a picture after one click, and it is there after a reload without the server',
    async ({ page, sent }) => {
      await able(page);
      await page.locator('#make').click();
      await prints(page);
      assert.equal(sent.length, 1);
      assert.match(await page.locator('.sheet__count').innerText(), /1 picture$/);

      await page.route('**/api/**', (route) => route.abort());
      await page.reload();
      await prints(page);
      await reads(page.locator('.notices'), /server does not answer/);
      const from = await page.locator('[data-print] img').getAttribute('src');
      assert.match(from, /^blob:/, 'the bytes lie in the browser');
      assert.equal((await records(page, 'files')).length, 1);
      assert.equal(sent.length, 1, 'a reload orders nothing');
    },
    { expected: [FAILED_LOAD] },
  );

  flow('the button of the empty sheet makes the first picture too', async ({ page, sent }) => {
    await page.locator('#first-picture').click();
    await prints(page);
    assert.equal(sent.length, 1);
  });

  flow('a portrait goes to the LoRA model with its phrase in front', async ({ page, sent }) => {
    await able(page);
    await choose(page, 'avatar', PORTRAIT);
    const print = await picture(page, 'at a harbour in the fog');
    assert.equal(sent[0].endpoint, LORA);
    assert.equal(sent[0].body.prompt, 'a photo of TOK woman at a harbour in the fog');
    assert.deepEqual(Object.keys(sent[0].body.loras[0]), ['path', 'scale']);
    assert.equal(sent[0].body.num_inference_steps, 28);
    assert.ok(sent[0].key, 'the order can be told from others');
    assert.match(await print.innerText(), /Balanced\s+Vera/);
  });

  flow('a style goes to the finetuned model with its word in front', async ({ page, sent }) => {
    await able(page);
    await choose(page, 'avatar', ARTISTIC);
    const print = await picture(page, 'a castle in the fog');
    assert.equal(sent[0].endpoint, FINETUNED);
    assert.equal(sent[0].body.prompt, 'ARTST, a castle in the fog');
    assert.equal(sent[0].body.finetune_id, 'demo-ink-and-ash');
    assert.ok(!('loras' in sent[0].body));
    assert.match(await print.innerText(), /Ink & ash/);
  });

  flow('the Ultra preset sends a shape, and neither steps nor guidance', async ({ page, sent }) => {
    await able(page);
    await choose(page, 'avatar', ARTISTIC);
    await choose(page, 'preset', 'ultra');
    await details(page);
    assert.equal(await page.locator('#num_inference_steps').count(), 0, 'there is nothing to set');
    await choose(page, 'shape', '4:3');
    await picture(page, 'a castle in the fog');
    const [{ endpoint, body }] = sent;
    assert.equal(endpoint, ULTRA);
    assert.equal(body.aspect_ratio, '4:3');
    for (const key of ['num_inference_steps', 'guidance_scale', 'image_size']) assert.ok(!(key in body), key);
  });

  flow('Ultra quality takes another preset to the Ultra model', async ({ page, sent }) => {
    await able(page);
    await choose(page, 'avatar', ARTISTIC);
    await choose(page, 'preset', 'landscape');
    await page.locator('#field-use_ultra input').check({ force: true });
    await picture(page, 'a castle in the fog');
    const [{ endpoint, body }] = sent;
    assert.equal(endpoint, ULTRA);
    assert.match(body.aspect_ratio, /^(16:9|4:3)$/);
    for (const key of ['num_inference_steps', 'guidance_scale', 'image_size', 'use_ultra']) assert.ok(!(key in body), key);
  });

  flow('seeds reach the wire digit by digit, however large', async ({ page, sent }) => {
    await able(page);
    await details(page);
    const seeds = ['0', '9007199254740993', '18446744073709551615'];
    await choose(page, 'preset', 'fast');
    for (const [index, seed] of seeds.entries()) {
      await page.locator('#seed').fill(seed);
      await picture(page, 'at a harbour');
      assert.match(sent[index].text, new RegExp(`"seed":\\s*${seed}[,}]`));
    }
    // What came back is as exact as what went out.
    await page.locator('[data-print] a').first().click();
    await reads(page.locator('#seed-used'), /^18446744073709551615$/);
  });

  flow('four pictures are one order', async ({ page, sent }) => {
    await able(page);
    await details(page);
    await choose(page, 'preset', 'fast');
    await choose(page, 'num_images', '4');
    await reads(page.locator('#make'), /Make 4 pictures/);
    await page.locator('#make').click();
    await prints(page, 4);
    assert.equal(sent.length, 1);
    assert.equal(sent[0].body.num_images, 4);
  });

  flow('three clicks on the button are one order', async ({ page, sent }) => {
    await able(page);
    // All three before the first has had an answer.
    await page.evaluate(() => {
      const button = document.querySelector('#make');
      button.click();
      button.click();
      button.click();
    });
    await prints(page);
    // What comes later is meant.
    await sleep(2100);
    await page.locator('#make').click({ clickCount: 3 });
    await prints(page, 2);
    await eventually(async () => assert.equal(await page.locator('.job').count(), 0));
    assert.equal(sent.length, 2, 'one order for each time that someone wanted a picture');
  });

  flow('a picture that the filter held back is no success', async ({ page }) => {
    await make(page, 'nsfw-test at a harbour');
    const card = page.getByRole('listitem', { name: 'Held back by the safety filter' });
    await reads(card, /nsfw-test at a harbour[^]*Say it differently[^]*turn the safety filter off/);
    await reads(page.locator('#announcer'), /held a picture back/);
    assert.equal(await page.locator('[data-print]').count(), 0, 'it is no print');
    assert.equal(await page.locator('.sheet__count').innerText(), '', 'it does not count as a picture');

    await picture(page, 'at a harbour');
    await reads(page.locator('.sheet__count'), /^1 picture$/);
    await page.locator('[data-print] a').click();
    for (const way of ['Previous picture', 'Next picture']) {
      assert.equal(await page.getByRole('button', { name: way }).getAttribute('aria-disabled'), 'true', 'the viewer passes it over');
    }
    await page.keyboard.press('Escape');

    await page.locator('#prompt').fill('');
    await card.getByRole('button', { name: 'Edit' }).click();
    assert.equal(await page.locator('#prompt').inputValue(), 'nsfw-test at a harbour');
    await card.getByRole('button', { name: 'Dismiss' }).click();
    await eventually(async () => assert.equal(await card.count(), 0));
    await page.getByRole('button', { name: 'Undo' }).click();
    await card.waitFor();
    await page.reload();
    await card.waitFor();
  });
});

flows('runs that take their time', { speed: '10' }, (flow) => {
  flow('a reload in the middle of a run loses nothing and orders nothing', async ({ page, sent }) => {
    await make(page, 'at a harbour in the fog');
    await page.locator('.job[data-state="queued"], .job[data-state="running"]').waitFor();
    await page.reload();
    await ready(page);
    await job(page).waitFor();
    assert.equal(await page.locator('#prompt').inputValue(), 'at a harbour in the fog', 'the words are still there');
    await prints(page);
    await eventually(async () => assert.equal(await page.locator('.job').count(), 0));
    assert.equal(sent.length, 1);
  });

  flow('a run goes on while another page of the app is shown', async ({ page, sent }) => {
    await make(page, 'at a harbour in the fog');
    await job(page).waitFor();
    await page.getByRole('link', { name: 'Settings' }).first().click();
    await eventually(async () => assert.equal((await records(page, 'pictures')).length, 1));
    await page.goBack();
    await prints(page);
    assert.equal(sent.length, 1);
  });
});

flows('runs that take very long', { speed: '0.2' }, (flow) => {
  flow('a run can be cancelled', async ({ page, sent }) => {
    await make(page, 'at a harbour in the fog');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await reads(job(page, 'cancelled'), /Cancelled[^]*nothing was charged/);
    assert.equal(await page.locator('[data-print]').count(), 0);
    assert.equal(await page.locator('#prompt').inputValue(), 'at a harbour in the fog');
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await eventually(async () => assert.equal(await page.locator('.job').count(), 0));
    await open(page);
    assert.equal(await page.locator('.job').count(), 0, 'what was dismissed does not come back');
    assert.equal(sent.length, 1);
  }, { expected: [/status of 499/] });

  flow('a run in the making tells its place, its time and what it is', async ({ page }) => {
    await make(page, 'at a harbour in the fog');
    const card = page.locator('.job');
    await reads(card, /queue|Being made/);
    await reads(card, /Balanced · Vera/);
    await page.locator('.job[data-state="running"]').waitFor();
    await reads(card, /\d+ s, usually 126–177 s/);
  });
});
