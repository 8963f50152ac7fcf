/** What the samples of the catalogue are about: a company, a person who works there, and a Monday morning. */
export const ids = {
  organization: 'org_01KJPY44E0S9Z82KXP6K7EP7M5',
  otherOrganization: 'org_01KJPY44E0TQHCK8E3RPT1RVPT',
  user: 'user_01KJPY44E0V7YVSD1SJ8N31SAV',
  otherUser: 'user_01KJPY44E03D0J3R58KDRY9GA9',
  membership: 'om_01KJPY44E0W6VBZ8MRQJHNRY97',
  session: 'session_01KJPY44E0NB4VZPGD23JZST6B',
  connection: 'conn_01KJPY44E064TDZT7XRRMNAH7Y',
  directory: 'directory_01KJPY44E0KJQD9XA16QAV9NTX',
  organizationDomain: 'org_domain_01KJPY44E06AAGBCB1G24HNY46',
} as const;

export const email = 'maren.holt@northwind.example';

export const times = {
  created: '2026-03-02T09:30:00.000Z',
  later: '2026-03-02T09:45:00.000Z',
  tenMinutesOn: '2026-03-02T09:40:00.000Z',
  nextWeek: '2026-03-09T09:30:00.000Z',
  nextYear: '2027-03-02T09:30:00.000Z',
} as const;

export const caller = {
  ip_address: '203.0.113.24',
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:148.0) Gecko/20100101 Firefox/148.0',
} as const;

/** The end of every object. */
export const made = { created_at: times.created, updated_at: times.created } as const;
export const changed = { created_at: times.created, updated_at: times.later } as const;
