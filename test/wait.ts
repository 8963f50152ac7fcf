const pollMs = 5;
const deadlineMs = 10_000;

/** Asks until the condition holds. @returns the milliseconds it took @throws with `what` after ten seconds */
export async function waitUntil(what: string, condition: () => Promise<boolean> | boolean): Promise<number> {
  const startedAt = performance.now();
  while (!(await condition())) {
    if (performance.now() - startedAt > deadlineMs) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  return performance.now() - startedAt;
}
