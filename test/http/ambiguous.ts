// Requests whose end two parsers may see in two places, or that are too large to be read: X-08.

export interface Sender {
  host: string;
  apiKey: string;
}

/** Takes who sends it, returns the bytes. */
export type RawRequest = (sender: Sender) => string;

export const body = '{"name":"Framed"}';
const size = `Content-Length: ${body.length}`;
export const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;

/** The head of a request that makes an organization. */
export const head = ({ host, apiKey }: Sender, lines: readonly string[]): string =>
  [
    'POST /organizations HTTP/1.1',
    `Host: ${host}`,
    `Authorization: Bearer ${apiKey}`,
    'Content-Type: application/json',
    ...lines,
    '',
    '',
  ].join('\r\n');

/** What an attacker hides behind a request that two parsers cut differently. */
const smuggled = (sender: Sender): string => head(sender, ['Content-Length: 19']) + '{"name":"Smuggled"}';

/** Each fits into what a proxy keeps for a line. */
const longHeaders = ['A', 'B', 'C'].map((name) => `X-${name}: ${'a'.repeat(7_000)}`);

export const ambiguous: readonly (readonly [string, RawRequest])[] = [
  [
    'Content-Length and Transfer-Encoding',
    (to) => head(to, [size, 'Transfer-Encoding: chunked']) + chunked + smuggled(to),
  ],
  [
    'Transfer-Encoding and Content-Length',
    (to) => head(to, ['Transfer-Encoding: chunked', size]) + chunked + smuggled(to),
  ],
  ['two different lengths', (to) => head(to, [size, 'Content-Length: 0']) + body + smuggled(to)],
  ['the same length twice', (to) => head(to, [size, size]) + body + smuggled(to)],
  ['a list of lengths', (to) => head(to, [`${size}, ${body.length}`]) + body + smuggled(to)],
  ['a signed length', (to) => head(to, [`Content-Length: +${body.length}`]) + body + smuggled(to)],
  ['a negative length', (to) => head(to, ['Content-Length: -1']) + body + smuggled(to)],
  ['a hexadecimal length', (to) => head(to, ['Content-Length: 0x11']) + body + smuggled(to)],
  ['a length beyond 64 bits', (to) => head(to, ['Content-Length: 99999999999999999999999']) + body],
  ['a space before the colon', (to) => head(to, [size, 'Transfer-Encoding : chunked']) + body + smuggled(to)],
  [
    'a header that goes on in the next line',
    (to) => head(to, [size, 'X-Folded: a', ' b']) + body + smuggled(to),
  ],
  [
    'a folded Transfer-Encoding',
    (to) => head(to, ['Transfer-Encoding:', ' chunked']) + chunked + smuggled(to),
  ],
  ['an unknown transfer coding', (to) => head(to, ['Transfer-Encoding: xchunked']) + chunked + smuggled(to)],
  [
    'chunked that is not last',
    (to) => head(to, ['Transfer-Encoding: chunked, identity']) + chunked + smuggled(to),
  ],
  ['chunked twice', (to) => head(to, ['Transfer-Encoding: chunked, chunked']) + `${chunked}${smuggled(to)}`],
  ['lines that end in LF alone', (to) => head(to, [size]).replaceAll('\r\n', '\n') + body + smuggled(to)],
  ['one header line that ends in LF alone', (to) => head(to, [size, 'X-A: a\nX-B: b']) + body + smuggled(to)],
  ['CR alone in a header', (to) => head(to, [size, 'X-A: a\rContent-Length: 0']) + body + smuggled(to)],
  ['NUL in a header', (to) => head(to, [size, 'X-A: a\0b']) + body + smuggled(to)],
  ['a header without a name', (to) => head(to, [size, ': a']) + body + smuggled(to)],
  [
    'a chunk size that is no number',
    (to) => head(to, ['Transfer-Encoding: chunked']) + `zz\r\n${body}\r\n0\r\n\r\n`,
  ],
  [
    'a chunk that is longer than it says',
    (to) => head(to, ['Transfer-Encoding: chunked']) + `5\r\n${body}\r\n0\r\n\r\n`,
  ],
  [
    'chunk extensions of 100 kB',
    (to) => head(to, ['Transfer-Encoding: chunked']) + chunked.replace('\r\n', `;${'a'.repeat(100_000)}\r\n`),
  ],
  [
    'a Content-Length over what follows a chunked body',
    (to) => {
      const hidden = chunked + smuggled(to);
      return head(to, [`Content-Length: ${hidden.length}`, 'Transfer-Encoding: chunked']) + hidden;
    },
  ],
  [
    'two lengths, of which one covers a second request',
    (to) => {
      const hidden = body + smuggled(to);
      return head(to, [size, `Content-Length: ${hidden.length}`]) + hidden;
    },
  ],
  [
    'a chunk extension that ends in LF alone',
    (to) => head(to, ['Transfer-Encoding: chunked']) + `11;a\n${body}\r\n0\r\n\r\n` + smuggled(to),
  ],
  [
    'a chunk that ends in LF alone',
    (to) => head(to, ['Transfer-Encoding: chunked']) + `11\r\n${body}\n0\r\n\r\n` + smuggled(to),
  ],
  [
    'a last chunk that ends in LF alone',
    (to) => head(to, ['Transfer-Encoding: chunked']) + `11\r\n${body}\r\n0\n\n` + smuggled(to),
  ],
  [
    'a chunk size beyond 64 bits',
    (to) => head(to, ['Transfer-Encoding: chunked']) + `10000000000000011\r\n${body}\r\n0\r\n\r\n`,
  ],
  ['a method that does not exist', () => 'STEAL / HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['a version that does not exist', () => 'GET / HTTP/9.9\r\nHost: a\r\n\r\n'],
  ['no host', () => 'GET /health HTTP/1.1\r\n\r\n'],
  ['100 kB of headers', (to) => head(to, [size, `X-A: ${'a'.repeat(100_000)}`]) + body],
  ['20 kB of headers', (to) => head(to, [size, ...longHeaders]) + body],
  ['ten thousand headers', (to) => head(to, [size, ...Array.from({ length: 10_000 }, () => 'A: b')]) + body],
  ['TLS', () => '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003'],
];
