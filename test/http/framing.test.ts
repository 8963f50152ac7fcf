import { describe, expect, test } from 'vitest';
import { useServer } from '../harness.ts';
import { ambiguous, body, chunked, head } from './ambiguous.ts';
import { sendRaw } from './raw.ts';

const server = useServer();

const sender = () => ({ host: 'localhost', apiKey: server.apiKey });
const size = `Content-Length: ${body.length}`;

async function names(): Promise<string[]> {
  const { body: list } = await server.api.get('/organizations?limit=100');
  return list.data.map(({ name }: { name: string }) => name);
}

describe('a request whose end is ambiguous is refused, and nothing behind it is read (X-08)', () => {
  test.each(ambiguous)('%s', async (_, bytes) => {
    const before = await names();
    const [{ statuses, text }, meanwhile] = await Promise.all([
      sendRaw(server.url, bytes(sender())),
      server.api.get('/organizations'),
    ]);
    expect(
      statuses.filter((status) => ![400, 413, 431].includes(status)),
      text,
    ).toEqual([]);
    expect(statuses.length).toBeLessThanOrEqual(1);
    expect(meanwhile.status).toBe(200);
    expect(await names()).toEqual(before);
  });

  test.each([
    ['a plain body', () => head(sender(), [size, 'Connection: close']) + body],
    ['a chunked body', () => head(sender(), ['Transfer-Encoding: chunked', 'Connection: close']) + chunked],
    [
      'a chunked body with a small extension',
      () =>
        head(sender(), ['Transfer-Encoding: chunked', 'Connection: close']) +
        chunked.replace('\r\n', ';a=b\r\n'),
    ],
  ])('%s is read', async (_, bytes) => {
    const before = (await names()).length;
    expect((await sendRaw(server.url, bytes())).statuses).toEqual([201]);
    expect(await names()).toHaveLength(before + 1);
  });

  test('requests that follow one another on a connection are answered in their order', async () => {
    const ask = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    const { statuses } = await sendRaw(server.url, ask('/health') + ask('/nothing') + ask('/health'));
    expect(statuses).toEqual([200, 404, 200]);
  });
});
