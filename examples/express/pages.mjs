import { html } from './html.mjs';

function layout(title, content, user) {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Sample</title>
        <link rel="icon" href="/icon.svg" />
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        <header>
          <a class="brand" href="/"><img src="/icon.svg" alt="" width="24" height="24" />Sample</a>
          ${user && navigation}
        </header>
        <main>${content}</main>
        <footer>A sample application: sign-in is done by Doorwright.</footer>
      </body>
    </html>`;
  return page.toString();
}

const navigation = html`<nav aria-label="Account">
  <a href="/account">Account</a>
  <form method="post" action="/logout"><button>Sign out</button></form>
</nav>`;

export const welcomePage = () =>
  layout(
    'Welcome',
    html`<section class="card hero">
      <h1>Welcome</h1>
      <p class="muted">Nobody is signed in here. Use your account, or make one.</p>
      <p class="actions">
        <a class="button primary" href="/login">Sign in</a>
        <a class="button" href="/sign-up">Sign up</a>
      </p>
    </section>`,
  );

export function homePage({ session, memberships, claims }) {
  const { user, organizationId } = session;
  const current = memberships.find((one) => one.organizationId === organizationId);
  return layout(
    'Home',
    html`<h1>Hello, ${user.firstName || user.email}</h1>
      <section class="card">
        <h2>You</h2>
        ${facts({
          Name: [user.firstName, user.lastName].filter(Boolean).join(' ') || '—',
          'Email address': user.email,
          Organization: current?.organizationName ?? 'none',
          Role: session.role ?? 'none',
        })}
      </section>
      ${memberships.length > (current ? 1 : 0) && switcher(memberships, organizationId)}
      <section class="card">
        <h2>Claims of your access token</h2>
        ${facts(claims)}
      </section>`,
    user,
  );
}

const switcher = (memberships, currentId) =>
  html`<section class="card">
    <h2>Your organizations</h2>
    <ul class="rows">
      ${memberships.map(({ organizationId: id, organizationName: name, role }) => {
        const button = html`<form method="post" action="/organization">
          <button name="organization_id" value="${id}" aria-label="Switch to ${name}">Switch</button>
        </form>`;
        const label = html`<span class="chip">current</span>`;
        return html`<li>
          <p>${name}<br /><span class="muted">${role.slug}</span></p>
          ${id === currentId ? label : button}
        </li>`;
      })}
    </ul>
  </section>`;

export const accountPage = ({ session, active }) =>
  layout(
    'Account',
    html`<h1>Account</h1>
      <section class="card">
        <h2>Where you are signed in</h2>
        <ul class="rows">
          ${active.map(({ id, userAgent, ipAddress, createdAt }) => {
            const since = new Date(createdAt).toUTCString();
            const button = html`<form method="post" action="/account/sessions/${id}/revoke">
              <button aria-label="Sign out of the session since ${since}">Sign out</button>
            </form>`;
            const label = html`<span class="chip">this browser</span>`;
            return html`<li>
              <p>
                ${userAgent ?? 'Unknown browser'}<br />
                <span class="muted">${ipAddress} · since <time datetime="${createdAt}">${since}</time></span>
              </p>
              ${id === session.sessionId ? label : button}
            </li>`;
          })}
        </ul>
      </section>
      <p class="muted">
        A session that is ended works until its access token expires, some minutes at most.
      </p>`,
    session.user,
  );

export const messagePage = (title, text, retryUrl) =>
  layout(
    title,
    html`<section class="card hero">
      <h1>${title}</h1>
      <p class="muted">${text}</p>
      <p class="actions"><a class="button primary" href="${retryUrl}">Try again</a></p>
    </section>`,
  );

const facts = (values) =>
  html`<dl>
    ${Object.entries(values).map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${typeof value === 'object' ? JSON.stringify(value) : value}</dd>
        </div>`,
    )}
  </dl>`;
