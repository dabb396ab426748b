// `cargo xtask telegram`: a stand-in for Telegram's web client for a person, and a demo server that lets it show the app.

import { startServer } from './browser.mjs';
import { TOKEN, startBotApi, startHost } from './telegram.mjs';

const host = await startHost(Number(process.env.LIKENESS_TELEGRAM_PORT ?? 8788));
const bot = await startBotApi();
const server = await startServer({ LIKENESS_FRAME_ANCESTORS: `${host.origin},${host.otherSite}`, TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_BASE: bot.base });
const address = (origin) => `${origin}/?${new URLSearchParams({ desk: '', settings: JSON.stringify({ app: `${server.url}/` }) })}`;
console.log(`\nTelegram, with storage:     ${address(host.origin)}`);
console.log(`Telegram, storage refused:  ${address(host.otherSite)}`);
console.log('Saving and stories are offered only where the studio has an https address, so not here.');
console.log('(Ctrl-C stops it)');
const stop = async () => {
  await Promise.all([server.stop(), host.stop(), bot.stop()]);
  process.exit();
};
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
