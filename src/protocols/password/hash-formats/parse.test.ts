import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { passwordHashTypes } from './format.ts';
import type { PasswordHashType } from './format.ts';
import { hashFormats } from './index.ts';

/** What is wrong with a hash, or `ok`. */
const judge = (type: PasswordHashType, text: string): string => {
  const parsed = hashFormats[type].parse(text, {});
  return parsed.ok ? 'ok' : parsed.error.message;
};

const b64 = (length: number): string => Buffer.alloc(length, 7).toString('base64').replace(/=+$/, '');
const padded = (length: number): string => Buffer.alloc(length, 7).toString('base64');

type Case = readonly [text: string, message: 'ok' | RegExp];

const judgeAll = (type: PasswordHashType, cases: readonly Case[]): void => {
  test.each(cases)('%s', (text, message) => {
    if (message === 'ok') expect(judge(type, text)).toBe('ok');
    else expect(judge(type, text)).toMatch(message);
  });
};

const key53 = 'CCCCCCCCCCCCCCCCCCCCC.GJ/ZdgPGn9Fr4ikzVtLpR3Aplp9hpuO';

describe('bcrypt', () => {
  judgeAll('bcrypt', [
    [`$2a$10$${key53}`, 'ok'],
    [`$2b$04$${key53}`, 'ok'],
    [`$2y$15$${key53}`, 'ok'],
    [`$2b$03$${key53}`, /from 4 to 15/],
    [`$2b$16$${key53}`, /from 4 to 15/],
    [`$2b$31$${key53}`, /from 4 to 15/],
    [`$2b$99$${key53}`, /from 4 to 15/],
    [`$2x$10$${key53}`, /\$2a\$, \$2b\$ or \$2y\$/],
    [`$2$10$${key53}`, /\$2a\$/],
    [`$2b$4$${key53}`, /two digits/],
    [`$2b$10$${key53.slice(1)}`, /53 characters/],
    [`$2b$10$${key53}a`, /53 characters/],
    [`$2b$10$${key53}\n`, /53 characters/],
    [`$2b$10$${key53.replace('/', '+')}`, /53 characters/],
    [` $2b$10$${key53}`, /53 characters/],
    ['', /A bcrypt hash is/],
  ]);
});

describe('scrypt', () => {
  const scrypt = (parameters: string, salt = b64(16), hash = b64(64)): string =>
    `$scrypt$v=1$${parameters}$${salt}$${hash}`;
  judgeAll('scrypt', [
    [scrypt('n=16384,r=8,p=1,kl=64'), 'ok'],
    [scrypt('kl=64,p=1,r=8,n=16384'), 'ok'],
    [scrypt('n=131072,r=8,p=1,kl=64'), 'ok'],
    [scrypt('n=16384,r=8,p=5,kl=32', b64(1), b64(32)), 'ok'],
    [scrypt('n=16384,r=8,p=1,kl=64').replace('v=1$', ''), 'ok'],
    [scrypt('n=16384,r=8,p=1,kl=64').replace('v=1$', 'v=2$'), /v=1/],
    [scrypt('n=16384,r=8,p=1,kl=64').replace('$scrypt', '$argon2id'), /begins with \$scrypt\$/],
    [scrypt('n=1073741824,r=8,p=1,kl=64'), /n must be a number from 2 to 1,048,576/],
    [scrypt('n=9999999999999999,r=8,p=1,kl=64'), /n must be a number/],
    [scrypt('n=1048576,r=8,p=1,kl=64'), /more than 128 MiB/],
    [scrypt('n=262144,r=8,p=1,kl=64'), /more than 128 MiB/],
    [scrypt('n=131072,r=8,p=2,kl=64'), /takes too long/],
    [scrypt('n=16383,r=8,p=1,kl=64'), /power of two/],
    [scrypt('n=1,r=8,p=1,kl=64'), /n must be/],
    [scrypt('n=014,r=8,p=1,kl=64'), /n must be/],
    [scrypt('n=1e4,r=8,p=1,kl=64'), /n must be/],
    [scrypt('n=-2,r=8,p=1,kl=64'), /n must be/],
    [scrypt('n=16384,r=0,p=1,kl=64'), /r must be/],
    [scrypt('n=16384,r=33,p=1,kl=64'), /r must be/],
    [scrypt('n=16384,r=8,p=0,kl=64'), /p must be/],
    [scrypt('n=16384,r=8,p=17,kl=64'), /p must be/],
    [scrypt('n=16384,r=8,p=1,kl=32'), /hash must have 32 to 32 bytes; it has 64/],
    [scrypt('n=16384,r=8,p=1,kl=8', b64(16), b64(8)), /kl must be/],
    [scrypt('n=16384,r=8,p=1,kl=129', b64(16), b64(129)), /kl must be/],
    [scrypt('n=16384,r=8,p=1'), /kl is missing/],
    [scrypt('n=16384,r=8,p=1,kl=64,x=1'), /x is not known/],
    [scrypt('n=16384,n=2,r=8,p=1,kl=64'), /n is there twice/],
    [scrypt('n=16384,r=8,p=1,kl=64', ''), /salt must have/],
    [scrypt('n=16384,r=8,p=1,kl=64', b64(65)), /salt must have/],
    [scrypt('n=16384,r=8,p=1,kl=64', padded(16)), /salt must be base64 without padding/],
    [scrypt('n=16384,r=8,p=1,kl=64', b64(16), `${b64(63)}_`), /must be base64/],
    [scrypt('n=16384,r=8,p=1,kl=64', 'AB'), /salt must be base64/],
    [scrypt(''), /PHC string/],
    [`${scrypt('n=16384,r=8,p=1,kl=64')}$`, /PHC string/],
    [`${scrypt('n=16384,r=8,p=1,kl=64')}\n`, /PHC string/],
    [scrypt('n=16384,r=8,p=1,kl=64', 'A'.repeat(1_000_000)), /PHC string/],
  ]);
});

