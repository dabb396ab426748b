// The example bots against the parsers of the two frameworks that most bots in Python are made with.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { required } from './support/browser.mjs';

const NAME = 'Likeness_bot';
const BOTS = fileURLToPath(new URL('../../examples/bots/', import.meta.url));
const PARSERS = fileURLToPath(new URL('./support/bot_parsers.py', import.meta.url));

const heads = ['/generate', `/generate@${NAME}`, `/generate@${NAME.toLowerCase()}`, '/generate@another_bot', '/generated', '/start', 'generate', '//generate', '/generate@'];
const gaps = ['', ' ', '  ', '\n', '\r\n', '\t', '\u00a0', '\u2003', '\u3000', ' \n\t '];
const tails = ['', 'a castle', 'a castle\nin the fog', 'замок в тумане', '/generate twice', '@somebody'];
const texts = heads.flatMap((head) => gaps.flatMap((gap) => tails.map((tail) => head + gap + tail)));
/** Of words, what both frameworks keep: python-telegram-bot splits them at every blank. */
const plain = (words) => words?.split(/\s+/).filter(Boolean).join(' ');

test('the bots take for an order what both frameworks take for one, with the same words', async () => {
  const parsed = spawnSync(required('LIKENESS_PYTHON'), ['-B', PARSERS, NAME, BOTS], { input: JSON.stringify(texts), encoding: 'utf8' });
  assert.equal(parsed.status, 0, parsed.stderr);
  const { wish } = await import('../../examples/bots/bot.mjs');
  let orders = 0;
  for (const [at, [aiogram, telegram, python]] of JSON.parse(parsed.stdout).entries()) {
    const text = texts[at];
    const node = await wish({ chat: { id: -7, type: 'group' }, text }, async () => NAME);
    assert.equal(node ?? null, python, `both bots: ${JSON.stringify(text)}`);
    // Where the frameworks differ, no bot can be right for both.
    if (plain(aiogram ?? undefined) !== plain(telegram ?? undefined)) continue;
    // What is no order may still get a line of help.
    assert.equal(plain(python || undefined) || undefined, plain(aiogram || undefined) || undefined, JSON.stringify(text));
    if (aiogram) orders += 1;
  }
  assert.ok(orders > 100, `${orders} orders`);
});

test('one friendly line goes to whoever needs help, and nothing to what others say in a group', async () => {
  const { wish } = await import('../../examples/bots/bot.mjs');
  const named = async () => NAME;
  const [alone, group] = [{ id: 7, type: 'private' }, { id: -7, type: 'supergroup' }];
  for (const message of [
    { chat: alone, text: '/start' },
    { chat: alone, text: '/start deep-link' },
    { chat: alone, text: '/help' },
    { chat: alone, text: '/generate' },
    { chat: alone, text: '/draw a castle' },
    { chat: alone, text: 'a castle' },
    { chat: alone, sticker: {} },
    { chat: alone, photo: [], caption: '/generate a castle' },
    { chat: group, text: `/help@${NAME}` },
    { chat: group, text: '/generate' },
    { chat: group, text: `/draw@${NAME} a castle` },
  ]) {
    assert.equal(await wish(message, named), '', JSON.stringify(message));
  }
  for (const message of [
    {},
    { chat: group, text: 'let us talk' },
    { chat: group, text: '/draw a castle' },
    { chat: group, text: '/generate@another_bot a castle' },
    { chat: group, new_chat_members: [] },
    { chat: alone, write_access_allowed: {} },
    { chat: alone, from: { is_bot: true }, text: '/generate a castle' },
  ]) {
    assert.equal(await wish(message, named), undefined, JSON.stringify(message));
  }
});
