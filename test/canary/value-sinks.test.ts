import { describe, expect, it } from 'vitest';
import { canarySearch } from './canary-search.js';
import { valueSinks } from './value-sinks.js';

const secret = 'Zk4-Qw9~Xb7_Lm2+Hd8';

const sinksThatShow = (value: object): readonly string[] => {
  const search = canarySearch();
  search.add('canary', secret);
  return Object.entries(valueSinks(value)).flatMap(([sink, text]) => (search.find(text).length > 0 ? [sink] : []));
};

const hidden = (name: PropertyKey): object => Object.defineProperty({}, name, { value: secret, enumerable: false });

class Holding {
  readonly #secret = secret;

  /** As careless code offers it. */
  get text(): string {
    return this.#secret;
  }

  toString(): string {
    return 'nothing to see';
  }
}

describe('the sinks of a value', () => {
  it.each<readonly [string, object, string]>([
    ['an error’s message', new Error(secret), 'message'],
    ['the stack alone', Object.assign(new Error('x'), { stack: `x at f(${secret})` }), 'stack'],
    ['a cause', new Error('x', { cause: new Error('y', { cause: secret }) }), 'cause chain'],
    ['a field', { deep: [{ er: { still: { further: secret } } }] }, 'JSON.stringify'],
    ['a field that no JSON shows', hidden('field'), 'inspect to any depth'],
    ['a symbol', hidden(Symbol('field')), 'every property'],
    ['a getter of a class', new Holding(), 'every property'],
    ['what is in a map', new Map([['key', new Set([secret])]]), 'inspect'],
    ['what a copy takes along', { field: secret }, 'structuredClone'],
    ['the name of a function', { f: Object.defineProperty(() => 0, 'name', { value: secret }) }, 'every property'],
  ])('show %s', (_what, value, sink) => {
    expect(sinksThatShow(value)).toContain(sink);
  });

  it('show nothing of a private field', () => {
    class Keeping {
      readonly #secret = secret;

      has(text: string): boolean {
        return text === this.#secret;
      }
    }
    const keeping = new Keeping();
    expect(keeping.has(secret)).toBe(true);
    expect(sinksThatShow(keeping)).toEqual([]);
  });
});
