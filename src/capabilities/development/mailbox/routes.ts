import { z } from 'zod';
import { type Operation, operation } from '../../../platform/operation.ts';
import { ListMail, MailList, MailMessage, SearchMail } from './contract.ts';
import { getMessage, isFor, listMessages } from './mailbox.ts';
import { type MailboxDeps, showHtmlPart, showMailbox, showMessage } from './pages.tsx';
import { deleteMailboxRows } from './store.ts';

const shared = {
  principals: ['none'],
  environmentFrom: 'none',
  permission: null,
  isDevelopmentOnly: true,
} as const;

const ById = z.object({ id: z.string() });
const notFound = { status: 404, code: 'entity_not_found', when: 'No message has the id.' };

export function mailboxOperations(deps: MailboxDeps): readonly Operation[] {
  // `messages` before `{id}`: the router takes the first that fits.
  return [...messageOperations(deps), ...pageOperations(deps)];
}

function messageOperations({ encryption }: MailboxDeps): Operation[] {
  const path = '/_dev/mailbox/messages';
  return [
    operation({
      ...shared,
      id: 'mailbox.list',
      summary: 'List the e-mails of this installation, newest first',
      method: 'GET',
      path,
      protocol: 'api',
      query: ListMail,
      returns: { 200: MailList },
      run: async (reader, { query }) => ({
        object: 'list',
        data: await listMessages(reader, encryption, { limit: query.limit, matches: isFor(query.to) }),
      }),
    }),
    operation({
      ...shared,
      id: 'mailbox.get',
      summary: 'Get one e-mail with its text and HTML',
      method: 'GET',
      path: `${path}/{id}`,
      protocol: 'api',
      params: ById,
      returns: { 200: MailMessage },
      errors: [notFound],
      run: (reader, { params }) => getMessage(reader, encryption, params.id),
    }),
    operation({
      ...shared,
      id: 'mailbox.empty',
      summary: 'Delete every e-mail, those that still wait to be sent included',
      method: 'DELETE',
      path,
      protocol: 'api',
      returns: { 204: null },
      run: (tx) => deleteMailboxRows(tx),
    }),
  ];
}

function pageOperations(deps: MailboxDeps): Operation[] {
  const pages = { ...shared, method: 'GET', protocol: 'page', returns: { 200: 'text/html' } } as const;
  return [
    operation({
      ...pages,
      id: 'mailbox.show',
      summary: 'The mailbox page',
      path: '/_dev/mailbox',
      query: SearchMail,
      run: (reader, { query }) => showMailbox(deps, reader, query.search ?? ''),
    }),
    operation({
      ...pages,
      id: 'mailbox.show_message',
      summary: 'The page of one e-mail',
      path: '/_dev/mailbox/{id}',
      params: ById,
      errors: [notFound],
      run: (reader, { params }) => showMessage(deps, reader, params.id),
    }),
    operation({
      ...pages,
      id: 'mailbox.show_html',
      summary: 'The HTML part of one e-mail, in a sandbox',
      path: '/_dev/mailbox/{id}/html',
      params: ById,
      errors: [notFound],
      run: (reader, { params }) => showHtmlPart(deps, reader, params.id),
    }),
  ];
}