describe('firebase-scrypt', () => {
  const firebase = (parameters: string, salt = b64(10), hash = b64(64)): string =>
    `$firebase-scrypt$${parameters}$${salt}$${hash}`;
  const key = b64(64);
  judgeAll('firebase-scrypt', [
    [firebase(`r=8,m=14,sk=${key},ss=Bw`), 'ok'],
    [firebase(`sk=${key},ss=Bw,m=1,r=1`), 'ok'],
    [firebase(`r=8,m=14,sk=${key},ss=`), 'ok'],
    [firebase(`r=8,m=14,sk=${key},ss=Bw`).replace('firebase-', ''), 'ok'],
    [firebase(`r=9,m=14,sk=${key},ss=Bw`), /r must be a number from 1 to 8/],
    [firebase(`r=8,m=15,sk=${key},ss=Bw`), /m must be a number from 1 to 14/],
    [firebase(`r=8,m=0,sk=${key},ss=Bw`), /m must be/],
    [firebase(`r=8,m=14,sk=${key}=,ss=Bw`), /sk must be base64 without padding/],
    [firebase(`r=8,m=14,sk=${key},ss=Bw==`), /ss must be base64 without padding/],
    [firebase(`r=8,m=14,sk=,ss=Bw`), /as many bytes as the signer key/],
    [firebase(`r=8,m=14,sk=${b64(32)},ss=Bw`), /as many bytes as the signer key/],
    [firebase(`r=8,m=14,sk=${key},ss=Bw`, b64(10), b64(31)), /hash must have/],
    [firebase(`r=8,m=14,ss=Bw`), /sk is missing/],
    [firebase(`r=8,m=14,sk=${key},ss=Bw`, ''), /salt must have/],
  ]);
});

describe('ssha and ssha256', () => {
  judgeAll('ssha', [
    [`{SSHA}${padded(24)}`, 'ok'],
    [`{ssha}${padded(28)}`, 'ok'],
    [`{SSHA}${padded(84)}`, 'ok'],
    [`{SSHA}${padded(20)}`, /1 to 64 bytes of salt/],
    [`{SSHA}${padded(85)}`, /1 to 64 bytes of salt/],
    [`{SSHA}${b64(28)}`, /base64 with its padding/],
    [`{SSHA}${padded(24)}!`, /base64/],
    [`{SSHA}`, /20 bytes of hash/],
    [`{SHA}${padded(24)}`, /begin with \{SSHA\}/],
    [padded(24), /begin with \{SSHA\}/],
    [`{SSHA}${'A'.repeat(1_000_000)}`, /base64/],
  ]);
  judgeAll('ssha256', [
    [`{SSHA256}${padded(40)}`, 'ok'],
    [`{SSHA256}${padded(32)}`, /32 bytes of hash/],
    [`{SSHA}${padded(40)}`, /begin with \{SSHA256\}/],
  ]);
});

