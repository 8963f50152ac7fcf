// Porter's algorithm (M. F. Porter, "An algorithm for suffix stripping", 1980), written as tables.

const isConsonant = (word: string, at: number): boolean => {
  const letter = word[at] ?? '';
  if ('aeiou'.includes(letter)) return false;
  return letter !== 'y' || at === 0 || !isConsonant(word, at - 1);
};

/** The number of vowel-consonant turns in a word: Porter's m. */
function measure(word: string): number {
  let count = 0;
  let wasVowel = false;
  for (let at = 0; at < word.length; at += 1) {
    const consonant = isConsonant(word, at);
    if (consonant && wasVowel) count += 1;
    wasVowel = !consonant;
  }
  return count;
}

const hasVowel = (word: string): boolean => [...word].some((_, at) => !isConsonant(word, at));
const endsDouble = (word: string): boolean =>
  word.length > 1 && word.at(-1) === word.at(-2) && isConsonant(word, word.length - 1);
const endsShort = (word: string): boolean => {
  const end = word.length - 1;
  if (end < 2 || !isConsonant(word, end) || isConsonant(word, end - 1) || !isConsonant(word, end - 2))
    return false;
  return !'wxy'.includes(word[end] ?? '');
};

type Rule = readonly [suffix: string, replacement: string];

const STEP_2: readonly Rule[] = [
  ['ational', 'ate'],
  ['tional', 'tion'],
  ['enci', 'ence'],
  ['anci', 'ance'],
  ['izer', 'ize'],
  ['abli', 'able'],
  ['alli', 'al'],
  ['entli', 'ent'],
  ['eli', 'e'],
  ['ousli', 'ous'],
  ['ization', 'ize'],
  ['ation', 'ate'],
  ['ator', 'ate'],
  ['alism', 'al'],
  ['iveness', 'ive'],
  ['fulness', 'ful'],
  ['ousness', 'ous'],
  ['aliti', 'al'],
  ['iviti', 'ive'],
  ['biliti', 'ble'],
];
const STEP_3: readonly Rule[] = [
  ['icate', 'ic'],
  ['ative', ''],
  ['alize', 'al'],
  ['iciti', 'ic'],
  ['ical', 'ic'],
  ['ful', ''],
  ['ness', ''],
];
const STEP_4: readonly string[] = [
  'ement',
  'ance',
  'ence',
  'able',
  'ible',
  'ment',
  'ant',
  'ent',
  'ion',
  'ism',
  'ate',
  'iti',
  'ous',
  'ive',
  'ize',
  'al',
  'er',
  'ic',
  'ou',
];

function replaceSuffix(word: string, rules: readonly Rule[]): string {
  const rule = rules.find(([suffix]) => word.endsWith(suffix));
  if (rule === undefined) return word;
  const base = word.slice(0, word.length - rule[0].length);
  return measure(base) > 0 ? base + rule[1] : word;
}

function stripPlural(word: string): string {
  if (word.endsWith('sses') || word.endsWith('ies')) return word.slice(0, -2);
  return word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}

function stripPast(word: string): string {
  if (word.endsWith('eed')) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  const suffix = ['ed', 'ing'].find((end) => word.endsWith(end) && hasVowel(word.slice(0, -end.length)));
  if (suffix === undefined) return word;
  const base = word.slice(0, -suffix.length);
  if (/(at|bl|iz)$/.test(base)) return `${base}e`;
  if (endsDouble(base) && !/[lsz]$/.test(base)) return base.slice(0, -1);
  return measure(base) === 1 && endsShort(base) ? `${base}e` : base;
}

function stripLong(word: string): string {
  const suffix = STEP_4.find((end) => word.endsWith(end));
  if (suffix === undefined) return word;
  const base = word.slice(0, -suffix.length);
  if (measure(base) <= 1 || (suffix === 'ion' && !/[st]$/.test(base))) return word;
  return base;
}

function stripFinal(word: string): string {
  let result = word;
  if (result.endsWith('e')) {
    const base = result.slice(0, -1);
    if (measure(base) > 1 || (measure(base) === 1 && !endsShort(base))) result = base;
  }
  return result.endsWith('ll') && measure(result.slice(0, -1)) > 1 ? result.slice(0, -1) : result;
}

// Words of this field that the algorithm would make one with another: a connection is not Connect, a customer not custom.
const KEPT: Readonly<Record<string, string>> = {
  connection: 'connection',
  connections: 'connection',
  connected: 'connected',
  customer: 'customer',
  customers: 'customer',
  general: 'general',
  generally: 'general',
};

/** The stem of a lower-case English word; anything with other characters comes back as it is. */
export function stem(word: string): string {
  if (word.length < 3 || !/^[a-z]+$/.test(word)) return word;
  const kept = Object.hasOwn(KEPT, word) ? KEPT[word] : undefined;
  if (kept !== undefined) return kept;
  // `verification` with `verify`.
  if (/ifications?$/.test(word)) return word.replace(/cations?$/, '');
  let result = stripPast(stripPlural(word));
  if (result.endsWith('y') && hasVowel(result.slice(0, -1))) result = `${result.slice(0, -1)}i`;
  return stripFinal(stripLong(replaceSuffix(replaceSuffix(result, STEP_2), STEP_3)));
}
