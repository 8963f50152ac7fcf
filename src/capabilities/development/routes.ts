import type { AdjustableClock } from '../../platform/clock.ts';
import { type Operation, operation } from '../../platform/operation.ts';
import { readClock, setClock } from './clock.ts';
import { ClockReading, SetClock } from './contract.ts';
import type { MailboxDeps } from './mailbox/pages.tsx';
import { mailboxOperations } from './mailbox/routes.ts';

export interface DevelopmentDeps extends MailboxDeps {
  clock: AdjustableClock;
}

export function developmentOperations(deps: DevelopmentDeps): readonly Operation[] {
  return [...clockOperations(deps), ...mailboxOperations(deps)];
}

function clockOperations({ clock }: DevelopmentDeps): readonly Operation[] {
  const shared = {
    protocol: 'api',
    principals: ['none'],
    environmentFrom: 'none',
    permission: null,
    isDevelopmentOnly: true,
  } as const;
  return [
    operation({
      ...shared,
      id: 'clock.get',
      summary: 'Read the development clock',
      method: 'GET',
      path: '/_dev/clock',
      returns: { 200: ClockReading },
      run: () => Promise.resolve(readClock(clock)),
    }),
    operation({
      ...shared,
      id: 'clock.set',
      summary: 'Move the development clock',
      method: 'PUT',
      path: '/_dev/clock',
      body: SetClock,
      returns: { 200: ClockReading },
      run: (tx, { body }) => setClock(tx, clock, body),
    }),
  ];
}
