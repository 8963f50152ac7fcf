import { beforeEach, describe, expect, test } from 'vitest';
import { useServer } from '../../../../test/harness.ts';
import { keepTestMail, sendTestMail } from '../../../../test/mail.ts';
import { advance } from '../../../../test/time.ts';

const canary = '"><img src=x onerror=alert(1)><script>alert(2)</script>';

describe('in development', () => {
  const server = useServer();
  const get = (path: string) => server.anonymous.get(path);

  beforeEach(() => server.anonymous.delete('/_dev/mailbox/messages'));

  test('a message can be read as JSON, whole, before it was delivered', async () => {
    const id = await sendTestMail(server, { to: 'Ada@EXAMPLE.com' });
    const { status, body } = await get(`/_dev/mailbox/messages/${id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      object: 'mail',
      id,
      environment_id: server.id,
      environment_name: 'Test',
      kind: 'magic_auth',
      to: 'Ada@example.com',
      subject: 'Your code is 123456',
      state: 'queued',
      error: null,
      sent_at: null,
      text: 'Enter 123456 to sign in.',
      html: '<p>Enter <b>123456</b> to sign in.</p>',
    });
  });

  test('messages of all environments are listed, newest first, by recipient and up to a limit', async () => {
    const first = await sendTestMail(server, { to: 'ada@example.com' });
    // Ids of one millisecond have no order.
    advance(server.clock, 1);
    const second = await sendTestMail({ ...server, id: server.other.id }, { to: 'grace@example.com' });
    advance(server.clock, 1);
    const third = await sendTestMail(server, { to: 'ada@example.com' });
    const idsOf = async (query: string) => {
      const { body } = await get(`/_dev/mailbox/messages${query}`);
      return body.data.map(({ id }: { id: string }) => id);
    };
    expect(await idsOf('')).toEqual([third, second, first]);
    expect(await idsOf('?to=ADA@example.com')).toEqual([third, first]);
    expect(await idsOf('?to=ada@example.com&limit=1')).toEqual([third]);
    expect(await idsOf('?to=da@example.com')).toEqual([]);
  });

  test('a limit of 0 or 101 is refused', async () => {
    for (const limit of [0, 101]) {
      expect((await get(`/_dev/mailbox/messages?limit=${limit}`)).status).toBe(422);
    }
  });

  test('a message is found however many newer ones there are', async () => {
    const id = await keepTestMail(server, { to: 'needle@example.com' }, { state: 'sent', error: null });
    for (let count = 0; count < 201; count += 1) {
      await keepTestMail(server, {}, { state: 'sent', error: null });
    }
    const { body } = await get('/_dev/mailbox/messages?to=needle@example.com');
    expect(body.data.map((message: { id: string }) => message.id)).toEqual([id]);
    const page = await get('/_dev/mailbox');
    expect(page.body).toContain('These are the newest 100.');
    expect((await get('/_dev/mailbox?search=NEEDLE')).body).toContain('needle@example.com');
  });

  test('emptying deletes every message', async () => {
    const id = await sendTestMail(server);
    expect((await server.anonymous.delete('/_dev/mailbox/messages')).status).toBe(204);
    expect((await get(`/_dev/mailbox/messages/${id}`)).status).toBe(404);
    expect((await get('/_dev/mailbox')).body).toContain('No mail yet');
  });

  test('every page has the strict policy, and is neither stored nor guessed at', async () => {
    const id = await sendTestMail(server);
    for (const path of ['/_dev/mailbox', `/_dev/mailbox/${id}`, '/_dev/mailbox/mail_missing']) {
      const { headers } = await get(path);
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(headers.get('content-security-policy')).toBe(
        `default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'${path.endsWith(id) ? "; frame-src 'self'" : ''}`,
      );
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  test('the HTML part comes as it is, without a right to anything', async () => {
    const html = '<p onclick="alert(1)">Hello</p><script>alert(1)</script>';
    const id = await sendTestMail(server, { html });
    const { body, headers } = await get(`/_dev/mailbox/${id}/html`);
    expect(body).toBe(html);
    const policy = headers.get('content-security-policy')?.split('; ');
    expect(policy).toEqual(
      expect.arrayContaining(['sandbox', "default-src 'none'", 'img-src data:', "style-src 'unsafe-inline'"]),
    );
  });

  test('subject, address, kind, text and search are text, whatever they hold', async () => {
    const to = `"${canary.replace(/[<>"]/g, '')}&amp;"@example.com`;
    const id = await sendTestMail(server, { to, subject: canary, text: canary, kind: canary });
    const search = encodeURIComponent(canary);
    for (const path of [
      '/_dev/mailbox',
      `/_dev/mailbox?search=${search}`,
      `/_dev/mailbox?search=${search}x`,
      `/_dev/mailbox/${id}`,
    ]) {
      const { status, body } = await get(path);
      expect(status).toBe(200);
      expect(body).toContain('&lt;script&gt;');
      expect(body).not.toContain('<script');
      expect(body).not.toContain('<img');
    }
  });

  test('addresses in the text become links, and nothing but http does', async () => {
    const id = await sendTestMail(server, {
      text: 'Go to https://app.example/x?a=1&b="2". Not javascript:alert(1) (see http://a.example/).',
    });
    const { body } = await get(`/_dev/mailbox/${id}`);
    expect(body).toContain('href="https://app.example/x?a=1&amp;b="');
    expect(body).toContain('href="http://a.example/"');
    expect(body).not.toContain('href="javascript');
  });

  test('a message that does not exist is a page of its own', async () => {
    for (const path of ['/_dev/mailbox/mail_missing', '/_dev/mailbox/mail_missing/html']) {
      const { status, body } = await get(path);
      expect(status).toBe(404);
      expect(body).toContain('<h1>Not found</h1>');
    }
  });
});

describe('in production', () => {
  const server = useServer({ isDevelopment: false });

  test('there is no mailbox', async () => {
    const id = await sendTestMail(server);
    for (const path of ['', '/messages', `/messages/${id}`, `/${id}`, `/${id}/html`]) {
      expect((await server.anonymous.get(`/_dev/mailbox${path}`)).status).toBe(404);
    }
    expect((await server.anonymous.delete('/_dev/mailbox/messages')).status).toBe(404);
  });
});
