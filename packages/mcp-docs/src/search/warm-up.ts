import type { Corpus } from '../corpus/store.ts';
import { searchCorpus } from './search.ts';

// One of each way through the search.
const QUESTIONS = [
  'how do I get started',
  'POST /organizations',
  'invalid_request error code',
  'athentication with singel sign on',
  'createUser',
  'what is a webhook',
  'user management roles',
  'directorysync',
];

// After so many the engine has compiled what a search runs through.
const ROUNDS = 6;

/**
 * Searches a little, a question at a time between other work: the first search of an agent is as fast as the second.
 * Returns what ends it: whoever asks already warms the search up by that.
 */
export function warmUp(corpus: Corpus): () => void {
  const rounds = Array.from({ length: ROUNDS }, () => QUESTIONS).flat();
  const next = () => {
    const query = rounds.shift();
    if (query === undefined) return;
    try {
      searchCorpus(corpus, { query, limit: 10 });
    } catch {
      // The corpus was replaced and closed meanwhile: the new one warms up by use.
      return;
    }
    setImmediate(next);
  };
  setImmediate(next);
  return () => {
    rounds.length = 0;
  };
}
