import { describe, expect, test } from 'vitest';
import { useServer } from '../harness.ts';
import { sendRaw } from './raw.ts';

const server = useServer();

const head = (lines: readonly string[]) =>
  [
    'POST /organizations HTTP/1.1',
    'Host: localhost',
    `Authorization: Bearer ${server.apiKey}`,
    'Content-Type: application/json',
    ...lines,
    '',
    '',
  ].join('\r\n');

const body = '{"name":"Framed"}';
const size = `Content-Length: ${body.length}`;
const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
/** What an attacker hides behind a request that two parsers cut differently. */
const smuggled = () =>
  `POST /organizations HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${server.apiKey}\r\n` +
  `Content-Type: application/json\r\nContent-Length: 19\r\n\r\n{"name":"Smuggled"}`;

async function names(): Promise<string[]> {
  const { body: list } = await server.api.get('/organizations?limit=100');
  return list.data.map(({ name }: { name: string }) => name);
}

describe('a request whose end is ambiguous is refused, and nothing behind it is read (X-08)', () => {
  const refused: readonly (readonly [string, () => string])[] = [
    [
      'Content-Length and Transfer-Encoding',
      () => head([size, 'Transfer-Encoding: chunked']) + chunked + smuggled(),
    ],
    [
      'Transfer-Encoding and Content-Length',
      () => head(['Transfer-Encoding: chunked', size]) + chunked + smuggled(),
    ],
    ['two different lengths', () => head([size, 'Content-Length: 0']) + body + smuggled()],
    ['the same length twice', () => head([size, size]) + body + smuggled()],
    ['a list of lengths', () => head([`${size}, ${body.length}`]) + body + smuggled()],
    ['a signed length', () => head([`Content-Length: +${body.length}`]) + body + smuggled()],
    ['a negative length', () => head(['Content-Length: -1']) + body + smuggled()],
    ['a hexadecimal length', () => head(['Content-Length: 0x11']) + body + smuggled()],
    ['a length beyond 64 bits', () => head(['Content-Length: 99999999999999999999999']) + body],
    ['a space before the colon', () => head([size, 'Transfer-Encoding : chunked']) + body + smuggled()],
    ['a header that goes on in the next line', () => head([size, 'X-Folded: a', ' b']) + body + smuggled()],
    ['a folded Transfer-Encoding', () => head(['Transfer-Encoding:', ' chunked']) + chunked + smuggled()],
    ['an unknown transfer coding', () => head(['Transfer-Encoding: xchunked']) + chunked + smuggled()],
    ['chunked that is not last', () => head(['Transfer-Encoding: chunked, identity']) + chunked + smuggled()],
    ['chunked twice', () => head(['Transfer-Encoding: chunked, chunked']) + `${chunked}${smuggled()}`],
    ['lines that end in LF alone', () => head([size]).replaceAll('\r\n', '\n') + body + smuggled()],
    ['one header line that ends in LF alone', () => head([size, 'X-A: a\nX-B: b']) + body + smuggled()],
    ['CR alone in a header', () => head([size, 'X-A: a\rContent-Length: 0']) + body + smuggled()],
    ['NUL in a header', () => head([size, 'X-A: a\0b']) + body + smuggled()],
    ['a header without a name', () => head([size, ': a']) + body + smuggled()],
    [
      'a chunk size that is no number',
      () => head(['Transfer-Encoding: chunked']) + `zz\r\n${body}\r\n0\r\n\r\n`,
    ],
    [
      'a chunk that is longer than it says',
      () => head(['Transfer-Encoding: chunked']) + `5\r\n${body}\r\n0\r\n\r\n`,
    ],
    [
      'chunk extensions of 100 kB',
      () => head(['Transfer-Encoding: chunked']) + `11;${'a'.repeat(100_000)}\r\n`,
    ],
    ['a method that does not exist', () => 'STEAL / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a version that does not exist', () => 'GET / HTTP/9.9\r\nHost: a\r\n\r\n'],
    ['no host', () => 'GET /health HTTP/1.1\r\n\r\n'],
    ['100 kB of headers', () => head([size, `X-A: ${'a'.repeat(100_000)}`]) + body],
    ['ten thousand headers', () => head([size, ...Array.from({ length: 10_000 }, () => 'A: b')]) + body],
    ['TLS', () => '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003'],
  ];

  test.each(refused)('%s', async (_, bytes) => {
    const before = await names();
    const [{ statuses, text }, meanwhile] = await Promise.all([
      sendRaw(server.url, bytes()),
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
    ['a plain body', () => head([size, 'Connection: close']) + body],
    ['a chunked body', () => head(['Transfer-Encoding: chunked', 'Connection: close']) + chunked],
    [
      'a chunked body with a small extension',
      () => head(['Transfer-Encoding: chunked', 'Connection: close']) + chunked.replace('\r\n', ';a=b\r\n'),
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
