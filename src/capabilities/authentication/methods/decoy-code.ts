import { codeRules } from '../../../platform/one-time-codes.ts';

/** A code that is never sent, for a sign-up with an address that has an account: no guess at it is right. */
export interface DecoyCode {
  sent_at: string;
  /** At the code that was sent last. */
  guesses: number;
  /** At all of them; an attempt is over long before a day is. */
  guesses_today: number;
}

/** Pretends to send a code, as `issueCode` does: one that is only seconds old and untouched stays. */
export function sendDecoy(latest: DecoyCode | null, now: Date): DecoyCode {
  if (latest && latest.guesses === 0 && ageMs(latest, now) < codeRules.freshMs) return latest;
  return { sent_at: now.toISOString(), guesses: 0, guesses_today: latest?.guesses_today ?? 0 };
}

/** Refuses a guess in the words and the order of `redeemCode`: whoever guesses learns nothing from it. */
export function guessDecoy(
  decoy: DecoyCode,
  now: Date,
): { decoy: DecoyCode; redemption: 'incorrect' | 'expired' | 'too_many_attempts' } {
  const { mostAttempts, mostAttemptsADay, lifetimeMs } = codeRules;
  const isBurnt = decoy.guesses >= mostAttempts || decoy.guesses_today >= mostAttemptsADay;
  if (isBurnt) return { decoy, redemption: 'too_many_attempts' };
  if (ageMs(decoy, now) >= lifetimeMs) return { decoy, redemption: 'expired' };
  const counted = { ...decoy, guesses: decoy.guesses + 1, guesses_today: decoy.guesses_today + 1 };
  return { decoy: counted, redemption: 'incorrect' };
}

const ageMs = ({ sent_at }: DecoyCode, now: Date): number => now.getTime() - Date.parse(sent_at);
