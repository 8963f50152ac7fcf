import { setFlagsFromString } from 'node:v8';
import { CorpusSource } from './corpus/source.ts';
import { warmUp } from './search/warm-up.ts';
import { createServer } from './server.ts';
import { StdioTransport } from './transports/stdio.ts';
import type { Streams } from './streams.ts';

export type ServeOptions = {
  readonly corpus: string;
  readonly http?: number;
  readonly host: string;
  readonly stateless?: boolean;
  readonly allowHost: readonly string[];
  readonly allowOrigin: readonly string[];
};

/** Serves until the other side closes (stdio) or the process is asked to end (HTTP). */
export async function serve(options: ServeOptions, streams: Streams): Promise<void> {
  // What a search leaves behind is gone after it: room for more of it cost 25 MB and made nothing faster.
  setFlagsFromString('--semi-space-growth-factor=1');
  const source = new CorpusSource(options.corpus);
  source.follow();
  const onFault = (error: unknown) =>
    streams.error(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  if (options.http === undefined) {
    await serveStdio(source, onFault);
    return;
  }
  const { serveHttp } = await import('./transports/http.ts');
  const running = await serveHttp(source, {
    port: options.http,
    host: options.host,
    isStateless: options.stateless === true,
    allowed: { hosts: options.allowHost, origins: options.allowOrigin },
    onFault,
  });
  const ready = { event: 'listening', url: running.url, port: running.port, pid: process.pid };
  warmUp(source.current);
  streams.error(`${JSON.stringify(ready)}\n`);
  process.send?.(ready);
  const stop = () => void running.close().then(() => source.stop());
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // A parent that started this with a channel and has gone leaves no server behind.
  process.once('disconnect', stop);
}

async function serveStdio(source: CorpusSource, onFault: (error: unknown) => void): Promise<void> {
  let stopWarmUp = () => {};
  const server = createServer(source, { onFault, onCall: () => stopWarmUp() });
  const transport = new StdioTransport(process.stdin, process.stdout);
  const closed = new Promise<void>((resolve) => {
    const onclose = server.onclose;
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's server is no EventTarget
    server.onclose = () => {
      onclose?.();
      resolve();
    };
  });
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's server is no EventTarget
  server.oninitialized = () => {
    stopWarmUp = warmUp(source.current);
  };
  await server.connect(transport);
  await closed;
  source.stop();
}
