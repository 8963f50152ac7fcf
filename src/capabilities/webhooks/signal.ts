/** Where there is something to send. */
export interface DeliveryHint {
  environmentId: string;
  endpointId: string;
}

/** Carries "there is something to send" from a commit to the dispatcher of the same process. Others poll. */
export interface DeliverySignal {
  tell(hint: DeliveryHint): void;
  /** @returns stops listening */
  listen(listener: (hint: DeliveryHint) => void): () => void;
}

export function createDeliverySignal(): DeliverySignal {
  const listeners = new Set<(hint: DeliveryHint) => void>();
  return {
    tell: (hint) => {
      for (const listener of listeners) listener(hint);
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
