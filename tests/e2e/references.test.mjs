// Addresses and ids as people paste them: what the form says of them, what one press mends, what a test finds, and what leaves the studio.

import assert from 'node:assert/strict';
import { able, details, flows, make, open, picture, reads } from './support/studio.mjs';

const LORA = 'https://v3.fal.media/files/lion/x_pytorch_lora_weights.safetensors';
const INNER = { diffusers_lora_file: { url: LORA, content_type: 'application/octet-stream' }, config_file: { url: 'https://v3.fal.media/files/lion/config.json' } };

/** The form of a new avatar with this address, as if it had been pasted and the field left. */
async function paste(page, text, field = '#a-lora') {
  await page.locator(field).fill(text);
  await page.locator(field).blur();
}
const message = (page) => page.locator('#a-lora-error');

/** Answers every test of an address, and gives the list of what was asked. */
async function answerTests(page, answer) {
  const asked = [];
  await page.route('**/api/v1/avatars/test', (route) => {
    asked.push(route.request().postDataJSON());
    return route.fulfill(answer(asked.length));
  });
  return asked;
}

flows('References', {}, (flow) => {
  flow(
    'what is wrong with an address is said, and mended by a press where the right one is known',
    async ({ page }) => {
      for (const [pasted, said, right] of [
        ['http://a.example/b.safetensors', /begin with https/, 'https://a.example/b.safetensors'],
        ['huggingface.co/u/r/resolve/main/a.safetensors', /begin with https/, 'https://huggingface.co/u/r/resolve/main/a.safetensors'],
        ['https://a.example/my file.safetensors', /space in the address/, 'https://a.example/my%20file.safetensors'],
        ['https://huggingface.co/u/r/blob/main/a.safetensors', /address of a page/, 'https://huggingface.co/u/r/resolve/main/a.safetensors'],
        ['https://www.dropbox.com/s/x/a.safetensors?dl=0', /address of a page/, 'https://www.dropbox.com/s/x/a.safetensors?dl=1'],
        ['https://github.com/u/r/blob/main/a.safetensors', /address of a page/, 'https://github.com/u/r/raw/main/a.safetensors'],
        ['user/repo', /model’s name/],
        ['https://huggingface.co/u/r', /address of a page/],
        ['https://civitai.com/models/1', /address of a page/],
        ['https://drive.google.com/file/d/x/view', /page in place of the file/],
        ['https://a.example/a.tar', /an archive/],
        ['https://a.example/a.json', /not the avatar’s file/],
        ['https://a.example/a.ckpt', /another form/],
        ['https://a.example/a?X-Amz-Date=20200101T000000Z&X-Amz-Expires=60', /stopped working on 1 Jan 2020/],
        ['https://a.example/a?X-Amz-Date=21000101T000000Z&X-Amz-Expires=60', /works until 1 Jan 2100/],
        ['https://a.example/a.safetensors?token=hf_x', /a key in this address/],
      ]) {
        await paste(page, pasted);
        await reads(message(page), said);
        const fix = message(page).locator('.fix');
        if (!right) {
          assert.equal(await fix.count(), 0, pasted);
          continue;
        }
        await fix.click();
        assert.equal(await page.locator('#a-lora').inputValue(), right);
        await message(page).locator('p').waitFor({ state: 'detached' });
      }
      // A notice does not stop anybody; what is no address does.
      await page.locator('#a-name').fill('Max');
      await paste(page, 'user/repo');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.locator('.form__summary').waitFor();
      await paste(page, '\u200Bhttps://civitai.com/models/1 ');
      await page.getByRole('button', { name: 'Save' }).click();
      await able(page);
    },
    { path: '/avatars/new', timezoneId: 'UTC' },
  );

  flow(
    'an address in the place of an id moves to where it belongs',
    async ({ page }) => {
      await page.locator('input[name="kind"][value="artistic"]').check({ force: true });
      await paste(page, LORA, '#a-finetune');
      await page.locator('#a-finetune-error .fix').click();
      await page.locator('#a-lora').waitFor();
      assert.equal(await page.locator('#a-lora').inputValue(), LORA);
    },
    { path: '/avatars/new' },
  );

  for (const [form, text] of [
    ['as its webhook gets it', JSON.stringify({ request_id: '1', status: 'OK', payload: INNER }, null, 2)],
    ['bare', JSON.stringify(INNER)],
    ['as Python prints it', JSON.stringify(INNER).replaceAll('"', "'")],
  ]) {
    flow(
      `the result of a training is taken ${form}`,
      async ({ page }) => {
        await page.locator('#a-lora').fill(text.replaceAll('\n', ' '));
        await reads(page.locator('.toasts, [data-toasts], body'), /Filled in from the result/);
        assert.equal(await page.locator('#a-lora').inputValue(), LORA);
        await page.locator('#a-name').fill('Max');
        await page.locator('#a-word').fill('TOK');
        await page.getByRole('button', { name: 'Save' }).click();
        await able(page);
      },
      { path: '/avatars/new' },
    );
  }

  flow(
    'an address is tested, and each finding has its words',
    async ({ page }) => {
      const findings = [
        [{ json: { state: 'found', bytes: 171969408, content_type: 'application/octet-stream' } }, /A file of 172.0 MB is there/],
        [{ json: { state: 'not_found', bytes: null, content_type: null } }, /Nothing is there/],
        [{ json: { state: 'no_file', bytes: 9, content_type: 'text/html' } }, /Something else is there/],
        [{ json: { state: 'unreachable', bytes: null, content_type: null } }, /No answer from there/],
        [{ json: { state: 'untested', bytes: null, content_type: null } }, /looks at no addresses/],
        [{ status: 429, json: { error: { code: 'too_many_polls' } } }, /Too many tests/],
        [{ status: 500, json: {} }, /server did not answer/],
      ];
      const asked = await answerTests(page, (count) => findings[count - 1][0]);
      const said = page.locator('#a-test-said');
      for (const [index, [, words]] of findings.entries()) {
        await paste(page, `${LORA}?${index}`);
        assert.equal(await said.innerText(), '', 'what was found elsewhere says nothing of this address');
        await page.locator('#a-test').click();
        await reads(said, words);
      }
      assert.deepEqual(asked[0], { lora_url: `${LORA}?0` });
      await paste(page, 'user/repo');
      await page.locator('#a-test').click();
      await reads(message(page), /model’s name/);
      assert.equal(asked.length, findings.length, 'nobody is asked about what is no address');
    },
    { path: '/avatars/new', expected: [/Failed to load resource/] },
  );

  flow(
    'the demo says that it tested nothing',
    async ({ page }) => {
      await paste(page, LORA);
      await page.locator('#a-test').click();
      await reads(page.locator('#a-test-said'), /Not tested/);
    },
    { path: '/avatars/new' },
  );

  flow(
    'a key in an address is sent, but neither shown in the request nor exported',
    async ({ page, sent }) => {
      const secret = `${LORA}?token=hf_secret`;
      await open(page, '/avatars/new');
      await page.locator('#a-name').fill('Max');
      await page.locator('#a-word').fill('TOK');
      await paste(page, secret);
      await page.getByRole('button', { name: 'Save' }).click();
      await able(page);
      await page.locator('#inspector > summary').click();
      await reads(page.locator('#inspector'), /token=\*\*\*/);
      assert.doesNotMatch(await page.locator('#inspector').innerText(), /hf_secret/);
      await picture(page, 'a harbour');
      assert.equal(sent.at(-1).body.loras[0].path, secret);
      await page.goto('/avatars');
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export' }).click()]);
      const chunks = [];
      for await (const chunk of await download.createReadStream()) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString();
      assert.match(text, /token=\*\*\*/);
      assert.doesNotMatch(text, /hf_secret/);
    },
    { path: null },
  );
});
