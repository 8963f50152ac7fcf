import type { FeedbackType } from '@zxcvbn-ts/core';

/** How soon a password is guessed: 0 at once, 4 not in years (zxcvbn). */
export type Strength = {
  readonly score: number;
  readonly warning: string;
  readonly suggestions: readonly string[];
};

/** Judges passwords by the dictionaries, which are loaded. */
export type Dictionaries = {
  /** Takes a normalised password and what is known of the user. */
  readonly estimateStrength: (password: string, knownWords: readonly string[]) => Strength;
  /** Whether a password is on the bundled list of leaked ones, whatever its case. */
  readonly isLeaked: (password: string) => boolean;
};

/**
 * zxcvbn tries each part of a password, under each reading of its digits as letters: with its defaults, a random password
 * of 30 characters took it 0.3 s and one of 100 took 1.2 s. Two readings of 24 characters take some milliseconds, give
 * `p4ssw0rd` and its like the same score, and 24 characters are enough for every score.
 */
const window = 24;
const maximumReadings = 2;

let loading: Promise<Dictionaries> | undefined;

/**
 * Loads the dictionaries, once: 240,000 words that take 0.3 s and 35 MB, which a server that never sets a password is
 * spared. Call it when the program has started and is idle, so that the first sign-up does not wait. Rejects when the
 * packages are not installed, and tries again at the next call.
 */
export function loadDictionaries(): Promise<Dictionaries> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(): Promise<Dictionaries> {
  // One after the other: each blocks the event loop while it loads, and others have their turn in between.
  const { ZxcvbnFactory } = await import('@zxcvbn-ts/core');
  const common = await import('@zxcvbn-ts/language-common');
  const english = await import('@zxcvbn-ts/language-en');
  const zxcvbn = new ZxcvbnFactory({
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
    translations: english.translations,
    l33tMaxSubstitutions: maximumReadings,
    maxLength: window,
  });
  const leaked = new Set(common.dictionary['passwords-common'].map((password) => password.toLowerCase()));
  return {
    isLeaked: (password) => leaked.has(password.toLowerCase()),
    estimateStrength(password, knownWords) {
      const check = (text: string): Strength => {
        const { score, feedback } = zxcvbn.check(text, [...knownWords]);
        return { score, ...readFeedback(feedback) };
      };
      const start = check(password);
      // A password is as hard to guess as its hardest part: a weak beginning may have a strong end.
      const end = password.length > window ? check(password.slice(-window)) : start;
      return end.score > start.score ? end : start;
    },
  };
}

const readFeedback = ({ warning, suggestions }: FeedbackType): Pick<Strength, 'warning' | 'suggestions'> => ({
  warning: warning ?? '',
  suggestions,
});
