/** What one process may ask of another: names, each with what goes in and what comes back. */
export type Protocol = Readonly<Record<string, { readonly input: unknown; readonly output: unknown }>>;

/** One call on its way to a child process. */
export interface CallMessage<P extends Protocol, Name extends keyof P> {
  readonly id: number;
  readonly call: Name;
  readonly input: P[Name]['input'];
}

/** What comes back for a call: its output, or a sentence about what went wrong. */
export type Reply<Output> =
  { readonly id: number; readonly output: Output } | { readonly id: number; readonly failure: string };

/** A child's first word: it is ready, and this is where it is found; or why it is not. */
export type Greeting<Announcement> = { readonly ready: Announcement } | { readonly notReady: string };
