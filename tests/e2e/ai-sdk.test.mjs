// The Vercel AI SDK with its provider for FAL, as published, through our server.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createFal } from '@ai-sdk/fal';
import { generateImage } from 'ai';
import { startServer } from './support/browser.mjs';

const prompt = 'a harbour in the fog';
const LORA = { loras: [{ path: 'https://weights.example/tok.safetensors', scale: 1 }] };
const FINETUNE = { finetune_id: 'f-1', finetune_strength: 1.1 };

let server;
let fal;

before(async () => {
  server = await startServer({ LIKENESS_DEMO_SPEED: '500' });
  // The provider knows FAL's hosts and no proxy, but takes another `fetch`.
  const through = (url, { headers, ...options }) => {
    if (new URL(url).hostname !== 'fal.run') return fetch(url, { headers, ...options });
    const { authorization, Authorization, ...rest } = Object.fromEntries(new Headers(headers));
    return fetch(`${server.url}/api/fal/proxy`, { ...options, headers: { ...rest, 'x-fal-target-url': String(url) } });
  };
  fal = createFal({ apiKey: 'of-nobody', fetch: through });
});
after(() => server?.stop());

const make = (endpoint, fal_, more = {}) =>
  generateImage({ model: fal.image(endpoint), prompt, maxRetries: 0, providerOptions: { fal: fal_ }, ...more });

test('a picture is made with each of the three models, in sizes and ratios of the SDK', async () => {
  for (const [endpoint, settings] of [
    ['fal-ai/flux-lora', { ...LORA, enableSafetyChecker: true, numInferenceSteps: 28, guidanceScale: 3.5, acceleration: 'regular' }],
    ['fal-ai/flux-pro/finetuned', { ...FINETUNE, enable_safety_checker: true, safetyTolerance: '2' }],
    ['fal-ai/flux-pro/v1.1-ultra-finetuned', { ...FINETUNE, raw: true, strength: 0.5 }],
  ]) {
    for (const more of [{}, { size: '512x768' }, { aspectRatio: '16:9' }, { aspectRatio: '21:9', seed: 7 }, { aspectRatio: '10:16' }]) {
      // Ultra draws four megapixels each time.
      if (endpoint.includes('ultra') && (more.size || more.aspectRatio === '10:16')) continue;
      const { image } = await make(endpoint, settings, more);
      assert.equal(image.mediaType, 'image/jpeg', endpoint);
      assert.ok(image.uint8Array.length > 1000);
    }
  }
});

test('several pictures are several runs', async () => {
  const { images } = await make('fal-ai/flux-lora', LORA, { n: 2, size: '256x256' });
  assert.equal(images.length, 2);
});

test('what is refused is told in the words of FAL', async () => {
  const refused = (settings, said, more) => assert.rejects(make('fal-ai/flux-lora', { ...LORA, ...settings }, more), said);
  await refused({ syncMode: true }, /sync_mode/);
  await refused({ imageUrl: 'https://pictures.example/a.png' }, /image_url/);
  await refused({ num_images: 9 }, /num_images/);
});
