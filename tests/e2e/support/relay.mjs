// Between a browser and the server: sees what is ordered, hears what goes wrong in a page, and can put a script in front
// of the app. Unlike what a single browser offers for this, it is the same for all of them.

import { createServer, request } from 'node:http';
import { freePort, startServer } from './browser.mjs';

const ORDER = /^https:\/\/queue\.fal\.run\/((?!.*\/requests\/).+)$/;

/** Runs in every page before the app: what nobody would see is told to the relay. */
const LISTEN = `{
  const tell = (text) => navigator.sendBeacon('/complaint', String(text).slice(0, 2000));
  addEventListener('error', (event) => event.message && tell(event.message));
  addEventListener('unhandledrejection', (event) => tell(event.reason));
  addEventListener('securitypolicyviolation', (event) => tell('content policy: ' + event.violatedDirective + ' ' + event.blockedURI));
  const { error } = console;
  console.error = (...words) => (tell(words.join(' ')), error(...words));
}`;

/**
 * A server of one's own in demo mode, with a relay before it. Gives
 *
 *   url         what the browser opens
 *   sent        what was ordered so far, as `{ endpoint, text, body }`
 *   complaints  what went wrong in its pages
 *   stop()
 *
 * `script` is the text of a script that runs in each page before the app.
 */
export async function startRelay({ script = '', speed = '200', env = {} } = {}) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await startServer({ LIKENESS_DEMO_SPEED: speed, LIKENESS_PUBLIC_URL: url, ...env });
  const [sent, complaints] = [[], []];

  const relay = createServer(async (incoming, outgoing) => {
    if (incoming.url === '/before.js') {
      outgoing.writeHead(200, { 'content-type': 'text/javascript', 'cache-control': 'no-store' });
      return outgoing.end(`${LISTEN}\n${script}`);
    }
    if (incoming.url.startsWith('/frame?')) {
      const { width, height, path } = Object.fromEntries(new URL(incoming.url, url).searchParams);
      outgoing.writeHead(200, { 'content-type': 'text/html' });
      return outgoing.end(`<!doctype html><style>* { margin: 0; border: 0 }</style><iframe src="${path}" width="${width}" height="${height}"></iframe>`);
    }
    const body = await read(incoming);
    if (incoming.url === '/complaint') {
      complaints.push(body.toString());
      return outgoing.writeHead(204).end();
    }
    const endpoint = ORDER.exec(incoming.headers['x-fal-target-url'] ?? '')?.[1];
    if (incoming.method === 'POST' && endpoint) sent.push({ endpoint, text: body.toString(), body: JSON.parse(body) });

    const isPage = incoming.headers.accept?.includes('text/html') ?? false;
    const headers = { ...incoming.headers };
    // A page is changed on its way, so it has to come as it is and whole.
    for (const name of isPage ? ['accept-encoding', 'if-none-match', 'if-modified-since'] : []) delete headers[name];
    const passed = request(`${server.url}${incoming.url}`, { method: incoming.method, headers }, async (reply) => {
      if (!isPage || !reply.headers['content-type']?.startsWith('text/html')) {
        outgoing.writeHead(reply.statusCode, reply.headers);
        return reply.pipe(outgoing);
      }
      const page = (await read(reply)).toString().replace('<script', '<script src="/before.js"></script><script');
      const { 'content-length': _, ...kept } = reply.headers;
      outgoing.writeHead(reply.statusCode, kept);
      outgoing.end(page);
    });
    passed.on('error', () => outgoing.destroy());
    // Whoever hangs up here hangs up there.
    outgoing.on('close', () => passed.destroy());
    passed.end(body);
  });
  await new Promise((resolve) => relay.listen(port, '127.0.0.1', resolve));
  return {
    url,
    sent,
    complaints,
    async stop() {
      relay.closeAllConnections();
      await new Promise((resolve) => relay.close(resolve));
      await server.stop();
    },
  };
}

async function read(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