describe('pbkdf2', () => {
  const pbkdf2 = (parameters: string, salt = b64(16), hash = b64(32)): string =>
    `$pbkdf2$${parameters}$${salt}$${hash}`;
  judgeAll('pbkdf2', [
    [pbkdf2('i=600000,d=sha256'), 'ok'],
    [pbkdf2('i=1000000,d=sha256'), 'ok'],
    [pbkdf2('i=210000,d=sha512'), 'ok'],
    [pbkdf2('i=1000000,d=sha512'), 'ok'],
    [pbkdf2('i=599999,d=sha256'), /i must be a number from 600,000 to 1,000,000/],
    [pbkdf2('i=1000001,d=sha256'), /from 600,000 to 1,000,000/],
    [pbkdf2('i=209999,d=sha512'), /from 210,000 to 1,000,000/],
    [pbkdf2('i=1000001,d=sha512'), /from 210,000/],
    [pbkdf2('i=600000,d=sha1'), /sha256 or sha512/],
    [pbkdf2('i=600000,d=SHA256'), /sha256 or sha512/],
    [pbkdf2('i=600000'), /d is missing/],
    [pbkdf2('i=600000,d=sha256', b64(16), b64(15)), /hash must have/],
    [pbkdf2('i=600000,d=sha256', b64(16), b64(65)), /hash must have/],
    [pbkdf2('i=600000,d=sha256', ''), /salt must have/],
    [`$pbkdf2-sha256$600000$${b64(16)}$${b64(32)}`, /PHC string/],
    [pbkdf2('i=600000,d=sha256').replace('$i=', '$v=1$i='), /begins with \$pbkdf2\$i=/],
  ]);
});

describe('argon2', () => {
  const argon2 = (parameters: string, id = 'argon2id', version = 'v=19$'): string =>
    `$${id}$${version}${parameters}$${b64(16)}$${b64(32)}`;
  judgeAll('argon2', [
    [argon2('m=65536,t=3,p=4'), 'ok'],
    [argon2('m=4096,t=1,p=1'), 'ok'],
    [argon2('m=262144,t=5,p=8'), 'ok'],
    [argon2('m=4096,t=1,p=1', 'argon2d'), 'ok'],
    [argon2('m=4096,t=3,p=1', 'argon2i'), 'ok'],
    [argon2('m=4096,t=2,p=1', 'argon2i'), /t must be a number from 3 to 5/],
    [argon2('m=4194304,t=1,p=1'), /m must be a number from 4,096 to 262,144/],
    [argon2('m=4095,t=1,p=1'), /m must be/],
    [argon2('m=262145,t=1,p=1'), /m must be/],
    [argon2('m=4096,t=0,p=1'), /t must be a number from 1 to 5/],
    [argon2('m=4096,t=6,p=1'), /t must be/],
    [argon2('m=4096,t=1,p=0'), /p must be a number from 1 to 8/],
    [argon2('m=4096,t=1,p=9'), /p must be/],
    [argon2('m=4096,t=1,p=1', 'argon2id', 'v=16$'), /v=19/],
    [argon2('m=4096,t=1,p=1', 'argon2id', ''), /v=19/],
    [argon2('m=4096,t=1,p=1', 'argon2'), /begins with \$argon2id\$/],
    [argon2('m=4096,t=1,p=1,keyid=AA'), /keyid is not known/],
    [argon2('m=4096,t=1,p=1').replace(b64(16), b64(7)), /salt must have 8 to 64 bytes; it has 7/],
    [argon2('m=4096,t=1,p=1').replace(b64(32), b64(12)), /hash must have/],
    [argon2('m=4096,t=1,p=1').replace(b64(32), b64(65)), /hash must have/],
  ]);
});

const fragments = [
  '$ $ , = {SSHA} {SSHA256} v=19 v=1 m=4096 t=3 p=1 n=16384 r=8 kl=16 i=600000 d=sha256 sk= ss= 2b 10',
  `argon2id scrypt pbkdf2 constructor __proto__=1 ${b64(16)} ${padded(28)} ${key53} \0 \u{d800} ٣`,
].flatMap((line) => line.split(' '));
const almost = fc.array(fc.constantFrom(...fragments), { maxLength: 16 }).map((parts) => parts.join(''));

test('no text makes a format throw', () => {
  fc.assert(
    fc.property(fc.constantFrom(...passwordHashTypes), fc.oneof(almost, fc.string()), (type, text) => {
      expect(judge(type, text)).toMatch(/^(ok|[A-Z].*[.)])$/s);
    }),
    { numRuns: 2_000 },
  );
});

test('no base64 is taken in two spellings', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.base64String(), (salt, other) => {
      const make = (text: string): string => `$argon2id$v=19$m=4096,t=1,p=1$${text}$${b64(32)}`;
      const text = Buffer.from(salt).toString('base64').replace(/=+$/, '');
      expect(judge('argon2', make(text))).toBe('ok');
      const isSame = other !== text && Buffer.from(other, 'base64').equals(salt);
      if (isSame) expect(judge('argon2', make(other))).not.toBe('ok');
    }),
  );
});
