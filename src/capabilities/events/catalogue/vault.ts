import { z } from 'zod';
import { family } from './family.ts';
import { ids } from './samples.ts';

const Acted = z.strictObject({
  actor_id: z.string(),
  actor_source: z.enum(['api', 'dashboard']),
  actor_name: z.string(),
});
const KeyContext = z.record(z.string(), z.string());

const NamedObject = Acted.extend({ kv_name: z.string() });
const ReadObject = NamedObject.extend({ key_id: z.string() });
const WrittenObject = ReadObject.extend({ key_context: KeyContext });
const DataKey = Acted.extend({ key_id: z.string() });
const DataKeys = Acted.extend({ key_ids: z.array(z.string()), key_context: KeyContext });
const KeyEncryptionKey = Acted.extend({ key_name: z.string(), key_id: z.string() });
const OwnKey = z.strictObject({
  organization_id: z.string(),
  key_provider: z.enum(['AWS_KMS', 'GCP_KMS', 'AZURE_KEY_VAULT']),
});

const actor = {
  actor_id: 'api_key_01KJPY44E091VHA0NJETXM7A33',
  actor_source: 'api',
  actor_name: 'Nightly export',
};
const object = { ...actor, kv_name: 'billing/stripe' };
const key_id = 'key_01KJPY44E03MDD2WFEERGV1XS2';
const key_context = { organization_id: ids.organization };
const written = { ...object, key_id, key_context };
const encryptionKey = { ...actor, key_name: 'northwind', key_id };
const ownKey = { organization_id: ids.organization, key_provider: 'AWS_KMS' };

/** Reading secrets makes many events, and no webhook endpoint is told of them. */
const unsubscribable = { isSubscribable: false } as const;

export const vaultEvents = family('vault', {
  'vault.data.created': {
    when: 'An object was put into the vault.',
    planned: WrittenObject,
    sample: written,
    ...unsubscribable,
  },
  'vault.data.read': {
    when: 'An object of the vault was read.',
    planned: ReadObject,
    sample: { ...object, key_id },
    ...unsubscribable,
  },
  'vault.data.updated': {
    when: 'An object of the vault was changed.',
    planned: WrittenObject,
    sample: written,
    ...unsubscribable,
  },
  'vault.data.deleted': {
    when: 'An object of the vault was deleted.',
    planned: NamedObject,
    sample: object,
    ...unsubscribable,
  },
  'vault.metadata.read': {
    when: 'The description of an object of the vault was read, not the object.',
    planned: NamedObject,
    sample: object,
    ...unsubscribable,
  },
  'vault.names.listed': {
    when: 'The names of the objects in the vault were listed.',
    planned: Acted,
    sample: actor,
    ...unsubscribable,
  },
  'vault.dek.read': {
    when: 'Keys that encrypt data were handed out.',
    planned: DataKeys,
    sample: { ...actor, key_ids: [key_id], key_context },
    ...unsubscribable,
  },
  'vault.dek.decrypted': {
    when: 'A key that encrypts data was decrypted.',
    planned: DataKey,
    sample: { ...actor, key_id },
    ...unsubscribable,
  },
  'vault.kek.created': {
    when: 'A key that encrypts other keys was made.',
    planned: KeyEncryptionKey,
    sample: encryptionKey,
    ...unsubscribable,
  },
  'vault.kek.deleted': {
    when: 'A key that encrypts other keys was deleted.',
    planned: KeyEncryptionKey,
    sample: encryptionKey,
    ...unsubscribable,
  },
  'vault.byok_key.verification_completed': {
    when: "An organization's own key was tried, with success or without.",
    planned: OwnKey.extend({ verified: z.boolean() }),
    sample: { ...ownKey, verified: true },
    ...unsubscribable,
  },
  'vault.byok_key.deleted': {
    when: "An organization's own key was removed.",
    planned: OwnKey,
    sample: ownKey,
    ...unsubscribable,
  },
});
