import { z } from 'zod';
import { CodeField, Form, LoginLayout, PrimaryButton } from '../../../../pages/index.ts';
import type { Quota } from '../../../../platform/quota.ts';
import { startEmailVerification } from '../../../email-verifications/index.ts';
import { getUser } from '../../../users/index.ts';
import { guessDecoy, sendDecoy } from '../../methods/decoy-code.ts';
import { codeRefused, proveEmail } from '../../methods/email-code.ts';
import { signInTries } from '../../methods/password.ts';
import { forgetPerson } from '../dispatch.ts';
import { type View, loginPage, problemOf } from '../login-page.tsx';

/** spec/authkit 0.8 */
const resending: Quota = { name: 'email_verification.resend', limit: 3, windowSeconds: 60 };

export const emailVerificationPage = loginPage({
  path: '/email-verification',
  summary: 'the code that was sent to an address',
  isOpen: false,
  form: z.object({
    code: z.string().max(20).optional(),
    again: z.string().max(10).optional(),
    other: z.string().max(10).optional(),
  }),
  show: (view) => <EmailVerification {...view} />,
  prepare: (reader, { attempt, form, deps }) =>
    form.other === undefined
      ? deps.quotas.consume(reader, form.again === undefined ? signInTries : resending, attempt.id)
      : Promise.resolve(),
  submit: async (tx, { attempt, form, caller, deps }) => {
    const { userId, state } = attempt;
    const { hosted } = state;
    if (form.other !== undefined) {
      forgetPerson(attempt);
      return { kind: 'page', path: hosted.names === null ? '/sign-in' : '/sign-up' };
    }
    if (form.again !== undefined) {
      if (userId === null) hosted.decoy = sendDecoy(hosted.decoy, tx.now);
      else await startEmailVerification(tx, deps.encryption, await getUser(tx, userId));
      return { kind: 'page', path: '/email-verification' };
    }
    if (!form.code) {
      return { kind: 'again', problems: [{ field: 'code', message: 'Enter the code from the message.' }] };
    }
    if (userId === null) {
      const { decoy, redemption } = guessDecoy(hosted.decoy ?? sendDecoy(null, tx.now), tx.now);
      hosted.decoy = decoy;
      return problemOf(codeRefused(redemption), 'code');
    }
    const refusal = await proveEmail(tx, deps.encryption, { userId, code: form.code, caller });
    return refusal ? problemOf(refusal, 'code') : { kind: 'proven' };
  },
});

const EmailVerification = (view: View) => {
  const { attempt, csrf, problems, url } = view;
  const action = url('/email-verification');
  return (
    <LoginLayout
      {...view}
      page="email-verification"
      title="Check your email"
      lead={
        <>
          We sent a code to <bdi>{attempt.state.hosted.email}</bdi>. It works for 10 minutes.
        </>
      }
    >
      <Form action={action} csrf={csrf} problems={problems}>
        <CodeField problems={problems} />
        <PrimaryButton>Continue</PrimaryButton>
      </Form>
      <form method="post" action={action} class="form-small">
        <input type="hidden" name="csrf" value={csrf} />
        <button type="submit" name="again" value="yes" class="link-button">
          Send the code again
        </button>
        <button type="submit" name="other" value="yes" class="link-button">
          Use another address
        </button>
      </form>
    </LoginLayout>
  );
};
