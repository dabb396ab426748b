// `curl -s ADDRESS [-H HEADER]... [-d BODY]`, for the examples of the documentation on machines that have no curl.
// Prints `{status, body}`.

const [headers, rest, args] = [{}, [], process.argv.slice(2)];
let body;
while (args.length) {
  const arg = args.shift();
  if (arg === '-s') continue;
  if (arg === '-H') {
    const [name, ...value] = args.shift().split(': ');
    headers[name] = value.join(': ');
  } else if (arg === '-d') body = args.shift();
  else rest.push(arg);
}
const [address, ...unknown] = rest;
if (unknown.length) throw new Error(`what is ${unknown}?`);
const reply = await fetch(address, { method: body === undefined ? 'GET' : 'POST', headers, body });
console.log(JSON.stringify({ status: reply.status, body: await reply.json() }));
