import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { format, inspect } from 'node:util';
import { serialize } from 'node:v8';

/** Anything that is no primitive. */
interface Printed {
  readonly toString: () => string;
}

/** Everything the console methods that show values write about one. */
const consoleOutput = (value: Printed): string => {
  const written: string[] = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      written.push(String(chunk));
      done();
    },
  });
  const printer = new Console({ stdout: stream, stderr: stream, inspectOptions: { depth: null, showHidden: true } });
  printer.log(value);
  printer.error('%s %o %O %j', value, value, value, value);
  printer.dir(value, { depth: null, showHidden: true, customInspect: false });
  printer.table([{ value }, value]);
  printer.table(value);
  return written.join('');
};

const asError = (value: Printed): readonly string[] => {
  const error = new Error(`failed with ${String(value)}`, { cause: value });
  const holding = Object.assign(new AggregateError([value], 'several'), { value });
  return [error, holding].flatMap((each) => [
    each.message,
    each.stack ?? '',
    inspect(each, { depth: null, showHidden: true }),
    JSON.stringify(each, Object.getOwnPropertyNames(each)),
  ]);
};

/** A value in every form in which Node prints, formats or copies one, by the name of the form. */
export const printedForms = (value: Printed): Readonly<Record<string, string>> => ({
  'String()': String(value),
  'JSON.stringify': JSON.stringify([value, { value }]),
  'JSON.stringify of its descriptors': JSON.stringify(Object.getOwnPropertyDescriptors(value)),
  'JSON.stringify of a spread': JSON.stringify(Object.assign({}, value)),
  inspect: inspect(value),
  'inspect with everything on': inspect({ value }, { depth: null, showHidden: true, getters: true }),
  'inspect without customInspect': inspect([value], {
    depth: null,
    showHidden: true,
    customInspect: false,
    getters: true,
  }),
  'inspect through a proxy': inspect(new Proxy(value, {}), {
    showProxy: true,
    showHidden: true,
    depth: null,
  }),
  'util.format': format('%s %o %O %j', value, value, value, value),
  'the console': consoleOutput(value),
  'an error': asError(value).join('\n'),
  'its keys and values': inspect([Object.entries(value), Reflect.ownKeys(value)], { depth: null }),
});

/** A value as it arrives in another thread or a file; `undefined` where the platform refuses to copy it. */
export const copiedForms = (value: Printed): Readonly<Record<string, string>> => ({
  structuredClone: inspect(structuredClone(value), { depth: null, showHidden: true }),
  'v8.serialize': serialize(value).toString('latin1') + serialize(value).toString('utf16le'),
});
