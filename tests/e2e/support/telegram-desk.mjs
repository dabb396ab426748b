// `cargo xtask telegram`: a stand-in for Telegram's clients for a person, and a demo server that lets it show the app.

import { startServer } from './browser.mjs';
import { TOKEN, startBotApi, startHost, startViews } from './telegram.mjs';

const [host, bot, views] = await Promise.all([startHost(Number(process.env.LIKENESS_TELEGRAM_PORT ?? 8788)), startBotApi(), startViews()]);
const server = await startServer({
  LIKENESS_FRAME_ANCESTORS: `${host.origin},${host.otherSite}`,
  LIKENESS_PUBLIC_URL: views.origin,
  TELEGRAM_BOT_TOKEN: TOKEN,
  TELEGRAM_API_BASE: bot.base,
});
views.target = server.url;
const address = (origin) => `${origin}/?${new URLSearchParams({ desk: '', settings: JSON.stringify({ app: `${views.origin}/` }) })}`;
console.log(`\nTelegram, with storage:     ${address(host.origin)}`);
console.log(`Telegram, storage refused:  ${address(host.otherSite)}`);
console.log('The row at the bottom switches the client: its view (web, Android, iOS), manners, version, colours and link.');
console.log('Saving and stories are offered only where the studio has an https address, so not here.');
console.log('(Ctrl-C stops it)');
const stop = async () => {
  await Promise.all([server.stop(), host.stop(), bot.stop(), views.stop()]);
  process.exit();
};
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
