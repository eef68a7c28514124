const hidden = '[secret]';

/**
 * A string that shows itself nowhere: not in a template, `String()`, JSON, `util.inspect` (also with `showHidden`),
 * `console.table` or `structuredClone`. {@link Secret.expose} is its only exit.
 *
 * What it does not promise: the characters stay in memory until they are collected, so a heap dump or a core file still has them.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    Object.freeze(this);
  }

  /** The secret itself. Hand it to the request that needs it and to nothing else. */
  expose(): string {
    return this.#value;
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return hidden;
  }
}
