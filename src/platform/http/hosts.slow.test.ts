import { request } from 'node:http';
import { expect, test } from 'vitest';
import { type TestServer, useServer } from '../../../test/harness.ts';

const own = 'https://identity.example.com';
const development = useServer({ externalUrl: own });
const production = useServer({ externalUrl: own, isDevelopment: false });

/** Status and text of a page asked for under a name; `fetch` does not let one choose it. */
const under = (server: TestServer, host: string, path = '/health'): Promise<[number, string]> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    request({ hostname, port, path, headers: { host } }, (response) => {
      response.setEncoding('utf8');
      let text = '';
      response.on('data', (part: string) => (text += part));
      response.on('end', () => resolve([response.statusCode ?? 0, text]));
    })
      .on('error', reject)
      .end();
  });

test.each([
  'localhost',
  'localhost:3000',
  'app.localhost:3000',
  '127.0.0.1:3000',
  '192.168.1.7',
  '[::1]:3000',
  '[::ffff:7f00:1]:3000',
  'doorwright',
  'doorwright:8080',
  'laptop.local',
  'identity.test.',
  'identity.example.com',
  'IDENTITY.example.com:443',
])('development answers to %s', async (host) => {
  expect((await under(development, host))[0]).toBe(200);
});

test.each([
  'attacker.example',
  'attacker.example:3000',
  '127.0.0.1.attacker.example',
  'local.com',
  'a.localhost.com',
])(
  'development answers nothing to %s, also not its mail: such a name can be made to point here',
  async (host) => {
    for (const path of ['/health', '/_dev/mailbox', '/openapi.json']) {
      const [status, text] = await under(development, host, path);
      expect(status, path).toBe(421);
      expect(text).toContain('DOORWRIGHT_EXTERNAL_URL');
    }
    expect((await under(production, host))[0]).toBe(200);
  },
);
