// The first minutes, with impatient fingers on a small screen: a press is seen to work, nothing is bought twice, and what was done can be undone.

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { FAILED_LOAD, able, answerOrders, asLive, choose, details, eventually, flows, job, make, open, opened, picture, prints, reads, ready, records } from './support/studio.mjs';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };
const WORDS = 'at a harbour in the fog';
const strip = (page) => page.locator('#underway');
const question = (page) => page.locator('#another');
const focused = (page) => page.evaluate(() => document.activeElement.id);

/** Taps where the button is, whatever lies there by then. */
async function tapFive(page) {
  await page.locator('#make').scrollIntoViewIfNeeded();
  const { x, y, width, height } = await page.locator('#make').boundingBox();
  for (const pause of [150, 250, 400, 300, 200]) {
    await page.touchscreen.tap(x + width / 2, y + height / 2);
    await sleep(pause);
  }
}

/** Whether something can be seen whole: on the screen, in its list, and under nothing else. */
const isSeen = (locator) =>
  locator.evaluate((element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const at = (x, y) => element.contains(document.elementFromPoint(x, y));
    const edge = 5;
    const across = [left + edge, (left + right) / 2, right - edge];
    return across.every((x) => [top + edge, (top + bottom) / 2, bottom - edge].every((y) => at(x, y)));
  });

for (const speed of ['10', '200']) {
  flows(`an impatient press, at speed ${speed}`, { speed }, (flow) => {
    flow('five taps are one run, and what it does is told where the finger is', async ({ page, sent }) => {
      await able(page);
      await tapFive(page);
      assert.ok(await isSeen(strip(page).or(question(page)).first()), 'on the screen, though the sheet is far below');
      await prints(page);
      assert.equal(sent.length, 1);
      // The picture is shown before it is stored.
      await eventually(async () => assert.equal(await page.locator('.job').count(), 0));
    }, PHONE);

    flow('a second order, meant as one, goes without a question', async ({ page, sent }) => {
      await able(page);
      await page.locator('#make').tap();
      await sleep(2200);
      await page.locator('#make').tap();
      await prints(page, 2);
      assert.equal(await question(page).count(), 0);
      assert.equal(sent.length, 2);
    }, PHONE);
  });
}

flows('a press that is seen to work', { speed: '4' }, (flow) => {
  flow('the strip tells how far it is, leads to the card, and then to the picture', async ({ page }) => {
    await able(page);
    await page.locator('#make').tap();
    await strip(page).waitFor();
    await reads(strip(page), /Making 1 picture · \d+ s/);
    await strip(page).tap();
    await eventually(async () => assert.match(await focused(page), /^job-/));
    assert.ok(await isSeen(job(page).locator('.job__title')));
    await page.evaluate(() => scrollTo(0, 0));
    await reads(strip(page), /1 picture ready/);
    await strip(page).tap();
    await eventually(async () => assert.match(await focused(page), /^print-/));
    await eventually(async () => assert.equal(await strip(page).count(), 0, 'it has been seen'));
  }, PHONE);

  flow('the same twice in a breath asks, and by the keyboard it is answered and left', async ({ page, sent }) => {
    await asLive(page);
    await page.locator('#prompt').focus();
    const again = async () => {
      await page.keyboard.press('Control+Enter');
      await question(page).waitFor();
      await eventually(async () => assert.equal(await focused(page), 'another-no'));
    };
    await page.keyboard.press('Control+Enter');
    await job(page, 'running').or(job(page, 'queued')).first().waitFor();
    await sleep(600);
    await again();
    await reads(question(page), /Make another one for about \$0\.\d+\?/);
    await reads(page.locator('#announcer'), /Make another one/);
    await page.keyboard.press('Escape');
    await eventually(async () => assert.equal(await focused(page), 'prompt'));
    assert.equal(await question(page).count(), 0);
    await again();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await eventually(async () => assert.equal(sent.length, 2));
    assert.equal(await question(page).count(), 0);
  });

  flow('the question goes by itself, and at once when something else would be ordered', async ({ page, sent }) => {
    await able(page);
    await page.locator('#make').click();
    await job(page, 'running').or(job(page, 'queued')).first().waitFor();
    await sleep(600);
    await page.locator('#make').click();
    await question(page).waitFor();
    await page.locator('#prompt').fill(WORDS);
    await eventually(async () => assert.equal(await question(page).count(), 0));
    await page.locator('#make').click();
    await eventually(async () => assert.equal(sent.length, 2, 'another text is another order'));
    await sleep(600);
    await page.locator('#make').click();
    await question(page).waitFor();
    await question(page).waitFor({ state: 'detached' });
    assert.equal(sent.length, 2);
  });

  flow('the demo says how long the demo takes', async ({ page }) => {
    await able(page);
    await reads(page.locator('#make'), /8–11 s/);
    await reads(page.locator('#make-hint'), /drawn here, costs nothing/);
  });

  flow('a run that the person took back says so, and goes by itself', async ({ page }) => {
    await make(page, WORDS);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await job(page, 'cancelled').waitFor();
    await page.mouse.move(1, 1);
    await eventually(async () => assert.equal(await page.locator('.job').count(), 0));
    await open(page);
    await opened(page);
    assert.equal(await page.locator('.job').count(), 0);
  }, { expected: [/status of 499/] });
});

