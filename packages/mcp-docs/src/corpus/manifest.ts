import * as z from 'zod';

export const FORMAT = 1;

/** `corpus.json`: the collections of a corpus, in the order in which they are offered. */
export const Manifest = z.object({
  format: z.literal(FORMAT),
  collections: z.array(
    z.object({
      name: z.string().min(1),
      version: z.string().min(1),
      folder: z.string().regex(/^[a-z0-9._@-]+$/i),
      pages: z.number().int(),
      digest: z.string(),
    }),
  ),
});
export type Manifest = z.infer<typeof Manifest>;
export type CollectionEntry = Manifest['collections'][number];

/** Files of a collection's folder. */
export const FILES = {
  pages: 'pages.json',
  text: 'text.bin',
  index: 'index.bin',
  extras: 'extras.json',
} as const;
