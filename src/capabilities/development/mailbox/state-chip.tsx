import type { MailSummary } from './contract.ts';

const words = {
  queued: { text: 'Waiting', style: 'chip' },
  retrying: { text: 'Trying again', style: 'chip chip-warning' },
  failed: { text: 'Not delivered', style: 'chip chip-danger' },
  sent: { text: 'Delivered', style: 'chip chip-success' },
} as const;

/** Where a message has come, in a word. */
export const StateChip = ({ message }: { message: Pick<MailSummary, 'state' | 'error'> }) => {
  const isRetrying = message.state === 'queued' && message.error !== null;
  const { text, style } = words[isRetrying ? 'retrying' : message.state];
  return <span class={style}>{text}</span>;
};
