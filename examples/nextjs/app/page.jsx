import { signOut, withAuth } from '@workos-inc/authkit-nextjs';

async function leave() {
  'use server';
  await signOut({ returnTo: new URL('/', process.env.WORKOS_REDIRECT_URI).href });
}

export default async function Home() {
  const { user, organizationId, role } = await withAuth();
  if (!user) {
    return (
      <>
        <h1>Welcome</h1>
        {/* Plain links: a prefetch would start a sign-in. */}
        <p>
          <a href="/login">Sign in</a> or <a href="/sign-up">sign up</a>
        </p>
      </>
    );
  }
  return (
    <>
      <h1>Hello, {user.firstName || user.email}</h1>
      <dl>
        <dt>Email address</dt>
        <dd>{user.email}</dd>
        <dt>Organization</dt>
        <dd>{organizationId ?? 'none'}</dd>
        <dt>Role</dt>
        <dd>{role ?? 'none'}</dd>
      </dl>
      <form action={leave}>
        <button>Sign out</button>
      </form>
    </>
  );
}
