import { beforeAll, expect, test } from 'vitest';
import { lookOf } from '../../../test/branding.ts';
import { useServer } from '../../../test/harness.ts';
import { makeSvg } from '../../../test/pictures.ts';

const server = useServer();
const path = '/management/branding';
let logo: string;

const style = async (): Promise<string> => (await lookOf(server)).styleUrl ?? '';

beforeAll(async () => {
  const { body } = await server.api.put(
    `${path}/logo`,
    makeSvg('<rect width="320" height="80"/>').toString(),
  );
  logo = new URL(body.logo.url).pathname;
});

test('a page of an environment that nobody branded has its name and nothing else', async () => {
  await server.api.delete(`${path}/logo`);
  expect(await lookOf(server)).toEqual({
    name: 'Test',
    logoUrl: null,
    darkLogoUrl: null,
    faviconUrl: null,
    styleUrl: null,
    appearance: 'auto',
  });
  await server.api.put(`${path}/logo`, makeSvg('<rect width="320" height="80"/>').toString());
});

test('a page has the name, the picture of the wanted style, and the appearance', async () => {
  await server.api.put(`${path}/icon_dark`, makeSvg('<circle r="40"/>').toString());
  await server.api.patch(path, { application_name: 'Foo', appearance: 'light' });
  expect(await lookOf(server)).toMatchObject({
    name: 'Foo',
    logoUrl: logo,
    darkLogoUrl: null,
    appearance: 'light',
  });
  await server.api.patch(path, { logo_style: 'icon', appearance: 'auto' });
  const { logoUrl, darkLogoUrl } = await lookOf(server);
  // The only icon there is stands on every ground.
  expect(darkLogoUrl).toMatch(/^\/_branding\/.*\.svg$/);
  expect(logoUrl).toBe(darkLogoUrl);
  await server.api.patch(path, { logo_style: 'logo' });
});

test('a picture is kept for ever, and is nothing but a picture', async () => {
  const { status, headers, body } = await server.anonymous.get(logo);
  expect([status, body]).toEqual([200, makeSvg('<rect width="320" height="80"/>').toString()]);
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-type': 'image/svg+xml',
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    'cross-origin-resource-policy': 'same-origin',
  });
  const held = await server.anonymous.get(logo, { headers: { 'if-none-match': headers.get('etag') ?? '' } });
  expect(held).toMatchObject({ status: 304, body: '' });
});

test('the style is served by its content, and has another address when it changes', async () => {
  await server.api.patch(path, { primary_color: '#0f766e', corner_radius: 'small' });
  const first = await style();
  const { status, headers, body } = await server.anonymous.get(first);
  expect([status, headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8']);
  expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(body).toContain('--accent: light-dark(#0f766e, #0f766e);');
  expect(body).toContain('--on-accent: light-dark(#ffffff, #ffffff);');
  expect(body).toContain('--radius: 4px;');
  await server.api.patch(path, { primary_color_dark: '#5eead4' });
  const second = await style();
  expect(second).not.toBe(first);
  const now = (await server.anonymous.get(second)).body;
  expect(now).toContain('--accent: light-dark(#0f766e, #5eead4);');
  expect(now).toContain('--on-accent: light-dark(#ffffff, #000000);');
  // A page of a moment ago is still dressed, and asks again next time.
  const late = await server.anonymous.get(first);
  expect([late.status, late.body, late.headers.get('cache-control')]).toEqual([200, now, 'no-cache']);
});

test('a style holds tokens and colours and nothing that anybody typed', async () => {
  await server.api.patch(path, { application_name: '</style><script>', background_color: '#ABCDEF' });
  const { body } = await server.anonymous.get(await style());
  expect(body).toMatch(
    /^:root \{\n(?: {2}--[a-z-]+: (?:light-dark\(#[0-9a-f]{6}, #[0-9a-f]{6}\)|\d+px);\n)+\}\n$/,
  );
});

test.each([
  ['another hash', (own: string) => own.replace(/[0-9a-f]{32}/, '0'.repeat(32))],
  ['another ending', (own: string) => own.replace('.svg', '.png')],
  ['no hash', (own: string) => own.replace(/[0-9a-f]{32}/, 'logo')],
  ['another environment', (own: string) => own.replace(server.clientId, server.other.clientId)],
  ['an unknown environment', (own: string) => own.replace(server.clientId, 'client_nobody')],
  ['a style where there is none', () => `/_branding/${server.other.clientId}/${'0'.repeat(32)}.css`],
])('%s is no file', async (_, change) => {
  const { status, body } = await server.anonymous.get(change(logo));
  expect([status, body.code]).toEqual([404, 'entity_not_found']);
});

test('a file is found whatever environment the host belongs to', async () => {
  const inside = `/environments/${server.other.clientId}${logo}`;
  expect((await server.anonymous.get(inside)).status).toBe(200);
});
