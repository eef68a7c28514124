/** A programmer's mistake: the façade throws it as a `TypeError` with this message. */
export interface Misuse {
  readonly _tag: 'Misuse';
  readonly message: string;
}

export const misuse = (message: string): Misuse => ({ _tag: 'Misuse', message });
