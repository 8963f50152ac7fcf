import { expect, test } from 'vitest';
import type { TestResponse } from '../../../test/client.ts';
import { type TestEnvironment, useServer } from '../../../test/harness.ts';
import { makeAvif, makeGif, makeIco, makeJpeg, makePng, makeSvg, makeWebp } from '../../../test/pictures.ts';
import { pictureKinds } from './contract.ts';

const server = useServer();
const path = '/management/branding';

/** Sends bytes; nothing about them but themselves says what they are. */
async function put(
  kind: string,
  bytes: Uint8Array,
  { apiKey }: Pick<TestEnvironment, 'apiKey'> = server,
): Promise<Pick<TestResponse, 'status' | 'body'>> {
  const response = await fetch(`${server.url}${path}/${kind}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'text/html' },
    body: new Uint8Array(bytes),
  });
  return { status: response.status, body: await response.json() };
}

test.each(pictureKinds)('the %s is set, set again, replaced and removed', async (kind) => {
  const { status, body } = await put(kind, makePng(200, 200));
  expect(status).toBe(200);
  expect(body[kind]).toEqual({
    url: expect.stringMatching(new RegExp(`^${server.url}/_branding/${server.clientId}/[0-9a-f]{32}\\.png$`)),
    content_type: 'image/png',
    width: 200,
    height: 200,
  });
  expect((await put(kind, makePng(200, 200))).body).toEqual(body);
  const replaced = await put(kind, makeSvg());
  expect(replaced.body[kind]).toMatchObject({ content_type: 'image/svg+xml', width: null, height: null });
  expect((await server.anonymous.get(new URL(body[kind].url).pathname)).status).toBe(404);
  expect((await server.api.delete(`${path}/${kind}`)).status).toBe(204);
  expect((await server.api.get(path)).body[kind]).toBeNull();
  const repeat = await server.api.delete(`${path}/${kind}`);
  expect([repeat.status, repeat.body.code]).toEqual([404, 'entity_not_found']);
});

test.each([
  ['logo', 'image/jpeg', makeJpeg(160, 160)],
  ['logo', 'image/webp', makeWebp.lossless(400, 160)],
  ['icon', 'image/webp', makeWebp.lossy(160, 160)],
  ['favicon', 'image/gif', makeGif(32, 32)],
  ['favicon', 'image/avif', makeAvif(64, 64)],
  ['favicon', 'image/x-icon', makeIco(16, 32)],
])('a %s may be %s, of the smallest size too', async (kind, contentType, bytes) => {
  const { status, body } = await put(kind, bytes);
  expect([status, body[kind]?.content_type]).toEqual([200, contentType]);
});

test.each([
  ['nothing', 'logo', Buffer.alloc(0), 'unsupported_format'],
  ['text', 'logo', Buffer.from('logo'), 'unsupported_format'],
  ['HTML', 'logo', Buffer.from('<html><script>alert(1)</script></html>'), 'unsupported_format'],
  ['a script', 'favicon', Buffer.from('alert(1)'), 'unsupported_format'],
  ['the wrong magic', 'logo', Buffer.concat([Buffer.from('x'), makePng(200, 200)]), 'unsupported_format'],
  ['a moving logo', 'logo', makeGif(200, 200), 'unsupported_format'],
  ['an icon file as logo', 'logo_dark', makeIco(256), 'unsupported_format'],
  ['AVIF as icon', 'icon_dark', makeAvif(200, 200), 'unsupported_format'],
  ['a narrow logo', 'logo', makePng(159, 400), 'too_small'],
  ['a small favicon', 'favicon', makePng(31, 31), 'too_small'],
  ['a picture of 4,097 pixels', 'logo', makeJpeg(4_097, 200), 'too_big'],
  ['an icon that is not square', 'icon', makePng(200, 201), 'not_square'],
  ['a favicon that is not square', 'favicon', makeGif(64, 32), 'not_square'],
])('%s is refused with 422 that names the picture, and nothing changes', async (_, kind, bytes, code) => {
  const before = (await server.api.get(path)).body;
  const { status, body } = await put(kind, bytes);
  expect([status, body.code]).toEqual([422, 'validation_failed']);
  expect(body.errors).toEqual([expect.objectContaining({ field: kind, code })]);
  expect((await server.api.get(path)).body).toEqual(before);
});

/** A drawing of so many bytes. */
const drawingOf = (bytes: number): Buffer => {
  const padding = bytes - makeSvg('<!---->').length;
  return makeSvg(`<!--${'x'.repeat(padding)}-->`);
};

test('100 kB are taken, one byte more and 101 kB are not', async () => {
  const { status, body } = await put('logo', drawingOf(100_000));
  expect(status).toBe(200);
  for (const size of [100_001, 101_000]) {
    const refused = await put('logo', drawingOf(size));
    expect(refused).toMatchObject({ status: 413, body: { code: 'payload_too_large' } });
  }
  expect((await server.api.get(path)).body).toEqual(body);
});

test('pictures belong to their environment, and no key moves none', async () => {
  const mine = (await put('icon', makePng(170, 170))).body.icon;
  expect((await server.other.api.get(path)).body.icon).toBeNull();
  expect((await server.other.api.delete(`${path}/icon`)).status).toBe(404);
  await put('icon', makePng(180, 180), server.other);
  expect((await server.api.get(path)).body.icon).toEqual(mine);
  for (const kind of pictureKinds) {
    expect((await server.anonymous.put(`${path}/${kind}`, 'x')).status).toBe(401);
    expect((await server.anonymous.delete(`${path}/${kind}`)).status).toBe(401);
  }
});

test('there is no other picture', async () => {
  expect((await put('background', makePng(200, 200))).status).toBe(404);
});
