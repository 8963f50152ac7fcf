import { cachedStem, isStopWord } from './tokens.ts';

/**
 * What people say when they mean a topic, in any order: `what pages of the topic are called < words of questions`. Synonyms
 * stand for a word or phrase; these tell from several words together, none of which would do alone. `|` parts names.
 */
const TOPICS: readonly string[] = [
  // Administration by customers
  'admin portal | portal link < customer client company it admin set up configure connection themselves self serve own without us call help hand over onboarding enterprise link open send page wizard',
  'portal link < generate create link url one time expire intent return success admin setup page send customer',
  'branding < logo color colour font style css dark mode favicon background login page look brand design theme own button text sign in screen hosted',
  'custom branding < logo color colour brand admin portal setup page own look',
  'provider icons < icon logo image of identity provider list show',
  // Audit logs
  'audit logs < who did what when record action trail history compliance track activity log security soc2 immutable change delete changed settings plan deleted exported admin entries show history customer forged',
  'log streams < send forward push stream audit logs splunk datadog siem s3 bucket sentinel gcs http destination customer own system',
  'exporting events | audit log export < download csv export auditor period range date file logs report',
  'audit log schema | metadata schema < validate structure event field type json schema reject unknown metadata',
  'editing events < rename change version action after release shipped schema modify',
  'audit log retention < how long keep kept store days month year delete old logs retention period',
  // People and organizations
  'impersonation < support staff helpdesk engineer agent log login as customer user act see what sees debug account pretend shoes reproduce problem',
  'invitation | invitations < invite colleague teammate coworker email join team accept token pending bulk people send again expire',
  'invite-only signup < only invited people closed beta nobody else register public registration close off disable self sign up private',
  'organization membership < member belong join add remove kick out user person of from organization company tenant leave team list everyone role role_slug',
  'users and organizations < relation user belong several more than one organization company workspace concept model',
  'modeling your app < b2b b2c workspace tenant single multiple design structure one organization each customer personal account team',
  'sso with contractors < external freelancer consultant guest agency domain password while employees sso outside',
  'organization policies | organization authentication policies < enforce require force only allow forbid sso mfa password method customer members every organization company specific insists insist biggest demand policy compliance people log through identity provider disallow google',
  'domain verification | organization domain < prove own ownership domain dns txt record claim verified email customer',
  'jit provisioning | just in time < automatically automatic create add join user first login sign domain email colleague without invitation approve',
  'directory provisioning < scim directory user created automatically login authkit membership manage employee',
  'identity linking < same person email two accounts duplicate merge google password link sign in different method one user twice',
  'metadata < store save own custom data key value attribute external id internal identifier user organization our database attach custom attributes fields tag extra information',
  'user < account profile email first name last name find search look create update delete person external id gdpr erase deleted account forget me personal data',
  'organization < company tenant customer workspace create update delete find domain external id',
  'migrations < move users existing database own passwords hash import other vendor provider from legacy in-house homegrown downtime',
  'other services < move users from own database home grown legacy in-house custom login bcrypt hash import password',
  'migrate standalone sso < moving from sso api to authkit existing connections profiles',
  // Signing in
  'hosted ui < ready made login page hosted sign in screens box domain prebuilt instead of own form',
  'sessions < stay logged in expire timeout idle inactivity length long cookie refresh logged out keep remember browser middleware sealed',
  'session < revoke end kill terminate sign out all devices everywhere force list active device one',
  'user sessions widget < show list active devices user see sign out component',
  'access token < jwt claims sid role permission decode lifetime expire minutes verify backend organization gateway signature invalid middleware expired contains which claims',
  'jwks < public key verify signature jwt token check key set',
  'jwt templates < custom claims add own data field token template template language extra additional put into include access',
  'refresh token < renew expired access token new exchange rotate single use switch organization active two organizations change without login',
  'logout < sign out log out url end session redirect after cookie clear',
  'session helpers | sealed session < cookie password decrypt unseal load authenticate refresh seal',
  'email password < password login rules strength complexity breached leaked length require policy sign up',
  'password reset < forgot forgotten lost reset link new password token email change',
  'set password | reset password < new password token confirm',
  'magic auth < code email passwordless six digit one time sign in without password minutes',
  'magic link < link email passwordless click sign in',
  'email verification < confirm verify address real code after sign up unverified own mail',
  'social login < google github apple microsoft linkedin button sign in with account oauth consumer',
  'passkeys < fingerprint face touch id webauthn biometric key device passwordless',
  'multi factor authentication | mfa < second step factor authenticator app totp code sms phone text extra security two lost device',
  'enrollment ux < qr code scan screen design enroll authenticator user interface best practice',
  'authentication factor < enroll totp qr code phone delete remove lost reset authenticator list register',
  'authentication challenge | challenge < send verify code sms totp challenge check entered',
  'radar < bot fraud abuse brute force credential stuffing suspicious ip country device impossible travel disposable email block protect sign up attack throwaway temporary fake reject block address',
  'radar lists < block allow ip address device email domain list add entry remove office vpn whitelist trusted',
  'attempts < score risk verdict sign in signup decision tell outcome allow block challenge',
  'actions < hook custom logic own code run before allow deny reject login sign up registration sync endpoint signed response decide',
  'cli auth < device code command line terminal tool login no browser polling user code tv headless smart tv television iot kiosk ssh raspberry gcloud style',
  'cli installer < one command wizard terminal automatic install set up npx framework project',
  'organization selection < pick choose which company organization login several workspace select wrong',
  'get authorization url < start redirect user to login provider state login hint screen domain hint parameter prompt connection begin',
  'pkce < code challenge verifier public client mobile single page s256',
  'redirect uris | redirect uri < callback url return after login wildcard localhost allowed mismatch default',
  'authentication errors < error code authenticate required pending token',
  'sso required error < user must use sso error domain',
  // Mail and domains
  'custom emails < own text template send mails ourselves disable invitation magic password reset wording yourself write',
  'custom email providers < sendgrid postmark mailgun ses resend own smtp account provider send mails through',
  'email domain < from address sender no-reply our domain dkim spf dns mail appear come',
  'email delivery < not arriving receive spam junk bounce delivery missing late mail deliverability',
  'authkit domain < login auth our own domain cname hosted page url subdomain custom instead ssl tls certificate https',
  'authentication api domain < api google consent screen sso callback auth our own domain subdomain cname show instead of workos',
  'admin portal domain < setup portal link our own domain subdomain cname custom',
  // Providing sign-in to others
  'connect < let other third party partner apps sign in with our accounts oauth provider identity provider openid issue',
  'oauth applications < partner third party app consent scope client id secret first party authorization code web mobile',
  'm2m applications | machine to machine < service backend server customer cron job token without user client credentials api access script another backend internal service tokens',
  'client credentials < service machine token without user server secret grant tokens for another backend of ours internal service scopes',
  'standalone connect < keep own existing login user system page but oauth mcp external auth complete',
  'client secrets < rotate new secret application expire leaked delete create list',
  'token introspection < check active valid token opaque revoked verify',
  'model context protocol | mcp < ai agent claude chatgpt cursor llm assistant tool server connect protect oauth',
  'api keys < customers create own keys for our api tokens programmatic access scripts validate organization revoke key',
  'sign in consent < consent confirm page screen idp initiated sign in ask confirmation coming back return from identity provider person sees why',
  // Roles and authorization
  'roles and permissions < role permission member admin viewer default assign several claims check',
  'organization roles | organization role < custom role per tenant customer own specific company define their',
  'idp role assignment | identity provider role assignment < group groups map okta azure entra admin role automatically employee priority conflict',
  'permission < slug name naming create define list what may allow capability scope',
  'rbac configuration < create role permission slug name dashboard default priority multiple environment',
  'rbac integration < check permission backend route middleware protect endpoint code claim jwt express enforce',
  'access checks | check < may can user is allowed view edit document resource permission decide authorize backend api verify check',
  'resource discovery < which documents projects resources can user see list everything who has access members edit view share filter',
  'high cardinality entities < millions thousands many files messages comments rows scale large number',
  'resource types < model hierarchy parent child workspace project folder define level depth kind',
  'resources | resource < register create delete parent external id instance document project cascade',
  'role assignments | role assignment < give grant assign share user role on project resource folder single remove unassign revoke',
  'fga standalone integration < own users own login other identity provider without authkit only authorization',
  'idp sessions | identity provider sessions < okta groups attributes session authorization',
  'warrants | warrant < relation relationship tuple grant subject object relation write assign role user project document remove delete fga',
  'schema < model language define types relations version apply file union inherit editor owner viewer rule relation syntax fga',
  'query language | query < which who list all users resources select where find has access edit view report subjects document fga',
  'policies | policy < condition rule time ip attribute context expression conditional expression language all create delete paginated',
  'warrant tokens < consistency stale read own write right after just granted changed still denied latest cache permission denied cached zookie eventually',
  'superusers < super admin everything all access internal staff root admin may do anything',
  'blocklist < ban exclude single user except deny block',
  'managed service provider < msp reseller agency several customers access parent organization',
  'shareable content < share link google docs document anyone folder inherit link read',
  'policy context < pass ip address time request data to check condition runtime',
  'batch check < check several multiple many permissions in one call at once together',
  'batch write < create many several at once bulk import warrants resources',
  'playground < try model browser visual debug see why decision tree result',
  'public access < anyone anybody everyone read without login anonymous link open',
  'user groups < group of users nested groups team members inherit',
  'local development < emulator docker ci pipeline offline without cloud tests',
  'schema management < version deploy release pipeline cli apply migrate environments',
  'operations usage < cost price pricing pay billed count',
  'custom roles < tenants customers define their own roles',
  'org roles permissions < admin member organization roles model assign check several',
  'entitlements < plan paid feature subscription tier upgrade billing premium',
  // Single sign-on
  'test sso < try test without real idp okta account staging fake identity provider development',
  'login flows < idp sp initiated dashboard tile start from okta app launcher',
  'signing certificates < certificate expire renew rotate saml x509 metadata new',
  'profile attributes < first name last name email groups field claims map custom attribute idp returns give came from which connection idp id sub',
  'user attributes < department job title manager employee custom attribute map directory field address phone',
  'sso domains < email domain outside domain different subsidiary acquired allowed domains guest profile not allowed',
  'launch checklist < going live production before launch ready ip allowlist',
  'it team faq < customer it security team asks question data store questionnaire faq',
  'saml security < attack signature wrapping xsw replay assertion unsigned encrypt forged tampered',
  'single logout | logout redirect < sign out of identity provider idp too also session slo rp initiated',
  'sign in ux < design login screen email first field button best practice user experience sso',
  'sso session lifecycle < long session sso user idp logged out too soon expire lifetime force reauthenticate',
  'connection < state active inactive list delete get type customer idp sso object',
  'saml < custom generic other unknown not listed idp unsupported any saml provider',
  // Directories
  'directory sync < employees sync okta azure entra hr users groups offboard onboarding joiner leaver automatic scim provision deprovision',
  'handle inactive users < employee left fired suspended deactivated terminated quit offboarded removed access status',
  'understanding events lifecycle < order of events initial sync delete directory user group added removed dsync when',
  'directory user < employee list get person username state groups raw attributes',
  'directory group < group members team list',
  'sftp < upload csv file spreadsheet hr ftp',
  // Events
  'webhooks < receive notify endpoint http push signature verify retry failed localhost ngrok secret ip',
  'events api < poll poll cursor pull read order past resume missed range history',
  'data reconciliation < drift missed lost nightly out of sync repair compare recover catch up full',
  'data syncing < webhooks or events api which difference better keep own database current up to date copy',
  'events < event types list payload name emitted created updated deleted fields object',
  'datadog < dashboards metrics monitor stream observe alerts',
  // Flags, vault, pipes, widgets
  'feature flags < beta feature only some one customer rollout gradually switch on off toggle release early access percent experiment a b test frontend evaluate read check in code',
  'targeting | flag target < user organization customer add remove enable for only specific flag percent share company rollout',
  'slack notifications < slack channel message told when flag changes',
  'vault < store secret token password api key of customer encrypted encrypt safely sensitive credit card pii rename save snowflake database password third party credentials',
  'bring your own key | byok < customer own key kms aws azure google hsm manage revoke encryption',
  'key context < isolate separate tenant per customer different key encryption which key',
  'data key < envelope local encrypt large file ourselves key material decrypt',
  'object version < older previous history version conflict overwrite concurrent',
  'pipes < connect users third party account google drive calendar github slack salesforce hubspot notion call api on behalf token oauth integration contacts sync fetch files repos issues emails messages from their account refresh automatically third party tokens link service services for them their',
  'pipes providers | provider < which third party supported services list google slack github scopes',
  'connected account < disconnect status reauthorize scopes user linked github slack',
  'widgets < embed prebuilt component react ui settings page inside our app drop in iframe',
  'widget token | authorization tokens < token scope permission expire generate widget backend',
  'user management widget < manage team members invite table ui component role settings invite teammates ui without building it ourselves people list remove',
  'user profile widget < edit name picture own profile component',
  'user security widget < change own password mfa component settings user themselves manage their mfa inside our settings page two factor',
  'organization switcher widget < change switch workspace company organization dropdown menu active two several again without login',
  'styling < css theme colors radix widget look customise component',
  'localization < language translate german french spanish locale languages right to left text',
  'profile | get profile and token < after sso login what comes back store in database match user connection idp id first time',
  'custom domains < our own domain instead of workos urls ssl certificate cname branded hostname all',
  // Working with the API
  'client libraries < sdk library language python go ruby java php supported npm package install',
  'errors < error status code response body shape 400 401 403 404 422 500 format handle message server returned 5xx internal wrong failed retry exception catch',
  'pagination < next page cursor limit before after list all more results page 2 second third through large lists hundreds first',
  'rate limits < too many requests 429 per second minute limit throttled retry quota',
  'api authentication | reference api keys < x-api-key secret key sk bearer header authorization authenticate request 401 api key http header carries which put api key curl credentials',
  'idempotency < retry repeat again safely once same request post twice two duplicate key network failure timeout',
  'testing < try fake staging test data sandbox environment without real',
  'example apps < sample code demo repository template working project starter',
  'on-prem < customer own servers data center no internet offline air gapped private cloud',
  'google analytics < track conversion sign ups analytics funnel',
  'segment < analytics track events sign ups',
  'stripe < billing seats subscription entitlements charge plan customer id payment',
  // A server of one's own
  'first steps | quick start < start install first time run begin new minimal hello get going fresh',
  'architecture < how built inside internals request comes in life design code structure outbox order modules layers',
  'what is stored < table tables column database schema personal data row stored where',
  'environment hosts < own host name hostname domain serve environment address',
  'backup < back up restore copy of database dump disaster snapshot',
  'upgrade < new version update server migrate downtime',
  'configuration < environment variable setting option default set',
  'troubleshooting < wrong does not work error fix what to do problem code means',
  'signing keys < rotate key jwt rs256 token signature change',
  'seed < test data sample users organizations file yaml start with example initial',
  'keys and environments < api key create new secret environment staging production second separate',
  'hosting | self-hosting < install server docker production deploy run behind proxy tls reverse proxy',
];

