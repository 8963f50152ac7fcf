import { z } from 'zod';
import { Form, LoginLayout } from '../../../../pages/index.ts';
import {
  type ActiveMembership,
  findActiveMembership,
  listActiveMemberships,
} from '../../../memberships/index.ts';
import { type View, loginPage } from '../login-page.tsx';

export const organizationSelectionPage = loginPage({
  path: '/organization-selection',
  summary: 'the organization to sign in to',
  isOpen: false,
  form: z.object({ organization_id: z.string().max(100).optional() }),
  show: async (view, reader) => {
    const memberships = await listActiveMemberships(reader, view.attempt.userId ?? '');
    return <OrganizationSelection {...view} memberships={memberships} />;
  },
  submit: async (tx, { attempt, form }) => {
    const chosen =
      form.organization_id !== undefined && attempt.userId !== null
        ? await findActiveMembership(tx, attempt.userId, form.organization_id)
        : null;
    if (!chosen) return { kind: 'again', problems: [{ message: 'Choose one of your organizations.' }] };
    attempt.state.organization_id = chosen.organization_id;
    return { kind: 'proven' };
  },
});

const OrganizationSelection = (view: View & { memberships: readonly ActiveMembership[] }) => {
  const { csrf, problems, url, memberships } = view;
  return (
    <LoginLayout
      {...view}
      page="organization-selection"
      title="Choose an organization"
      lead="You belong to several. Which one do you want to work in?"
    >
      <Form action={url('/organization-selection')} csrf={csrf} problems={problems}>
        <div class="choices">
          {memberships.map(({ organization_id: id, organization_name: name }) => (
            <button type="submit" class="button choice" name="organization_id" value={id}>
              <bdi>{name}</bdi>
            </button>
          ))}
        </div>
      </Form>
    </LoginLayout>
  );
};
