// nginx and HAProxy as docs/self-hosting/proxy.md sets them up, before a server of a test.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TLSSocket, connect as startTls } from 'node:tls';
import { vi } from 'vitest';
import { findFreePort } from '../free-port.ts';
import { blocksOf } from '../docs/blocks.ts';
import { type RawAnswer, answerOf } from './raw.ts';

export type ProxyKind = 'nginx' | 'haproxy';

/** The name that the configurations serve. */
export const proxiedHost = 'id.example.com';

const page = 'docs/self-hosting/proxy.md';

/** The path of the program, or null. */
export function findProxy(kind: ProxyKind): string | null {
  const paths = ['/usr/sbin', '/usr/local/sbin', '/usr/bin'].map((folder) => join(folder, kind));
  return paths.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export class Proxy {
  readonly port: number;
  readonly #folder = mkdtempSync(join(tmpdir(), 'doorwright-proxy-'));
  readonly #child: ChildProcess;

  private constructor(kind: ProxyKind, program: string, port: number, serverUrl: string) {
    this.port = port;
    const certificate = join(this.#folder, 'certificate.pem');
    writeFileSync(certificate, makeCertificate());
    const file = join(this.#folder, 'configuration');
    const fitted = configurationOf(kind)
      .replace(/^( *listen )443 /m, `$1127.0.0.1:${port} `)
      .replace(/^( *bind ):443 /m, `$1127.0.0.1:${port} `)
      .replaceAll('127.0.0.1:4100', new URL(serverUrl).host)
      .replaceAll('/etc/ssl/id.example.com.pem', certificate);
    writeFileSync(file, kind === 'nginx' ? nginxAround(fitted, this.#folder) : fitted);
    const args = kind === 'nginx' ? ['-p', this.#folder, '-c', file, '-e', 'stderr'] : ['-db', '-f', file];
    const log = openSync(join(this.#folder, 'log'), 'a');
    this.#child = spawn(program, args, { cwd: this.#folder, stdio: ['ignore', log, log] });
  }

  /** Starts one before the server, and waits until it leads there. */
  static async start(kind: ProxyKind, program: string, serverUrl: string): Promise<Proxy> {
    const proxy = new Proxy(kind, program, await findFreePort(), serverUrl);
    const isLeading = async () => {
      if (proxy.#child.exitCode !== null) throw new Error(readFileSync(join(proxy.#folder, 'log'), 'utf8'));
      const { statuses } = await proxy.send(get('/health/ready'));
      if (statuses[0] !== 200) throw new Error(`it answers ${String(statuses)}`);
    };
    await vi.waitFor(isLeading, { timeout: 20_000, interval: 100 });
    return proxy;
  }

  /** A connection of a client at `address`, any one of 127.0.0.0/8. */
  async open(address = '127.0.0.9'): Promise<TLSSocket> {
    const socket = startTls({
      socket: connect({ host: '127.0.0.1', port: this.port, localAddress: address }),
      servername: proxiedHost,
      ALPNProtocols: ['http/1.1'],
      rejectUnauthorized: false,
    });
    socket.on('error', () => undefined);
    await Promise.race([once(socket, 'secureConnect'), once(socket, 'close')]);
    return socket;
  }

  /** Writes `bytes` as they are, and reads until the end or until nothing more comes. */
  async send(bytes: string, address?: string): Promise<RawAnswer> {
    const socket = await this.open(address);
    socket.write(Buffer.from(bytes, 'latin1'));
    return answerOf(socket);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null) {
      const ended = once(this.#child, 'close');
      this.#child.kill('SIGTERM');
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A request without a body. */
export const get = (path: string, headers: readonly string[] = []): string =>
  [`GET ${path} HTTP/1.1`, `Host: ${proxiedHost}`, ...headers, '', ''].join('\r\n');

function configurationOf(kind: ProxyKind): string {
  const block = blocksOf(readFileSync(page, 'utf8')).find(({ language }) => language === kind);
  if (!block) throw new Error(`${page} has no block for ${kind}`);
  return block.text;
}

/** What Debian's nginx.conf has around `conf.d`, with every file in a folder of the test. */
function nginxAround(configuration: string, folder: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, name)};`,
  );
  return [
    // As root its workers would be another user, who can't enter the folder.
    ...(process.getuid?.() === 0 ? ['user root;'] : []),
    'daemon off;',
    `pid ${join(folder, 'pid')};`,
    'events {}',
    `http { access_log off; ${temporary.join(' ')}`,
    configuration,
    '}',
    '',
  ].join('\n');
}

function makeCertificate(): string {
  const request = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=${proxiedHost}`;
  const args = [...request.split(' '), '-keyout', '-', '-out', '-'];
  return execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}
