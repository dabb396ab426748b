// Addresses and ids as people paste them: what the form says of them, what one press mends, what a test finds, and what leaves the studio.

import assert from 'node:assert/strict';
import { barriers, overflow } from './support/looking.mjs';
import { able, eventually, flows, open, opened, picture, reads, records } from './support/studio.mjs';

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

/** Chooses a file that holds this. */
async function bring(page, content) {
  await opened(page);
  await eventually(async () => assert.equal(await page.locator('.card').count(), 2));
  const buffer = Buffer.from(JSON.stringify(content));
  await page.locator('#import-file').setInputFiles({ name: 'a.json', mimeType: 'application/json', buffer });
}
const cardNames = (page) => page.locator('.card__name').allInnerTexts();

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
        [{ status: 401, json: {} }, /does not know you/],
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
      await page.locator('#access-code').waitFor();
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

  flow(
    'avatars of a file keep its order, also after a reload',
    async ({ page }) => {
      const names = Array.from({ length: 40 }, (_, at) => `Friend ${(at * 7) % 40}`);
      await bring(page, names.map((name) => ({ name, kind: 'artistic', trigger_word: 'X', finetune_id: `id-${name}` })));
      const order = async () => (await cardNames(page)).filter((name) => name.startsWith('Friend'));
      await eventually(async () => assert.deepEqual(await order(), names));
      await eventually(async () => assert.equal((await records(page, 'avatars')).length, 42));
      await page.reload();
      await eventually(async () => assert.deepEqual(await order(), names));
    },
    { path: '/avatars' },
  );

  flow(
    'an import says every field that it left out, and mends addresses at a press',
    async ({ page }) => {
      await bring(page, [
        { name: 'Max', kind: 'portrait', trigger_word: ['TOK'], lora_url: 'https://huggingface.co/u/r/blob/main/a.safetensors', lora_scale: '1.1' },
        { name: 'Ann', lora_url: 'http://a.example/ann.safetensors', gender: 'female', trigger_word: 'TOK', lora_scale: '0.9' },
        { name: 'Bob', lora_url: 'https://a.example/bob.safetensors', trigger_word: 'TOK', kind: 'statue' },
      ]);
      const report = page.locator('#import-report');
      await reads(report, /lora_scale: a number belongs there \(Max, Ann\)/);
      const text = await report.innerText();
      assert.match(text, /trigger_word: a text belongs there \(Max\)/);
      assert.match(text, /gender: avatars have no such field \(Ann\)/);
      assert.match(text, /kind: there is no such kind \(Bob\)/);
      assert.match(text, /Max: This is the address of a page/);
      assert.match(text, /Ann: The address must begin with https/);
      await reads(page.locator('.toast__text'), /3 avatars added/);
      await report.locator('.fix').first().click();
      await report.locator('.fix').first().click();
      await eventually(async () => assert.equal(await report.locator('.fix').count(), 0));
      await eventually(async () => {
        const kept = (await records(page, 'avatars')).map((record) => JSON.stringify(record)).join();
        assert.ok(kept.includes('/u/r/resolve/main/') && kept.includes('https://a.example/ann.safetensors'), kept);
      });
      await report.getByRole('button', { name: 'Close' }).click();
      await report.waitFor({ state: 'detached' });
    },
    { path: '/avatars' },
  );

  flow(
    'one broken avatar spoils no other, and the report names it',
    async ({ page }) => {
      const max = { name: 'Max', kind: 'artistic', lora_url: 'https://a.example/max.safetensors', lora_scale: 9, trigger_word: 'TOK' };
      const bob = { name: 'Bob', lora_url: 'https://a.example/bob.safetensors', trigger_word: 'TOK' };
      await bring(page, [{ ...bob, name: 'Ann \ud83d', lora_url: 'https://a.example/ann.safetensors', finetune_id: 'f' }, max, 7, bob, bob, { ...bob, name: 'BOB', trigger_word: 'T2' }]);
      const report = page.locator('#import-report');
      await reads(report, /name: half a character, like an emoji cut in two; the rest was taken \(Ann\)/);
      const text = await report.innerText();
      assert.match(text, /finetune_id: an avatar has one model, and the other one was taken \(Ann\)/);
      assert.match(text, /kind: it does not go with the avatar’s model \(Max\)/);
      assert.match(text, /lora_scale: the number is out of range \(Max\)/);
      assert.match(text, /#3: this is not an avatar/);
      assert.match(text, /Bob: it stands in the file twice, and came once/);
      assert.match(text, /Alike in this file, by name or by model: Bob, BOB\./);
      await reads(page.locator('.toast__text'), /4 avatars added\. 1 entry was not an avatar/);
      await eventually(async () => assert.deepEqual(await cardNames(page), ['Vera', 'Ink & ash', 'Ann', 'Max', 'Bob', 'BOB']));
    },
    { path: '/avatars' },
  );

  for (const [choice, names, words] of [
    ['Skip', ['Vera', 'Ink & ash', 'New'], /1 avatar added\. 1 skipped/],
    ['Replace', ['Vera', 'Ink & ash', 'New'], /1 avatar added\. 1 replaced/],
    ['Keep both', ['Vera', 'Ink & ash', 'Vera', 'New'], /2 avatars added/],
  ]) {
    flow(
      `an avatar that is here already is asked about: ${choice}`,
      async ({ page }) => {
        await bring(page, [
          { name: 'Vera', kind: 'portrait', trigger_word: 'OTHER', lora_url: 'https://a.example/vera.safetensors' },
          { name: 'New', kind: 'portrait', trigger_word: 'TOK', lora_url: 'https://a.example/new.safetensors' },
        ]);
        await reads(page.locator('#import-question'), /Here already, by name or by file: Vera\. /);
        assert.equal(await page.evaluate(() => document.activeElement.id), 'import-skip');
        assert.deepEqual(await cardNames(page), ['Vera', 'Ink & ash'], 'nothing comes before the answer');
        await page.getByRole('button', { name: choice, exact: true }).click();
        await reads(page.locator('.toast__text'), words);
        await eventually(async () => assert.deepEqual(await cardNames(page), names));
        const isReplaced = (await page.locator('.card').first().innerText()).includes('OTHER');
        assert.equal(isReplaced, choice === 'Replace');
      },
      { path: '/avatars' },
    );
  }

  flow(
    'the result of a training is an avatar, as a file too',
    async ({ page }) => {
      await bring(page, { status: 'OK', payload: INNER });
      await reads(page.locator('.toast__text'), /1 avatar added/);
      await eventually(async () => assert.equal(await page.locator('.card').count(), 3));
      await eventually(async () => assert.match(JSON.stringify(await records(page, 'avatars')), /lion\/x_pytorch/));
    },
    { path: '/avatars' },
  );

  for (const [theme, locale] of [['dark', 'en-US'], ['light', 'ru-RU']]) {
    flow(
      `notices, findings, questions and the report have no barrier and fit a small phone, ${theme}`,
      async ({ page }) => {
        const found = {};
        const look = async (name) => {
          const list = [...(await barriers(page)), ...(await overflow(page))];
          if (list.length) found[name] = list;
        };
        await answerTests(page, () => ({ json: { state: 'no_file', bytes: null, content_type: null } }));
        await page.locator('#a-name').fill('Max');
        await paste(page, 'https://huggingface.co/user/repository/blob/main/a.zip?token=hf_x');
        await page.locator('#a-test').click();
        await page.locator('.visit__finding').waitFor();
        await message(page).locator('.fix').waitFor();
        await look('form');
        page.on('dialog', (dialog) => dialog.accept());
        await page.goto('/avatars');
        const avatar = { name: 'Vera', kind: 'portrait', lora_url: 'https://huggingface.co/u/r/blob/main/a.safetensors', lora_scale: 1, trigger_word: ['x'], ['k'.repeat(300)]: 1 };
        await bring(page, [avatar, { ...avatar, name: 'x'.repeat(200) }]);
        await page.locator('#import-keep').waitFor();
        await look('question about strengths');
        await page.locator('#import-keep').click();
        await page.locator('#import-both').waitFor();
        await look('question about doubles');
        await page.locator('#import-both').click();
        await page.locator('#import-report').waitFor();
        await look('report');
        assert.deepEqual(found, {});
      },
      { path: '/avatars/new', colorScheme: theme, locale, viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true },
    );
  }
});
