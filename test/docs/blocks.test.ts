import { expect, test } from 'vitest';
import { blocksOf, printsOf, toModule } from './blocks.ts';

const page = [
  '# Page',
  '```js',
  'console.log(1); // prints 1',
  '```',
  '```sh no-run: it would start',
  'x',
  '```',
];

test('blocks are read with their line and the reason why they are not run', () => {
  expect(blocksOf(page.join('\n'))).toMatchObject([
    { language: 'js', line: 2, exemption: null },
    { language: 'sh', line: 5, exemption: 'it would start' },
  ]);
});

test('a block that is exempt without a reason is an error', () => {
  expect(() => blocksOf('```js no-run\nx\n```')).toThrow('line 1: say why');
});

test('the module holds what is run and nothing else', () => {
  const module = toModule(blocksOf(page.join('\n')), (text) => text.replace('1', '2'));
  expect(module).toContain('console.log(2)');
  expect(module).not.toContain('runShell("x');
  expect(printsOf(module)).toEqual(['1']);
});
