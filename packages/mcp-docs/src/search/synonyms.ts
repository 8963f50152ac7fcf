// What one idea is called in the texts of this field. A question says one of them, the page another.

const GROUPS: readonly string[] = [
  '= authkit | user management',
  '= directory sync | dsync',
  '~ scim | directory sync | user provisioning | directory provisioning',
  '= sso | single sign on',
  'sso | saml',
  '= rbac | role based access control',
  '~ rbac | roles',
  '= fga | fine grained authorization',
  '= mfa | 2fa | two factor | multi factor | second factor | two step',
  'mfa | totp | authenticator app | verification code app',
  '~ magic link | passwordless link | email link',
  '~ magic auth | one time code | email code | passwordless code | otp',
  '= sign in | login | log in | signin | authenticate',
  '= sign out | logout | log out | signout | sign off',
  '= sign up | signup | register | registration | create account',
  '= delete | remove | destroy',
  '~ create | add | make | generate | post',
  '~ update | edit | modify | change | put | patch',
  'get | fetch | retrieve | read',
  'list | get all | enumerate',
  '= organization | org',
  '~ organization | tenant | company | workspace | customer | business',
  '~ membership | member',
  'user | people | person | account',
  'employee | staff | directory user',
  '= idp | identity provider',
  'webhook | callback notification',
  '~ jwt | access token | json web token',
  'expire | lifetime | ttl | duration | length',
  '~ impersonate | act as | log in as | sign in as | login as',
  '= log stream | siem | stream',
  '= byok | bring your own key | customer managed key | own keys',
  '~ encrypt | kms | cipher',
  '~ rate limit | throttle | 429 | too many requests',
  '= entra | azure ad | azure active directory | aad | azure',
  '= google workspace | gsuite | g suite',
  '= adfs | ad fs | active directory federation services',
  '= nextjs | next',
  '= dotnet | csharp',
  '= go | golang',
  '= typescript | javascript | node',
  '= m2m | machine to machine | client credentials | service account',
  '~ device code | device flow | device authorization',
  '= cli | command line | terminal',
  '= feature flag | feature toggle | flag',
  '= on prem | on premise | self hosted | air gapped',
  'branding | logo | appearance | look and feel',
  'translate | localization | locale | i18n | language',
  '~ theme | styling | css | dark mode',
  'bot | fraud | abuse | brute force | radar',
  '= jit | just in time',
  'provision | onboard',
  'deprovision | offboard | inactive | suspend | deactivate | terminate',
  'dns | cname | txt record',
  '~ custom domain | own domain | vanity domain',
  'error | failure | problem',
  '~ invite | invitation',
  'revoke | invalidate',
  'verify | validate | check',
  'install | setup | set up | configure | configuration',
  '~ migrate | move | moving | switch from | import | leaving | leave',
  'entitlement | billing | subscription | seat',
  '~ pipes | third party integration | connected account',
  '~ connect | oauth provider | oauth application | oauth server',
  '= cimd | client id metadata document',
  '= mcp | model context protocol',
  '= slo | single logout',
  'metadata | custom data',
  '~ external id | external identifier | own id',
  'claim | token field',
  'retention | kept | keep',
  'csv | export',
  'warrant | role assignment',
  '= api key | secret key',
  '~ hosted ui | hosted login | login page | login box',
  'session | logged in | signed in',
  'reconcile | reconciliation',
  'paginate | pagination | cursor | next page',
  'email | mail',
  'ip | ip address | firewall | allowlist',
  'quick start | getting started | quickstart',
  '~ sdk | library | client library',
  'staging | sandbox | test environment | fake | mock',
  'try | test',
  'social login | oauth login',
  '~ password reset | forgot password',
  'permission | privilege | right',
  '= hris | hr system',
  '~ localization | german | french | spanish | italian | japanese | chinese | portuguese | right to left | rtl',
  'own | custom',
  '~ account linking | identity linking | link accounts | merge accounts | one account | duplicate accounts',
  'try out | test',
  'resume | replay',
  'rotate | renew',
  'button | ui | component | widget | embed',
  '~ drift | reconciliation | out of sync',
  'secret | credential | token',
  'permission | scope',
  'require | enforce | force | mandatory',
  'contractor | guest | external',
  'hook | action',
  'deny | block | reject | forbid',
  'allow | permit | whitelist | allowlist',
  'scale | high cardinality | thousands | millions | performance',
  'phone | sms',
  'disable | turn off | switch off | opt out',
  'enable | turn on | activate',
  'notify | notification | alert',
  'logs | history | trail',
];

const RELATED = 0.5;
const WEIGHTS: Readonly<Record<string, number>> = { '=': 0.9, '~': 0.7 };

export type Synonym = { readonly words: readonly string[]; readonly weight: number };

/** What stands for a phrase of one to four words; the phrase itself is not among them. */
export type Synonyms = ReadonlyMap<string, readonly Synonym[]>;

/** A phrase as the table knows it: `Sign-Ins` is `sign in`. */
export function phraseKey(phrase: string): string {
  return phrase
    .toLowerCase()
    .replaceAll(/[-_\s]+/g, ' ')
    .replace(/(?<=[a-z]{2})s$/, '');
}

/** The table by the keys of its phrases. */
export function buildSynonyms(groups: readonly string[] = GROUPS): Synonyms {
  const table = new Map<string, Synonym[]>();
  for (const group of groups) {
    // `=` marks names of one thing, `~` what mostly means the same; the others are merely close.
    const mark = /^[=~]/.exec(group)?.[0] ?? '';
    const weight = WEIGHTS[mark] ?? RELATED;
    const phrases = group
      .slice(mark.length)
      .split('|')
      .map((phrase) => phrase.trim());
    for (const phrase of phrases) {
      const others = phrases.filter((other) => other !== phrase);
      const list = table.get(phraseKey(phrase)) ?? [];
      list.push(...others.map((other) => ({ words: other.split(' '), weight })));
      table.set(phraseKey(phrase), list);
    }
  }
  return table;
}
