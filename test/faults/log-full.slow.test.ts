// what Doorwright writes about itself goes to a disk that is full.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openLogStream } from '../../src/platform/log-stream.ts';
import { findFreePort } from '../free-port.ts';
import { buildProgram } from '../program.ts';
import { SmallDisk, whyNoSmallDisk } from './small-disk.ts';

/** Where every write fails as on a full disk. */
const full = '/dev/full';
const isAbsent = !existsSync(full);
const reason = isAbsent ? ` (skipped: there is no ${full} here)` : '';
const folder = mkdtempSync(join(tmpdir(), 'doorwright-log-full-'));

beforeAll(async () => {
  if (!isAbsent) await buildProgram();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function startOnFullDisk(mode: 'dev' | 'start'): Promise<{ child: ChildProcess; url: string }> {
  const port = String(await findFreePort());
  const url = `http://127.0.0.1:${port}`;
  const output = openSync(full, 'w');
  const child = spawn(process.execPath, ['dist/doorwright.js', mode], {
    env: {
      PATH: process.env['PATH'],
      PORT: port,
      DOORWRIGHT_DATA_DIR: join(folder, mode),
      DOORWRIGHT_LOG_LEVEL: 'info',
      DOORWRIGHT_SAMPLE: 'off',
      DOORWRIGHT_METRICS_PORT: '0',
      DOORWRIGHT_MASTER_KEY: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
      DOORWRIGHT_EXTERNAL_URL: url,
      DOORWRIGHT_ALLOW_HTTP_LOOPBACK: '1',
    },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const isServing = async () => (await fetch(`${url}/health`)).status === 200;
  await vi.waitFor(async () => expect(await isServing()).toBe(true), { timeout: 20_000, interval: 100 });
  return { child, url };
}

test.skipIf(isAbsent).each(['dev', 'start'] as const)(
  `\`doorwright %s\` serves though not a word of it can be written, and stops in good order${reason}`,
  async (mode) => {
    const { child, url } = await startOnFullDisk(mode);
    for (let count = 0; count < 200; count += 1) {
      expect((await fetch(`${url}/health/live`)).status).toBe(200);
    }
    const ended = once(child, 'close');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  },
);

const why = whyNoSmallDisk === null ? '' : ` (skipped: it needs a disk of its own, and ${whyNoSmallDisk})`;

describe.skipIf(whyNoSmallDisk !== null)(`a log on a disk that is full for a while${why}`, () => {
  test('is whole lines in their order: some were kept, those that were lost are counted', async () => {
    const disk = new SmallDisk(8);
    const path = join(disk.folder, 'log');
    const file = openSync(path, 'a');
    const stream = openLogStream(file);
    const readLines = () => readFileSync(path, 'utf8').split('\n').slice(0, -1);
    const write = (number: number) => stream.write(`${JSON.stringify({ number, text: 'x'.repeat(990) })}\n`);
    write(0);
    await vi.waitFor(() => expect(readLines()).toHaveLength(1));
    disk.fill();
    for (let number = 1; number <= 3_000; number += 1) write(number);
    disk.empty();
    await vi.waitFor(() => expect(readFileSync(path, 'utf8').includes('were lost')).toBe(true), {
      timeout: 20_000,
    });
    write(3_001);
    await vi.waitFor(() => expect(readLines().at(-1)?.startsWith('{"number":3001,')).toBe(true));
    const lines = readLines().map((line) => JSON.parse(line) as { number?: number; lost?: number });
    const numbers = lines.flatMap(({ number }) => number ?? []);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    const lost = lines.reduce((sum, line) => sum + (line.lost ?? 0), 0);
    expect(lost).toBeGreaterThan(1_000);
    expect(numbers.length + lost).toBe(3_002);
    closeSync(file);
    disk.unmount();
  });
});
