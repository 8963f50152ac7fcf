// Keeps a number of requests in flight over as many kept-alive connections, on plain sockets: it shares the machine with
// what it measures. Usage: node generator.mjs <file with the job as JSON>. Prints the result as one JSON line.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

const job = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const requests = job.requests.map(encode);
const latencies = [];
const statuses = {};
let next = 0;
let isMeasuring = false;
let isDone = false;

function encode(request) {
  return { request, bytes: toBytes(request), isInFlight: false };
}

function toBytes({ method, path, headers, body = '' }) {
  const length = method === 'GET' ? [] : [`content-length: ${Buffer.byteLength(body)}`];
  const lines = [`${method} ${path} HTTP/1.1`, `host: ${job.host}:${job.port}`, ...headers, ...length];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

/** The next in turn; what is replaced by its answer is never in flight twice. */
function take() {
  let entry;
  do entry = requests[next++ % requests.length];
  while (entry.isInFlight);
  entry.isInFlight = entry.request.follows !== undefined;
  return entry;
}

/** Puts a field of the answer into the body that is sent next time. */
function follow(entry, answer) {
  const { request } = entry;
  entry.isInFlight = false;
  if (request.follows === undefined) return;
  const text = answer.slice(answer.indexOf('\r\n\r\n') + 4);
  const { [request.follows]: value } = JSON.parse(text);
  request.body = JSON.stringify({ ...JSON.parse(request.body), [request.follows]: value });
  entry.bytes = toBytes(request);
}

/** One connection: sends, waits for the whole answer, sends the next. */
function openConnection() {
  const socket = connect({ host: job.host, port: job.port, noDelay: true });
  let startedAt = 0;
  let expected = -1;
  let received = 0;
  let entry;
  let answer = '';
  const send = () => {
    startedAt = performance.now();
    expected = -1;
    received = 0;
    answer = '';
    entry = take();
    socket.write(entry.bytes);
  };
  const finish = (status) => {
    if (status < 300) follow(entry, answer);
    if (isMeasuring) {
      latencies.push(performance.now() - startedAt);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
    if (isDone) socket.destroy();
    else if (job.pauseMs > 0) setTimeout(send, job.pauseMs);
    else send();
  };
  let status = 0;
  let tail = '';
  socket.on('data', (chunk) => {
    received += chunk.length;
    if (entry.isInFlight) answer += chunk.toString();
    if (expected === -1) {
      // The head of an answer is far shorter than one read, and it comes first.
      const head = chunk.latin1Slice(0, Math.min(chunk.length, 4_096));
      const end = head.indexOf('\r\n\r\n');
      status = Number(head.slice(9, 12));
      const length = /content-length: (\d+)/i.exec(head.slice(0, end));
      // Without a length the body is chunked: it ends with an empty chunk.
      expected = length ? end + 4 + Number(length[1]) : Infinity;
      tail = '';
    }
    if (expected === Infinity) {
      tail = (tail + chunk.latin1Slice(Math.max(0, chunk.length - 5))).slice(-5);
      if (tail === '0\r\n\r\n') finish(status);
    } else if (received >= expected) {
      finish(status);
    }
  });
  socket.on('error', (error) => {
    throw error;
  });
  socket.on('connect', send);
}

for (let index = 0; index < job.connections; index += 1) openConnection();
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
await wait(job.warmUpMs);
const before = process.cpuUsage();
const startedAt = performance.now();
isMeasuring = true;
process.stdout.write('measuring\n');
await wait(job.measureMs);
isMeasuring = false;
isDone = true;
const seconds = (performance.now() - startedAt) / 1_000;
const { user, system } = process.cpuUsage(before);
latencies.sort((a, b) => a - b);
const at = (share) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
process.stdout.write(
  `${JSON.stringify({
    seconds,
    requests: latencies.length,
    perSecond: latencies.length / seconds,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
    statuses,
    generatorCpu: (user + system) / 1e6 / seconds,
  })}\n`,
);
