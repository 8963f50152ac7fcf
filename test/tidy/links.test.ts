import { expect, test } from 'vitest';
import { checkLinks } from './links.ts';
import { placesOf } from './samples.ts';

const paths = ['README.md', 'docs/guide.md', 'docs/guides/sso.md', 'src/main.ts'];
const check = (path: string, text: string) => {
  const texts = [
    { path, text },
    { path: 'docs/guide.md', text: '# A guide\n\n## Start & stop, `fast`\n' },
  ];
  return placesOf(checkLinks(texts, paths));
};

test.each([
  ['[a](docs/nothing.md)'],
  ['[a](./docs/guides/../nothing)'],
  ['[a](docs/guide.md#nothing)'],
  ['[a](#nothing)'],
  ['![a](logo.png "A logo")'],
  ['[a]: docs/nothing.md'],
])('a link that leads nowhere is refused: %s', (text) => {
  expect(check('README.md', `# Top\n\n${text}\n`)).toEqual(['README.md:3']);
});

test.each([
  ['[a](docs/guide.md)'],
  ['[a](./docs/guide.md#start--stop-fast)'],
  ['[a](docs/)'],
  ['[a](src/main.ts#L10)'],
  ['[a](#top)'],
  ['[a](https://example.com/nothing) [b](mailto:a@example.com)'],
  ['`[a](nothing.md)`'],
  ['```\n[a](nothing.md)\n```'],
])('a link that leads somewhere is fine: %s', (text) => {
  expect(check('README.md', `# Top\n\n${text}\n`)).toEqual([]);
});

test('a link is relative to the folder of its page', () => {
  expect(check('docs/guides/sso.md', '[a](../guide.md) [b](../../README.md)')).toEqual([]);
  expect(check('docs/guides/sso.md', '[a](docs/guide.md)')).toEqual(['docs/guides/sso.md:1']);
});
