import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { type JsonFaultCode, parseJson } from './json.ts';

const codeOf = (text: string, limits?: { maxDepth?: number }): JsonFaultCode | 'ok' => {
  const result = parseJson(text, limits);
  return result.ok ? 'ok' : result.error.code;
};

describe('hostile bodies are refused (threat X-04)', () => {
  const table: readonly [JsonFaultCode, string, string][] = [
    ['malformed', 'empty text', ''],
    ['malformed', 'trailing comma', '{"a":1,}'],
    ['malformed', 'NaN', '{"a":NaN}'],
    ['malformed', 'comment', '{"a":1}/**/'],
    ['malformed', 'single quotes', "{'a':1}"],
    ['malformed', 'raw control character in a string', '"a\u0000b"'],
    ['malformed', 'byte order mark', '\uFEFF{}'],
    ['malformed', 'unterminated string', '{"a":"\\'],
    ['malformed', 'two documents', '{}{}'],
    ['duplicate_key', 'the same key twice', '{"a":1,"a":2}'],
    ['duplicate_key', 'the same key, once escaped', '{"a":1,"\\u0061":2}'],
    ['duplicate_key', 'deep inside an array', '[{"x":[{"b":0,"b":0}]}]'],
    ['duplicate_key', 'the empty key', '{"":1,"":2}'],
    ['duplicate_key', 'an index as key', '{"1":1,"1":2}'],
    ['forbidden_key', '__proto__ twice', '{"__proto__":1,"__proto__":2}'],
    ['forbidden_key', '__proto__', '{"__proto__":{"isAdmin":true}}'],
    ['forbidden_key', '__proto__, escaped', '{"\\u005f_proto__":1}'],
    ['nul_character', 'NUL in a string', '{"a":["\\u0000"]}'],
    ['nul_character', 'NUL in a key', '{"a\\u0000":1}'],
    ['lone_surrogate', 'escaped half', '"\\ud83d"'],
    ['lone_surrogate', 'raw half', '"\ud83d"'],
    ['lone_surrogate', 'half in a key', '{"\\udc00":1}'],
    ['number_out_of_range', 'infinite number', '[1e999]'],
    ['number_out_of_range', 'infinite negative number', '{"a":-1e999}'],
  ];
  test.each(table)('%s: %s', (code, _name, text) => {
    expect(codeOf(text)).toBe(code);
  });

  test('32 levels are read and 33 are refused, for arrays, objects and both', () => {
    const arrays = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    const objects = (depth: number) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);
    for (const nest of [arrays, objects]) {
      expect(codeOf(nest(32))).toBe('ok');
      expect(codeOf(nest(33))).toBe('too_deep');
      expect(codeOf(nest(3), { maxDepth: 2 })).toBe('too_deep');
    }
  });

  test('100,000 levels are refused at once, closed or not', () => {
    for (const text of ['['.repeat(100_000), '[{"a":'.repeat(100_000), '['.repeat(1e5) + ']'.repeat(1e5)]) {
      const start = performance.now();
      expect(codeOf(text)).toBe('too_deep');
      expect(performance.now() - start).toBeLessThan(2_000);
    }
  });

  test('a megabyte of backslashes and quotes is read in linear time', () => {
    const text = JSON.stringify('\\"'.repeat(250_000));
    const start = performance.now();
    expect(codeOf(text)).toBe('ok');
    expect(codeOf(`"${'\\'.repeat(1_000_000)}`)).toBe('malformed');
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

test('no message quotes the body', () => {
  const result = parseJson('{"password":"hunter2"');
  expect(JSON.stringify(result)).not.toContain('hunter');
});

test('a fault says where it is, as a JSON pointer that can itself be stored', () => {
  const at = (text: string) => {
    const result = parseJson(text);
    return result.ok ? null : result.error.path;
  };
  expect(at('{"a/b":[0,{"c~d":"\\u0000"}]}')).toBe('/a~1b/1/c~0d');
  expect(at('{"x\\u0000":1}')).toBe('/x\u2400');
});

test('keys named constructor and prototype are ordinary data and leave prototypes alone', () => {
  expect(parseJson('{"constructor":{"prototype":{"polluted":1}}}').ok).toBe(true);
  expect('polluted' in {}).toBe(false);
});

test('colons, brackets and quotes inside strings are not structure', () => {
  expect(codeOf('{"a:{[\\"":"]:}\\\\","b":":"}')).toBe('ok');
});

test('anything JSON.stringify writes is read back equal', () => {
  // Members come from a generator that makes __proto__, lone surrogates and NUL too: those must be refused.
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
      const result = parseJson(JSON.stringify(value));
      if (result.ok) expect(result.value).toEqual(JSON.parse(JSON.stringify(value)));
      else expect(['forbidden_key', 'nul_character', 'lone_surrogate']).toContain(result.error.code);
    }),
  );
});

test('repeating any key of any object is refused', () => {
  const key = fc.string().filter((name) => name !== '__proto__' && !name.includes('\0'));
  fc.assert(
    fc.property(fc.dictionary(key, fc.integer(), { minKeys: 1 }), fc.nat(), (object, pick) => {
      const keys = Object.keys(object);
      const again = JSON.stringify(keys[pick % keys.length]);
      expect(codeOf(`${JSON.stringify(object).slice(0, -1)},${again}:0}`)).toBe('duplicate_key');
    }),
  );
});

test('arbitrary text never makes it throw, and it accepts nothing JSON.parse refuses', () => {
  const noise = fc.string({
    unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', '1', 'e', 'u', '0', ' '),
  });
  fc.assert(
    fc.property(noise, (text) => {
      if (parseJson(text).ok) expect(() => JSON.parse(text)).not.toThrow();
    }),
    { numRuns: 2_000 },
  );
});