flows('what was chosen', {}, (flow) => {
  const many = (count) => JSON.stringify(Array.from({ length: count }, (_, at) => ({
    name: `Friend ${at + 1}`, kind: 'portrait', trigger_word: `TOK${at + 1}`, lora_url: `https://example.org/${at}.safetensors`,
  })));
  const bring = async (page, count) => {
    await open(page, '/avatars');
    // The drawn pair is put into a library that is empty.
    await eventually(async () => assert.equal((await records(page, 'avatars')).length, 2));
    await page.locator('#import-file').setInputFiles({ name: 'a.json', mimeType: 'application/json', buffer: Buffer.from(many(count)) });
    await eventually(async () => assert.equal((await records(page, 'avatars')).length, count + 2));
    await open(page);
  };

  const SIZES = { 'a phone': PHONE, 'a wide screen': {}, 'a small laptop': { viewport: { width: 1280, height: 720 } } };
  for (const [size, locale] of Object.keys(SIZES).flatMap((size) => [[size, 'en-US'], [size, 'ru-RU']])) {
    flow(`is in sight after a reload, under a notice and over a long text too, on ${size}, ${locale}`, async ({ page }) => {
      await bring(page, 12);
      const friend = page.locator('.avatar', { hasText: 'Friend 11' });
      const preset = page.locator('.preset', { has: page.locator('[value="photorealistic"]') });
      await friend.locator('input').check({ force: true });
      await choose(page, 'preset', 'photorealistic');
      await page.locator('#prompt').fill(`${WORDS}, `.repeat(60));
      await page.evaluate(() => scrollTo(0, 0));
      await page.locator('#sent', { hasText: 'harbour' }).waitFor();
      await page.waitForTimeout(600);
      // Its answer is asked for, and does not come.
      await page.route('**/api/v1/config', (route) => route.abort());
      await page.reload();
      await page.locator('.notice').waitFor();
      await eventually(async () => {
        assert.ok(await isSeen(friend), 'the avatar');
        assert.ok(await isSeen(preset), 'the preset');
      });
      assert.equal(await page.evaluate(() => scrollY), 0, 'the page itself stays where it is');
    }, { locale, expected: [FAILED_LOAD], ...SIZES[size] });
  }

  flow('the presets open to a grid of all eight, and fold to the one that is chosen', async ({ page }) => {
    await able(page);
    const seen = async () => (await Promise.all((await page.locator('.preset').all()).map((card) => isSeen(card)))).filter(Boolean).length;
    assert.ok((await seen()) < 8);
    const all = page.getByRole('checkbox', { name: 'All 8' });
    await all.check();
    await eventually(async () => assert.equal(await seen(), 8));
    await choose(page, 'preset', 'landscape');
    await all.uncheck();
    await eventually(async () => assert.ok(await isSeen(page.locator('.preset', { has: page.locator('[value="landscape"]') }))));
  });

  flow('among many avatars the way to a new one comes first, and a search finds one', async ({ page }) => {
    await bring(page, 12);
    await eventually(async () => assert.match(await page.locator('.avatars > *').first().innerText(), /Add/));
    await page.getByRole('button', { name: 'All 14' }).click();
    await page.locator('#avatar-search').fill('friend 7');
    await eventually(async () => assert.deepEqual(await page.locator('.avatar__name').allInnerTexts(), ['Friend 7']));
    await page.locator('.avatar').click();
    await page.locator('#avatar-search').fill('tok9');
    await eventually(async () => assert.deepEqual(await page.locator('.avatar__name').allInnerTexts(), ['Friend 9']));
    await page.locator('#avatar-search').fill('nobody');
    await page.getByText('No avatar is called that').waitFor();
    await page.getByRole('button', { name: 'Show fewer' }).click();
    await eventually(async () => assert.ok(await isSeen(page.locator('.avatar', { hasText: 'Friend 7' }))));
  });

  flow('Enter in the search takes the one that is found, and in a setting it sets it: neither orders anything', async ({ page, sent }) => {
    await bring(page, 8);
    await page.getByRole('button', { name: 'All 10' }).click();
    const search = page.locator('#avatar-search');
    await search.fill('friend');
    await search.press('Enter');
    assert.ok(await page.locator('.avatar', { hasText: 'Vera' }).count() === 0, 'it is narrowed down still');
    await search.fill('Friend 3');
    await eventually(async () => assert.equal(await page.locator('.avatar').count(), 1));
    await search.press('Enter');
    await eventually(async () => assert.ok(await page.locator('.avatar', { hasText: 'Friend 3' }).locator('input').isChecked()));
    await search.fill('');
    await choose(page, 'avatar', 'demo-vera');
    await page.locator('#prompt').fill(WORDS);
    await able(page);
    await details(page);
    for (const [id, value] of [['num_inference_steps', '12'], ['guidance_scale', '3'], ['seed', '42']]) {
      await page.locator(`#${id}`).fill(value);
      await page.locator(`#${id}`).press('Enter');
    }
    await page.waitForTimeout(1000);
    assert.equal(sent.length, 0);
    assert.equal(await page.locator('.job').count(), 0);
    await page.locator('#prompt').press('Control+Enter');
    await prints(page);
    assert.equal(sent.length, 1);
  });

  flow('a search finds names whatever marks their letters have', async ({ page }) => {
    await bring(page, 8);
    await page.getByRole('button', { name: 'All 10' }).click();
    await page.locator('#avatar-search').fill('Vérà');
    await eventually(async () => assert.deepEqual(await page.locator('.avatar__name').allInnerTexts(), ['Vera']));
  });

  flow('comes back with a deleted avatar: its place, its role, and the choice of it', async ({ page }) => {
    await bring(page, 3);
    await open(page, '/avatars');
    await page.getByRole('button', { name: 'Main avatar: Friend 2', exact: true }).click();
    const names = () => page.locator('.card__name').allInnerTexts();
    await eventually(async () => assert.equal((await names()).length, 5));
    const before = await names();
    await page.getByRole('button', { name: 'Delete Friend 2' }).click();
    await eventually(async () => assert.equal((await names()).length, 4));
    await page.keyboard.press('Control+z');
    await eventually(async () => assert.deepEqual(await names(), before));
    assert.equal(await page.getByRole('button', { name: 'Main avatar: Friend 2', exact: true }).getAttribute('aria-pressed'), 'true');
    await page.getByRole('link', { name: 'Create' }).first().click();
    assert.ok(await page.locator('.avatar', { hasText: 'Friend 2' }).locator('input').isChecked());
    await eventually(async () => assert.equal((await records(page, 'avatars')).length, 5));
  });

  flow('comes back with a deleted picture: its place in its run', async ({ page }) => {
    await able(page);
    await details(page);
    await choose(page, 'preset', 'fast');
    await choose(page, 'num_images', '3');
    await page.locator('#make').click();
    await prints(page, 3);
    const order = () => page.locator('[data-print]').evaluateAll((prints) => prints.map((print) => print.dataset.print));
    const before = await order();
    assert.deepEqual(before, before.toSorted());
    await page.locator('[data-print] a').nth(1).click();
    await page.locator('dialog.viewer').getByRole('button', { name: 'Delete' }).click();
    await prints(page, 2);
    await page.getByRole('button', { name: 'Undo' }).click();
    await prints(page, 3);
    assert.deepEqual(await order(), before);
  });
});

