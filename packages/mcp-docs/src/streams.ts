/** What a command writes to. Standard output belongs to the protocol while the server runs. */
export type Streams = { readonly out: (text: string) => void; readonly error: (text: string) => void };
