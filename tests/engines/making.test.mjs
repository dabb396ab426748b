// A picture is made: the first one, each kind of avatar, Ultra, and across a reload.

import assert from 'node:assert/strict';
import { ALL, FIREFOX, engineFlows } from '../e2e/support/engines.mjs';

engineFlows('making pictures', (flow) => {
  flow('a newcomer has a picture after one press', ALL, async ({ page, sent }) => {
    await page.make();
    await page.prints();
    assert.equal(sent.length, 1, 'one press is one order');
    await page.until(async () => assert.equal(await page.count('.job'), 0, 'nothing is under way any more'));
  });

  flow('a portrait goes to the LoRA model with its phrase in front', ALL, async ({ page, sent }) => {
    await page.choose('avatar', 'demo-vera');
    await page.make('at a harbour in the fog');
    await page.prints();
    assert.equal(sent[0].endpoint, 'fal-ai/flux-lora');
    assert.equal(sent[0].body.prompt, 'a photo of TOK woman at a harbour in the fog');
    assert.equal(sent[0].body.loras.length, 1);
  });

  flow('a style goes to the finetuned model with its word in front', ALL, async ({ page, sent }) => {
    await page.choose('avatar', 'demo-ink');
    await page.make('a castle in the fog');
    await page.prints();
    assert.equal(sent[0].endpoint, 'fal-ai/flux-pro/finetuned');
    assert.equal(sent[0].body.prompt, 'ARTST, a castle in the fog');
    assert.equal(sent[0].body.finetune_id, 'demo-ink-and-ash');
  });

  flow('Ultra sends a shape, and neither steps nor guidance', FIREFOX, async ({ page, sent }) => {
    await page.choose('avatar', 'demo-ink');
    await page.choose('preset', 'ultra');
    await page.make('a castle in the fog');
    await page.prints();
    const [{ endpoint, body }] = sent;
    assert.equal(endpoint, 'fal-ai/flux-pro/v1.1-ultra-finetuned');
    assert.match(body.aspect_ratio, /^\d+:\d+$/);
    for (const key of ['num_inference_steps', 'guidance_scale', 'image_size']) assert.ok(!(key in body), key);
  });

  flow(
    'a reload in the middle of a run loses nothing and orders nothing',
    FIREFOX,
    async ({ page, sent }) => {
      await page.make('at a harbour in the fog');
      await page.one('.job[data-state="queued"], .job[data-state="running"]');
      await page.reload();
      await page.one('.job');
      assert.equal(await page.evaluate(() => document.querySelector('#prompt').value), 'at a harbour in the fog');
      await page.prints();
      await page.until(async () => assert.equal(await page.count('.job'), 0));
      assert.equal(sent.length, 1);
    },
    { speed: '5' },
  );
});
