const pollMs = 5;
const deadlineMs = 10_000;

/** Asks until the condition holds. @throws with `what` after ten seconds */
export async function waitUntil(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
  const startedAt = performance.now();
  while (!(await condition())) {
    if (performance.now() - startedAt > deadlineMs) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
