import { expect, test } from 'vitest';
import { useServer } from '../../../test/harness.ts';

const server = useServer();
const path = '/management/branding';

const untouched = {
  object: 'branding',
  application_name: null,
  appearance: 'auto',
  corner_radius: 'medium',
  logo_style: 'logo',
  primary_color: null,
  primary_color_dark: null,
  background_color: null,
  background_color_dark: null,
  link_color: null,
  link_color_dark: null,
  logo: null,
  logo_dark: null,
  icon: null,
  icon_dark: null,
  favicon: null,
};

test('an environment that nobody branded says so', async () => {
  const { api } = await server.addEnvironment('sandbox');
  const { status, body } = await api.get(path);
  expect([status, body]).toEqual([200, untouched]);
});

test('a change touches only what it names, null takes it back, and a repeat changes nothing', async () => {
  const { api } = await server.addEnvironment('sandbox');
  const name = { application_name: '  Foo Corp  ' };
  expect((await api.patch(path, name)).body).toEqual({ ...untouched, application_name: 'Foo Corp' });
  const look = { primary_color: '#0F766E', appearance: 'dark', corner_radius: 'large', logo_style: 'icon' };
  const wanted = { ...untouched, application_name: 'Foo Corp', ...look, primary_color: '#0f766e' };
  expect((await api.patch(path, look)).body).toEqual(wanted);
  expect((await api.patch(path, look)).body).toEqual(wanted);
  expect((await api.patch(path, {})).body).toEqual(wanted);
  expect((await api.get(path)).body).toEqual(wanted);
  const back = await api.patch(path, { application_name: null, primary_color: null });
  expect(back.body).toEqual({ ...wanted, application_name: null, primary_color: null });
});

test('parallel changes all hold, the first included', async () => {
  const { api } = await server.addEnvironment('sandbox');
  const changes = [
    { application_name: 'Parallel' },
    { primary_color: '#111111' },
    { background_color: '#222222' },
    { link_color_dark: '#333333' },
  ];
  await Promise.all(changes.map((change) => api.patch(path, change)));
  expect((await api.get(path)).body).toMatchObject(Object.assign({}, ...changes));
});

test.each([
  'شركة المثال',
  'שלום عالم',
  '</style><script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  'a'.repeat(100),
  '🏢'.repeat(50),
])('the name %s is kept as it is', async (application_name) => {
  expect((await server.api.patch(path, { application_name })).body).toMatchObject({ application_name });
});

test.each([
  ['an empty name', { application_name: ' ' }, 'application_name', 'too_small'],
  ['a name of 101 characters', { application_name: 'a'.repeat(101) }, 'application_name', 'too_big'],
  ['a name of 500 characters', { application_name: 'ש'.repeat(500) }, 'application_name', 'too_big'],
  ['a name that is no text', { application_name: 7 }, 'application_name', 'invalid_type'],
  [
    'a name with a line break',
    { application_name: 'A\r\nBcc: b@c.com' },
    'application_name',
    'invalid_format',
  ],
  [
    'a name that turns its direction',
    { application_name: 'A\u202Ecba' },
    'application_name',
    'invalid_format',
  ],
  ['a name that isolates', { application_name: 'A\u2067cba' }, 'application_name', 'invalid_format'],
  ['a colour by name', { primary_color: 'red' }, 'primary_color', 'invalid_format'],
  ['a short colour', { primary_color: '#fff' }, 'primary_color', 'invalid_format'],
  ['a colour with alpha', { primary_color: '#ffffff80' }, 'primary_color', 'invalid_format'],
  ['a colour with a line after it', { primary_color: '#ffffff\n' }, 'primary_color', 'invalid_format'],
  ['a rule in a colour', { link_color: '#fff;}body{color:red' }, 'link_color', 'invalid_format'],
  ['an end of style', { link_color_dark: '</style><b>' }, 'link_color_dark', 'invalid_format'],
  ['a url()', { background_color: 'url(//example.com/a)' }, 'background_color', 'invalid_format'],
  ['a script', { background_color_dark: 'javascript:alert(1)' }, 'background_color_dark', 'invalid_format'],
  ['digits of another script', { primary_color: '#११११११' }, 'primary_color', 'invalid_format'],
  ['an unknown appearance', { appearance: 'sepia' }, 'appearance', 'invalid_value'],
  ['an appearance taken back', { appearance: null }, 'appearance', 'invalid_value'],
  ['an unknown radius', { corner_radius: '8px' }, 'corner_radius', 'invalid_value'],
  ['an unknown logo style', { logo_style: 'both' }, 'logo_style', 'invalid_value'],
  ['an unknown field', { custom_css: 'a{}' }, '', 'unrecognized_keys'],
  ['a picture', { logo: null }, '', 'unrecognized_keys'],
])('%s is refused with 422 that names the field, and nothing changes', async (_, input, field, code) => {
  const before = (await server.api.get(path)).body;
  const { status, body } = await server.api.patch(path, { corner_radius: 'none', ...input });
  expect([status, body.code]).toEqual([422, 'validation_failed']);
  expect(body.errors).toEqual([expect.objectContaining({ field, code })]);
  expect((await server.api.get(path)).body).toEqual(before);
});

test('each environment has a look of its own', async () => {
  await server.api.patch(path, { application_name: 'Mine', primary_color: '#123456' });
  expect((await server.other.api.get(path)).body).toEqual(untouched);
  await server.other.api.patch(path, { application_name: 'Theirs' });
  expect((await server.api.get(path)).body.application_name).toBe('Mine');
});

test('an install key brands the environment that its path names', async () => {
  const inside = `/environments/${server.other.clientId}${path}`;
  expect((await server.install.patch(inside, { link_color: '#abcdef' })).body.link_color).toBe('#abcdef');
  expect((await server.other.api.get(path)).body.link_color).toBe('#abcdef');
});

test('without a key nothing is shown or changed', async () => {
  for (const { status, body } of [
    await server.anonymous.get(path),
    await server.anonymous.patch(path, { application_name: 'Nobody' }),
  ]) {
    expect([status, body.code]).toEqual([401, 'unauthorized']);
  }
});
