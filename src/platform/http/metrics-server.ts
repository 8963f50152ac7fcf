import { createServer } from 'node:http';
import { Registry } from 'prom-client';

/** A listener of its own for `/metrics`: figures of the operator, not of the public address. */
export async function serveMetrics(
  host: string,
  port: number,
  read: () => Promise<string>,
): Promise<{ drain(graceMs: number): Promise<void> }> {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    read().then(
      (text) => response.writeHead(200, { 'content-type': Registry.PROMETHEUS_CONTENT_TYPE }).end(text),
      () => response.writeHead(503).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    drain: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