type Topic = { readonly names: readonly (readonly string[])[]; readonly words: ReadonlySet<string> };
type Table = { readonly topics: readonly Topic[]; readonly byWord: ReadonlyMap<string, readonly number[]> };

let built: Table | null = null;

// The words above are plain: they need no taking apart.
const termsOf = (text: string): string[] =>
  text.split(/[\s-]+/).flatMap((word) => (word === '' || isStopWord(word) ? [] : cachedStem(word)));

function topicTable(): Table {
  if (built !== null) return built;
  const byWord = new Map<string, number[]>();
  const topics = TOPICS.map((line, at) => {
    const [names = '', words = ''] = line.split('<');
    const said = new Set([...termsOf(words), ...termsOf(names)]);
    for (const word of said) byWord.set(word, [...(byWord.get(word) ?? []), at]);
    return { names: names.split('|').map(termsOf), words: said };
  });
  built = { topics, byWord };
  return built;
}

/** True for the stem of a word that tells of a topic. */
export const isWordOfTopic = (stem: string): boolean => topicTable().byWord.has(stem);

/** A topic that a question may be about: how pages on it are called, and how sure it is, up to 1. */
export type Guess = { readonly names: readonly (readonly string[])[]; readonly share: number };

const GUESSES = 6;

/** The likeliest topics of a question, given by its terms and how much each of them says. */
export function guessTopics(words: ReadonlyMap<string, number>): Guess[] {
  const { topics, byWord } = topicTable();
  const scores = new Float64Array(topics.length);
  let total = 0;
  for (const [word, weight] of words) {
    const among = byWord.get(word) ?? [];
    const worth = weight * Math.log(1 + topics.length / (1 + among.length));
    total += worth;
    for (const at of among) scores[at] = (scores[at] ?? 0) + worth;
  }
  if (total === 0) return [];
  return topics
    .map(({ names }, at) => ({ names, share: (scores[at] ?? 0) / total }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share)
    .slice(0, GUESSES);
}

/** The names of a guess as terms of an index; a name with a word that no text has is left out. */
export type TopicGuess = { readonly names: readonly (readonly number[])[]; readonly share: number };

export function readGuesses(
  words: ReadonlyMap<string, number>,
  terms: ReadonlyMap<string, number>,
): TopicGuess[] {
  return guessTopics(words).map(({ names, share }) => ({
    share,
    names: names.flatMap((name) => {
      const ids = name.map((term) => terms.get(term));
      return ids.includes(undefined) ? [] : [ids.filter((id) => id !== undefined)];
    }),
  }));
}
