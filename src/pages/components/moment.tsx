const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A moment as wire text (ISO 8601, UTC), for people: `15 Jan 2026, 12:00:05 UTC`. */
export const Moment = ({ at }: { at: string }) => {
  const [, year, month, day, time] = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)/.exec(at) ?? [];
  return (
    <time datetime={at}>{`${Number(day)} ${months[Number(month) - 1] ?? ''} ${year}, ${time} UTC`}</time>
  );
};