flows('what was typed', {}, (flow) => {
  flow('can be had back after Clear: by Ctrl+Z, and by the message', async ({ page }) => {
    await able(page);
    const prompt = page.locator('#prompt');
    await prompt.fill(WORDS);
    await page.getByRole('button', { name: 'Clear' }).click();
    await eventually(async () => assert.equal(await prompt.inputValue(), ''));
    await page.keyboard.press('Control+z');
    await eventually(async () => assert.equal(await prompt.inputValue(), WORDS));
    await reads(page.locator('#sent'), /harbour/);
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.locator('.toast').last().getByRole('button', { name: 'Undo' }).click();
    await eventually(async () => assert.equal(await prompt.inputValue(), WORDS));
    await reads(page.locator('#sent'), /harbour/);
  });

  flow('and set in detail can be had back after a reset', async ({ page }) => {
    await able(page);
    await details(page);
    await page.locator('#guidance_scale').fill('4.2');
    await page.getByRole('button', { name: 'Reset all' }).click();
    await eventually(async () => assert.equal(await page.locator('#guidance_scale').inputValue(), '3.5'));
    await page.locator('.toast').getByRole('button', { name: 'Undo' }).waitFor();
    await page.keyboard.press('Control+z');
    await eventually(async () => assert.equal(await page.locator('#guidance_scale').inputValue(), '4.2'));
  });

  flow('a seed is kept only by whoever asks for it, is told where the words are, and can be dropped', async ({ page, sent }) => {
    await able(page);
    await details(page);
    await page.locator('#seed').fill('4711');
    await reads(page.locator('#kept-seed'), /Variant 4711 is kept/);
    await picture(page, WORDS);
    await page.locator('#kept-seed .fix').click();
    await eventually(async () => assert.equal(await page.locator('#seed').inputValue(), ''));
    await page.locator('[data-print] a').first().click();
    await page.getByRole('button', { name: 'Use settings' }).click();
    assert.equal(await page.locator('#kept-seed').count(), 0);
    await make(page);
    await prints(page, 2);
    assert.ok(!('seed' in sent[1].body) || sent[1].body.seed !== 4711, 'another picture');
    await page.locator('[data-print] a').last().click();
    await page.getByRole('button', { name: 'Same variant' }).click();
    await reads(page.locator('#kept-seed'), /Variant 4711 is kept/);
  });
});

