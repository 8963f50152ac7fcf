// The least that a server can do: shows what the generator itself can reach on this machine.
import { createServer } from 'node:http';

const body = Buffer.from('{"status":"ok"}');
const server = createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` })}\n`);
});
