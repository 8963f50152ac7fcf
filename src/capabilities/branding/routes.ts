import { Bytes } from '../../platform/contract.ts';
import { type Operation, byKey, operation } from '../../platform/operation.ts';
import { type BrandingDeps, deletePicture, getBranding, putPicture, updateBranding } from './branding.ts';
import { Branding, ByFile, type PictureKind, UpdateBranding, pictureKinds } from './contract.ts';
import { largestPictureBytes } from './pictures.ts';
import { serveFile } from './serve-file.ts';

const words: Readonly<Record<PictureKind, string>> = {
  logo: 'logo',
  logo_dark: 'logo for dark grounds',
  icon: 'icon',
  icon_dark: 'icon for dark grounds',
  favicon: 'favicon',
};

export function brandingOperations(deps: BrandingDeps): readonly Operation[] {
  return [
    operation({
      ...byKey,
      id: 'branding.get',
      summary: "Get the environment's branding",
      method: 'GET',
      path: '/management/branding',
      permission: 'branding:read',
      returns: { 200: Branding },
      run: (reader) => getBranding(reader, deps),
    }),
    operation({
      ...byKey,
      id: 'branding.update',
      summary: "Change some of the environment's branding",
      method: 'PATCH',
      path: '/management/branding',
      permission: 'branding:write',
      body: UpdateBranding,
      returns: { 200: Branding },
      errors: [{ status: 422, code: 'validation_failed', when: 'A field is unknown or malformed.' }],
      run: (tx, { body }) => updateBranding(tx, body, deps),
    }),
    ...pictureKinds.flatMap((kind) => pictureOperations(kind, deps)),
    fileOperation,
  ];
}

const pictureOperations = (kind: PictureKind, deps: BrandingDeps): readonly Operation[] => [
  operation({
    ...byKey,
    id: `branding.put_${kind}`,
    summary: `Set the ${words[kind]}`,
    method: 'PUT',
    path: `/management/branding/${kind}`,
    permission: 'branding:write',
    accepts: 'bytes',
    body: Bytes,
    bodyLimit: largestPictureBytes,
    returns: { 200: Branding },
    errors: [
      {
        status: 422,
        code: 'validation_failed',
        when: 'The bytes are no picture of a format and size for this place.',
      },
    ],
    run: (tx, { body }) => putPicture(tx, { kind, bytes: body }, deps),
  }),
  operation({
    ...byKey,
    id: `branding.delete_${kind}`,
    summary: `Remove the ${words[kind]}`,
    method: 'DELETE',
    path: `/management/branding/${kind}`,
    permission: 'branding:write',
    returns: { 204: null },
    errors: [{ status: 404, code: 'entity_not_found', when: 'There is none.' }],
    run: (tx) => deletePicture(tx, kind),
  }),
];

const fileOperation = operation({
  id: 'branding.get_file',
  summary: 'Picture or style sheet of an environment',
  method: 'GET',
  path: '/_branding/{clientId}/{file}',
  protocol: 'api',
  principals: ['none'],
  environmentFrom: 'path_client_id',
  permission: null,
  params: ByFile,
  returns: { 200: 'application/octet-stream' },
  errors: [
    { status: 404, code: 'entity_not_found', when: 'The environment has no such file, or has it no more.' },
  ],
  run: (reader, { params }) => serveFile(reader, params.file),
});
