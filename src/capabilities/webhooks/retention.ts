/** How long the ledger keeps a delivery that ended. */
export const endedKeptDays = 30;
/** How long a delivery waits at most, behind a pause: its event goes after 90 days. */
export const waitingKeptDays = 85;
