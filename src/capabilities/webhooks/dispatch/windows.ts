/** Requests on their way to one endpoint at once, at most: of a process. */
const widest = 24;
const firstWidth = 4;
/** To all endpoints together. */
const mostTogether = 512;
/** To all endpoints together whose last request failed. */
const mostToFailing = 128;

interface Window {
  width: number;
  busy: number;
}

/**
 * How many requests may be on their way to each endpoint. A window grows with each success and shuts to one with a
 * failure, so an endpoint that hangs holds its share once and then a single place; those that fail have a share of their
 * own, so that many of them together leave room for the rest.
 */
export class Windows {
  private readonly windows = new Map<string, Window>();
  private together = 0;
  private toFailing = 0;

  /** How many more may be started. */
  room(endpointId: string): number {
    const { width, busy } = this.windows.get(endpointId) ?? { width: firstWidth, busy: 0 };
    const left = width === 1 ? mostToFailing - this.toFailing : widest;
    return Math.max(0, Math.min(width - busy, mostTogether - this.together, left));
  }

  /** True when so much is free that asking for work is worth it. */
  isWorthAsking(endpointId: string): boolean {
    const { width, busy } = this.windows.get(endpointId) ?? { width: firstWidth, busy: 0 };
    return this.room(endpointId) > 0 && busy <= width / 2;
  }

  start(endpointId: string): void {
    const window = this.windows.get(endpointId) ?? { width: firstWidth, busy: 0 };
    this.windows.set(endpointId, window);
    window.busy += 1;
    this.together += 1;
    if (window.width === 1) this.toFailing += 1;
  }

  /** Without a success or failure, which nothing was sent for, the width stays. */
  end(endpointId: string, isSuccess: boolean | null): void {
    const window = this.windows.get(endpointId);
    if (!window) return;
    if (window.width === 1) this.toFailing -= window.busy;
    window.busy -= 1;
    this.together -= 1;
    if (isSuccess !== null) window.width = isSuccess ? Math.min(widest, window.width + 1) : 1;
    if (window.width === 1) this.toFailing += window.busy;
  }

  busy(endpointId: string): number {
    return this.windows.get(endpointId)?.busy ?? 0;
  }

  /** Forgets endpoints that nothing is on its way to, when there are many. */
  prune(): void {
    if (this.windows.size < 10_000) return;
    for (const [id, { busy }] of this.windows) if (busy === 0) this.windows.delete(id);
  }
}
