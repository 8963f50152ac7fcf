import { type Server, createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSmtpTransport } from './smtp.ts';

// smtp-server takes no quoted local part with a space or an @: this one takes everything and remembers each line.
let server: Server;
let lines: string[];
let port: number;

beforeAll(async () => {
  lines = [];
  server = createServer((socket) => {
    let isData = false;
    socket.write('220 ready\r\n');
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      for (const line of bytes.toString().split('\r\n').filter(Boolean)) {
        lines.push(line);
        if (isData && line !== '.') continue;
        isData = line === 'DATA';
        socket.write(isData ? '354 go on\r\n' : '250 fine\r\n');
      }
    });
  });
  port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

const open = (to: string, name: string | null = 'Acme, "Inc."') => {
  const transport = createSmtpTransport({
    url: `smtp://127.0.0.1:${port}`,
    sender: { name, address: 'id@acme.example' },
  });
  const mail = { to, subject: 'Hello', text: 'Hello', html: '<p>Hello</p>', kind: 'test' };
  const outgoing = { id: 'mail_1', mail, createdAt: new Date('2026-01-15T12:00:00.000Z') };
  return { transport, send: () => transport.deliver(outgoing).finally(() => transport.close()) };
};

test.each([
  'ada+tag@example.com',
  '"eve@evil.example"@example.com',
  '"ada, eve@evil.example"@example.com',
  '"ada lovelace"@example.com',
  String.raw`"a\"b"@example.com`,
  'Ada@xn--bcher-kva.example',
])('the envelope and the header name %s and nobody else', async (to) => {
  lines.length = 0;
  await open(to).send();
  expect(lines.filter((line) => line.startsWith('RCPT'))).toEqual([`RCPT TO:<${to}>`]);
  const headers = lines.filter((line) => /^(?:To|Cc|Bcc):/i.test(line));
  expect(headers).toHaveLength(1);
  expect(headers[0]?.replace(/^To: <?(.*?)>?$/, '$1')).toBe(to);
});

test('the sender, the date and the Message-ID are the same at each try', async () => {
  lines.length = 0;
  await open('ada@example.com').send();
  expect(lines).toContain('MAIL FROM:<id@acme.example>');
  expect(lines).toContain(String.raw`From: "Acme, \"Inc.\"" <id@acme.example>`);
  expect(lines).toContain('Message-ID: <mail_1@acme.example>');
  expect(lines).toContain('Date: Thu, 15 Jan 2026 12:00:00 +0000');
});
