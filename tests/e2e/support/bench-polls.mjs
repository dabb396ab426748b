// `cargo xtask bench reliability polls`: status polls of 10,000 users with every check on, beside nginx passing the same requests on
// with no check at all, and FAL's own proxy on Hono. These three have one processor, in turns; FAL's stand-in and the callers have the other.
// LIKENESS_EARLIER_BIN may name an older build of the server, which is then asked in turn with the others.
// For one poll at a time the two that are compared move to the processor of the callers: waking one that sleeps takes longer than a poll.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { required } from './browser.mjs';
import { print } from './measure.mjs';

const USERS = 10_000;
const ROUNDS = 7;
const TURNS = 4;
const [FAL, NGINX, OURS, HONO, EARLIER] = [19_101, 19_102, 19_103, 19_104, 19_105];
const earlier = process.env.LIKENESS_EARLIER_BIN;
/** What FAL's proxy runs on here. */
const PEERS = ['@fal-ai/server-proxy@1.2.1', 'hono@4.13.19', '@hono/node-server@2.1.8'];
const LORA = 'https://queue.fal.run/fal-ai/flux-lora';
const BODY = JSON.stringify({ prompt: 'x', loras: [{ path: 'https://x.example/t.safetensors' }] });
const folder = await mkdtemp(join(tmpdir(), 'likeness-polls-'));
const children = [];

function start(processor, program, args, env = {}) {
  const child = spawn('taskset', ['-c', processor, program, ...args], { stdio: 'ignore', env: { ...process.env, ...env } });
  children.push(child);
  process.once('exit', () => child.kill('SIGKILL'));
  return child;
}

/** Moves programs with all their threads. */
function move(processor, ...programs) {
  for (const { pid } of programs) execFileSync('taskset', ['-a', '-p', '-c', processor, String(pid)], { stdio: 'ignore' });
}

async function nginx(processor, name, servers) {
  const conf = join(folder, `${name}.conf`);
  await writeFile(
    conf,
    `master_process off; daemon off; pid ${folder}/${name}.pid; error_log ${folder}/${name}.log;
     events { worker_connections 4096; }
     http { access_log off; keepalive_requests 100000000; ${servers} }`,
  );
  return start(processor, 'nginx', ['-c', conf]);
}

/** FAL's proxy as its documentation has it; only the address that it calls is FAL's stand-in. */
async function hono() {
  execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefix', folder, ...PEERS]);
  const program = join(folder, 'hono.mjs');
  await writeFile(
    program,
    `import { createRouteHandler } from '@fal-ai/server-proxy/hono';
     import { serve } from '@hono/node-server';
     import { Hono } from 'hono';
     const real = globalThis.fetch;
     globalThis.fetch = (url, options) => real(String(url).replace('https://queue.fal.run', 'http://127.0.0.1:${FAL}'), options);
     const app = new Hono();
     app.all('/api/fal/proxy', createRouteHandler());
     serve({ fetch: app.fetch, hostname: '127.0.0.1', port: ${HONO} });`,
  );
  start('1', process.execPath, [program], { FAL_KEY: 'key-id:key-secret-of-this-bench', NODE_ENV: 'production' });
}

/** Starts a server with a ledger of its own. */
function server(port, program) {
  return start('1', program, [], {
    FAL_KEY: 'key-id:key-secret-of-this-bench',
    LIKENESS_LISTEN: `127.0.0.1:${port}`,
    LIKENESS_FAL_QUEUE: `http://127.0.0.1:${FAL}`,
    LIKENESS_DATA: join(folder, `data-${port}`),
    LIKENESS_ACCESS: 'header',
    LIKENESS_USER_HEADER: 'x-user',
    LIKENESS_FRONT_PROXY: '127.0.0.1',
    LIKENESS_BUDGET_DAY: '100000',
    LIKENESS_BUDGET_MONTH: '100000',
    LIKENESS_RUNS: '1000000',
    RUST_LOG: 'warn',
  });
}

/** Starts a run for every user of the server at `port`, and gives the script with which `wrk` asks for their states in turn. */
async function runs(port) {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const ids = [];
  for (let user = 0; user < USERS; ) {
    const crowd = Array.from({ length: 32 }, () => user++).filter((each) => each < USERS);
    await Promise.all(crowd.map(async (each) => (ids[each] = await submit(agent, port, `user${each}`))));
  }
  agent.destroy();
  const [list, script] = [join(folder, `ids-${port}`), join(folder, `polls-${port}.lua`)];
  await writeFile(list, ids.join('\n'));
  await writeFile(
    script,
    `local polls = {}
     function init()
       local user = 0
       for id in io.lines('${list}') do
         polls[#polls + 1] = wrk.format('GET', '/api/fal/proxy', { ['x-user'] = 'user' .. user, ['x-fal-target-url'] = '${LORA}/requests/' .. id .. '/status' })
         user = user + 1
       end
     end
     local at = 0
     function request() at = at % #polls + 1; return polls[at] end`,
  );
  return script;
}