flows('without an avatar', {}, (flow) => {
  flow('every place says the same, and the demo pair is offered back', async ({ page }) => {
    await able(page);
    await open(page, '/avatars');
    for (const name of ['Vera', 'Ink & ash']) await page.getByRole('button', { name: `Delete ${name}` }).click();
    await reads(page.locator('.empty'), /Add an avatar first[^]*Bring Vera back/);
    await page.getByRole('link', { name: 'Create' }).first().click();
    await reads(page.locator('.sheet .empty'), /Add an avatar first[^]*Bring Vera back/);
    await reads(page.locator('#reasons'), /Add an avatar first[^]*Bring Vera back/);
    assert.doesNotMatch(await page.locator('#main').innerText(), /Everything checked|Vera is a drawn/);
    await page.locator('.sheet').getByRole('button', { name: 'Bring Vera back' }).click();
    await able(page);
    assert.ok(await page.locator('.avatar', { hasText: 'Vera' }).locator('input').isChecked());
    await eventually(async () => assert.equal((await records(page, 'avatars')).length, 2));
  });
});

flows('refusals', {}, (flow) => {
  flow('four equal ones are one card', async ({ page, sent }) => {
    await asLive(page);
    const refuse = (route) => route.fulfill({ status: 429, contentType: 'application/json', body: '{"detail": "Too many requests"}' });
    await answerOrders(page, refuse);
    for (let orders = 1; orders <= 4; orders += 1) {
      // A press too soon after one that cost nothing is part of it.
      await sleep(600);
      await make(page, WORDS);
      await eventually(async () => assert.equal((await records(page, 'jobs')).filter(({ state }) => state === 'failed').length, orders));
    }
    await reads(job(page, 'failed'), /Too many orders at once\. 4 times/);
    assert.equal(await page.locator('.job').count(), 1);
    await make(page, 'on a mountain');
    await eventually(async () => assert.equal(await page.locator('.job').count(), 2, 'another request is another card'));
    await job(page).getByRole('button', { name: 'Dismiss' }).click();
    await job(page).getByRole('button', { name: 'Dismiss' }).click();
    await eventually(async () => assert.equal((await records(page, 'jobs')).length, 0));
    assert.equal(sent.length, 5);
  }, { expected: [FAILED_LOAD] });

  flow('are told at the button, which leads to what can be done', async ({ page }) => {
    await able(page);
    await answerOrders(page, (route) => route.fulfill({ status: 401, contentType: 'application/json', body: '{"detail": "No user found for Key ID and Secret"}' }));
    await page.locator('#make').tap();
    await reads(strip(page), /No picture\. fal\.ai does not accept the studio’s key/);
    await strip(page).tap();
    await eventually(async () => assert.match(await focused(page), /^job-/));
    assert.equal(await page.getByRole('button', { name: 'Try again' }).count(), 0);
  }, { ...PHONE, expected: [FAILED_LOAD] });
});

flows('in Russian', {}, (flow) => {
  flow('the first prompt is Russian, has its English beside it, and is drawn as it says', async ({ page, sent }) => {
    await able(page);
    const prompt = page.locator('#prompt');
    await eventually(async () => assert.match(await prompt.inputValue(), /красном шерстяном пальто/));
    await reads(page.locator('#english-best'), /по-английски[^]*in a red wool coat/);
    await page.locator('#make').click();
    await prints(page);
    assert.match(sent[0].body.prompt, /красном шерстяном пальто/);
    await page.locator('#english-best').getByRole('button', { name: 'Взять перевод' }).click();
    assert.match(await prompt.inputValue(), /^in a red wool coat/);
    assert.equal(await page.locator('#english-best').count(), 0);
    await prompt.fill('у моря');
    await page.locator('#english-best').getByRole('button', { name: 'Понятно' }).click();
    await prompt.fill('в горах');
    await page.reload();
    await ready(page);
    assert.equal(await prompt.inputValue(), 'в горах');
    assert.equal(await page.locator('#english-best').count(), 0, 'once is enough');
  }, { locale: 'ru-RU' });
});
