import { stem } from './stem.ts';

const WORD = /[\p{L}\p{N}]+(?:[_.\-'’/&+:][\p{L}\p{N}]+)*#?/gu;
const PART = /\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{N}+|\p{L}+/gu;
const MAX_TOKEN = 60;

const STOP_WORDS = new Set(
  (
    'a an and any are as at be been but by can could did do does for from had has have how i if in into is it its ' +
    'just like me mine my need of on or our out please should so some such that the their them then there these ' +
    'they this to up us want wants was we were what when where which who why will with would you your about after ' +
    'also am because being cannot cant dont doesnt each else ever every im isnt let lets may might much must no not ' +
    'only other per s t than too under until via while whose yet one does work works'
  ).split(' '),
);

// Words that are rare in technical texts and common in questions: their rarity says nothing about the answer.
const WEAK_WORDS = new Set(
  (
    'people person same different another someone somebody everyone anyone thing things stuff way ways possible able ' +
    'supported support supports real own correct right wrong best good bad try trying tried using use used uses make ' +
    'makes making happen happens happened going go goes know tell show find see look give given take put keep still ' +
    'already again first last new old before instead without within between several many more most all both few lot ' +
    'long something anything nothing help explain example examples please thanks question problem issue guide docs ' +
    'documentation page exactly really simply quickly easily currently called call single means mean next now run let other others ' +
    'alice bob soon enough really certain whole back away'
  ).split(' '),
);

/** True for words that a question may do without. */
export function isWeakWord(word: string): boolean {
  return WEAK_WORDS.has(word) || (/^[a-z]{4,}ly$/.test(word) && !NOT_ADVERBS.has(word));
}

const NOT_ADVERBS = new Set([
  'reply',
  'apply',
  'supply',
  'family',
  'assembly',
  'anomaly',
  'comply',
  'multiply',
  'readonly',
]);

const stems = new Map<string, string>();

/** The stem of a word, remembered: the words of a corpus repeat. */
export function cachedStem(word: string): string {
  const known = stems.get(word);
  if (known !== undefined) return known;
  const result = stem(word);
  if (stems.size > 15_000) stems.clear();
  stems.set(word, result);
  return result;
}

/** Lower-case letters and digits only: `externalId`, `external_id` and `external-id` become one. */
export function squash(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** True for words that carry no meaning of their own. */
export function isStopWord(word: string): boolean {
  return STOP_WORDS.has(word);
}

/** A word of a text: as it was written in lower case, and what it is found by. */
export type Word = { readonly raw: string; readonly terms: readonly string[] };

/**
 * The words of a text. A compound gives its parts and, squashed, its whole: `organization.created` gives `organ`, `creat`
 * and `organizationcreated`.
 */
export function wordsOf(text: string): Word[] {
  const found: Word[] = [];
  for (const [whole] of text.normalize('NFKC').matchAll(WORD)) {
    const word = readWord(whole);
    if (word !== null) found.push(word);
  }
  return found;
}

const words = new Map<string, Word | null>();

/** One word, remembered: most of a text has been seen before. */
function readWord(whole: string): Word | null {
  const known = words.get(whole);
  if (known !== undefined) return known;
  if (words.size > 15_000) words.clear();
  const word = whole.length > MAX_TOKEN + 2 ? null : analyzeWord(whole);
  words.set(whole, word);
  return word;
}

function analyzeWord(whole: string): Word | null {
  const raw = whole.toLowerCase().replace(/['’]s$/, '');
  if (raw.length > MAX_TOKEN) return null;
  const parts = partsOf(whole);
  const terms = parts.filter((part) => !STOP_WORDS.has(part)).map(cachedStem);
  const squashed = squash(raw);
  // `authentication.magic_auth_failed` is looked for as `magic_auth_failed` too.
  for (const piece of raw.split('.')) {
    if (piece !== raw && /\w_\w/.test(piece) && !whole.includes('/')) terms.push(cachedStem(squash(piece)));
  }
  const isCompound = parts.length > 1 && !whole.includes('/');
  if (isCompound && squashed.length <= MAX_TOKEN) terms.push(cachedStem(squashed));
  return { raw, terms };
}

function partsOf(word: string): string[] {
  const parts = word.replace(/['’]s$/i, '').match(PART) ?? [];
  // `OAuth`, `WorkOS`, `JWTs`: names whose capitals separate nothing are kept in one piece as well.
  return parts.map((part) => part.toLowerCase()).filter((part) => part.length <= MAX_TOKEN);
}

/** All terms of a text in order. */
export function termsOf(text: string): string[] {
  return wordsOf(text).flatMap(({ terms }) => terms);
}