/** Starts a run for a user of the server at `port`, and returns its id. */
function submit(agent, port, user) {
  const headers = { 'x-fal-target-url': LORA, 'content-type': 'application/json', 'content-length': BODY.length, 'x-user': user };
  return new Promise((done, fail) => {
    const asked = request({ host: '127.0.0.1', port, path: '/api/fal/proxy', method: 'POST', agent, headers }, (reply) => {
      let text = '';
      reply.on('data', (chunk) => (text += chunk));
      reply.on('end', () => (reply.statusCode === 200 ? done(JSON.parse(text).request_id) : fail(new Error(text))));
    });
    asked.on('error', fail);
    asked.end(BODY);
  });
}

/** Requests a second and the median wait in microseconds. */
function wrk(connections, ...args) {
  const text = execFileSync('taskset', ['-c', '0', 'wrk', '-t1', `-c${connections}`, '-d1', '--latency', ...args], { encoding: 'utf8' });
  if (/Non-2xx/.test(text)) throw new Error(text);
  const [, wait, unit] = text.match(/50%\s+([\d.]+)(us|ms)/);
  return { rate: Number(text.match(/Requests\/sec:\s+([\d.]+)/)[1]), wait: Number(wait) * (unit === 'ms' ? 1000 : 1) };
}

const mean = (rates) => rates.reduce((sum, rate) => sum + rate, 0) / rates.length;

try {
  const status = '{"status":"IN_QUEUE","queue_position":3,"response_url":"https://queue.fal.run/x","status_url":"https://queue.fal.run/y"}';
  await nginx('0', 'fal', `server { listen 127.0.0.1:${FAL} backlog=4096; default_type application/json; location / {
    if ($request_method = POST) { return 200 '{"request_id":"$request_id","status":"IN_QUEUE"}'; } return 200 '${status}'; } }`);
  const peer = await nginx('1', 'proxy', `upstream fal { server 127.0.0.1:${FAL}; keepalive 64; keepalive_requests 100000000; }
    server { listen 127.0.0.1:${NGINX} backlog=4096; location / { proxy_pass http://fal; proxy_http_version 1.1; proxy_set_header Connection ""; } }`);
  const likeness = server(OURS, required('LIKENESS_PROXY_BIN'));
  if (earlier) server(EARLIER, earlier);
  await hono();
  await sleep(1000);
  const script = await runs(OURS);
  const scripts = { [EARLIER]: earlier && (await runs(EARLIER)) };
  const poll = (port, connections) => wrk(connections, '-s', scripts[port] ?? script, `http://127.0.0.1:${port}/`);
  /** What each of ours and nginx adds to one poll at a time. */
  const alone = () => {
    const direct = poll(FAL, 1).wait;
    return [poll(OURS, 1).wait - direct, poll(NGINX, 1).wait - direct];
  };
  const [ratios, rates, peers, before, added, awake] = [[], [], [], [], [], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    // In short turns, so that whatever else the machine does strikes all of them.
    const [ours, nginx, hono, old] = [[], [], [], []];
    for (let turn = 0; turn < TURNS; turn += 1) {
      nginx.push(poll(NGINX, 32).rate);
      ours.push(poll(OURS, 32).rate);
      hono.push(poll(HONO, 32).rate);
      if (earlier) old.push(poll(EARLIER, 32).rate);
    }
    rates.push(mean(ours));
    ratios.push(mean(ours) / mean(nginx));
    peers.push(mean(ours) / mean(hono));
    if (earlier) before.push(mean(ours) / mean(old));
    added.push(alone());
    move('0', likeness, peer);
    awake.push(alone());
    move('1', likeness, peer);
  }
  print('polls a second', rates, '');
  print('of what nginx passes on, goal 0.70', ratios, '', 2);
  if (earlier) print('of what the earlier build answers, goal 0.97', before, '', 2);
  print("times FAL's proxy on Hono, goal 5", peers, '', 1);
  for (const [samples, where] of [[awake, ''], [added, ', from the other processor']]) {
    print(`added to one poll at a time${where || ', goal 60'}`, samples.map(([us]) => us), 'µs');
    print(`what nginx adds to it${where}`, samples.map(([, nginx]) => nginx), 'µs');
  }
} finally {
  children.forEach((child) => child.kill('SIGKILL'));
  await rm(folder, { recursive: true, force: true });
}
