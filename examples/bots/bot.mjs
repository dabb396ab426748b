// A Telegram bot that answers "/generate words" with a picture. Node alone is all it needs.
//
//   TELEGRAM_BOT_TOKEN=… LIKENESS_API_TOKEN=… node bot.mjs avatar.json
//
// LIKENESS_URL is the address of the server (http://127.0.0.1:8787 unless set). The avatar is the first of a file that the app exported, or one alone.

import { realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const { TELEGRAM_API_BASE = 'https://api.telegram.org', TELEGRAM_BOT_TOKEN } = process.env;
const { LIKENESS_URL = 'http://127.0.0.1:8787', LIKENESS_API_TOKEN } = process.env;
/** Several bots may share a server, and Telegram counts the updates of each from anywhere. */
const BOT = (TELEGRAM_BOT_TOKEN ?? '').split(':')[0];
/** "/generate@name words": any blank may stand behind a command, a line break too. */
const COMMAND = /^\/([A-Za-z0-9_]+)(?:@([A-Za-z0-9_]*))?(?:[\s\x1c-\x1f\x85]+(.*))?$/s;
/** What people send, as opposed to what Telegram notes in a chat. */
const CONTENTS = 'text caption photo video animation audio voice video_note document sticker location venue contact poll dice story'.split(' ');
const HELP = 'Write /generate and what the picture should show, for example: /generate a castle in the fog';

/** Whoever ordered waits at most so long for a server that is busy or away, in milliseconds. */
const PATIENCE = 300_000;
/** A run that has not ended by then is given up. */
const LONGEST_RUN = 3_600_000;

/** Posts JSON and gives status and answer, whatever the status is. */
async function post(url, body, headers = {}) {
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: reply.status, answer: await reply.json() };
}

async function telegram(method, parameters) {
  const { status, answer } = await post(`${TELEGRAM_API_BASE}/bot${TELEGRAM_BOT_TOKEN}/${method}`, parameters);
  if (status === 429) {
    await pause(answer.parameters.retry_after * 1000);
    return telegram(method, parameters);
  }
  if (!answer.ok) throw Object.assign(new Error(`${method}: ${answer.description}`), { status });
  return answer.result;
}

/** A server that does not answer, or with something that is no JSON, may do so later. */
const away = () => ({ answer: { error: { message: 'The studio does not answer.', retryable: true, retry_after_ms: 3000 } } });

/**
 * The address of a picture, or a sentence that says why there is none.
 *
 * The key makes the order happen once, however often this is called: after a lost connection or a restart, too.
 */
async function generate(avatar, prompt, key) {
  const headers = { authorization: `Bearer ${LIKENESS_API_TOKEN}`, 'idempotency-key': key };
  const wish = { avatar, prompt, preset: 'balanced', wait: 120 };
  const over = Date.now() + LONGEST_RUN;
  for (let end = Date.now() + PATIENCE; ; ) {
    const { status, answer } = await post(`${LIKENESS_URL}/api/v1/generate`, wish, headers).catch(away);
    if (status === 200) return answer.image_url ? { url: answer.image_url } : { problem: 'The safety checker held the picture back. Try other words.' };
    if (status === 202 && Date.now() < over) {
      end = Date.now() + PATIENCE;
      continue;
    }
    if (status === 202) return { problem: 'The picture takes too long.' };
    const wait = answer.error?.retry_after_ms ?? 1000;
    if (answer.error?.retryable && Date.now() + wait < end) {
      await pause(wait);
      continue;
    }
    const errors = answer.issues?.filter((issue) => issue.severity === 'error');
    return { problem: errors?.map((issue) => issue.message).join(' ') ?? answer.error.message };
  }
}

/** What the bot is called; nothing while Telegram does not say. */
const name = () => telegram('getMe', {}).then(({ username }) => username).catch(() => undefined);

/**
 * What a message asks for: words to make a picture of, nothing ('') where it needs help, undefined where it is not for this bot.
 *
 * In a group, others talk to each other and to other bots: only what names this bot, or what every bot understands, is for it.
 */
export async function wish(message, named = name) {
  const { text, caption, chat, from } = message;
  const isPrivate = (chat?.type ?? (chat?.id > 0 ? 'private' : 'group')) === 'private';
  if (from?.is_bot) return undefined;
  const command = COMMAND.exec((text ?? caption ?? '').trim());
  if (!command) return isPrivate && CONTENTS.some((key) => key in message) ? '' : undefined;
  const [, word, mention, words] = command;
  if (mention && mention.toLowerCase() !== ((await named()) ?? mention).toLowerCase()) return undefined;
  if (word.toLowerCase() === 'generate' && text !== undefined) return (words ?? '').trim();
  return isPrivate || mention || ['start', 'help', 'generate'].includes(word.toLowerCase()) ? '' : undefined;
}

/** Answers a message, beside it and in its topic. */
async function reply(method, { message_id, message_thread_id, chat }, content) {
  const parameters = { chat_id: chat.id, ...content };
  if (message_id) parameters.reply_parameters = { message_id, allow_sending_without_reply: true };
  if (!message_thread_id) return telegram(method, parameters);
  return telegram(method, { ...parameters, message_thread_id }).catch((error) => {
    // In a group without topics that is no topic but a chain of replies.
    if (!error.message.includes('thread not found')) throw error;
    return telegram(method, parameters);
  });
}

async function answer(avatar, { update_id, message = {} }) {
  const words = await wish(message);
  if (words === undefined) return;
  const say = (text) => reply('sendMessage', message, { text });
  if (words === '') {
    await say(HELP);
    return;
  }
  const { url, problem } = await generate(avatar, words, `telegram-${BOT}-${update_id}`);
  // What Telegram does not take as a photo can still be opened.
  await (url ? reply('sendPhoto', message, { photo: url }).catch((error) => (error.status ? say(url) : Promise.reject(error))) : say(problem));
}

/** What somebody wrote since; nothing while Telegram is away. A token that it does not know never will do. */
async function updates(offset) {
  try {
    return await telegram('getUpdates', { offset, timeout: 50 });
  } catch (error) {
    if (error.status === 401 || error.status === 404) throw error;
    console.error(error.message);
    await pause(3000);
    return [];
  }
}

/** Telegram gives a hundred updates at a time. With so many behind it, one that takes long is confirmed before it is answered. */
const MOST_BEHIND = 50;

async function serve() {
  const file = JSON.parse(await readFile(process.argv[2], 'utf8'));
  const avatar = file.avatars?.[0] ?? file;
  /** The numbers of updates that are being answered. Telegram may forget those before them: a bot that is started again gets what it had not answered. */
  const inHand = new Set();
  for (let next = 0; ; ) {
    const orders = (await updates(Math.max(next - MOST_BEHIND, Math.min(next, ...inHand)))).filter(({ update_id }) => update_id >= next);
    for (const order of orders) {
      next = order.update_id + 1;
      inHand.add(order.update_id);
      // Side by side, so that nobody waits for the picture of somebody else. Who has blocked the bot must not stop it for the others.
      answer(avatar, order)
        .catch((error) => console.error(error.message))
        .finally(() => inHand.delete(order.update_id));
    }
    // While something is in hand, Telegram gives that at once.
    if (orders.length === 0 && inHand.size > 0) await pause(1000);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) await serve();
