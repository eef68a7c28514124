import { channel } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import got from 'got';
import { ContainerModule } from 'inversify';
import { left, right } from 'fp-ts/lib/Either.js';
import { plaintextCipher } from '../../src/adapters/crypto/plaintext-cipher.js';
import { eventChannelName } from '../../src/adapters/events/diagnostics-event-sink.js';
import { memoryStore } from '../../src/adapters/stores/memory/memory-store.js';
import { internals, services } from '../../src/app/container/identifiers.js';
import type { UseCase } from '../../src/app/use-case/use-case-error.js';
import { Secret } from '../../src/domain/secret.js';
import type { Token } from '../../src/domain/token.js';
import type { HttpClient, HttpRequest } from '../../src/ports/http-client.js';
import type { LeakForm } from './canary-search.js';
import { mustEnd } from './everyday-steps.js';
import { nobodyListens } from './hostile-servers.js';
import type { BackendOptions, Stage } from './stage.js';

/** A mistake as others made it, and what has to be found. */
export interface PlantedLeak {
  readonly title: string;
  readonly secret: string;
  readonly form: LeakForm;
  /** Every one of these sinks has to show it. */
  readonly sinks: readonly string[];
  readonly play: (stage: Stage) => Promise<unknown>;
}

const parameterOf = ({ form = [], query = [] }: HttpRequest, name: string): string =>
  [...form, ...query].find(([key]) => key === name)?.[1] ?? '';

/** A client that tells in its failure what it should keep to itself. */
const telling = (why: (request: HttpRequest) => string): HttpClient => ({
  send: (request) => () => Promise.resolve(left({ _tag: 'Unknown', why: why(request) })),
});

const obtainBy =
  (why: (request: HttpRequest, stage: Stage) => string) =>
  (stage: Stage): Promise<unknown> => {
    const llavero = stage.open({ ports: { httpClient: telling((request) => why(request, stage)) } });
    return stage.end(() => stage.vendor.obtain(llavero));
  };

/** A façade whose `token` does this instead. */
const tokenBy = (stage: Stage, getToken: () => Promise<Token>): Promise<string> => {
  const useCase: UseCase<Token> = async () => right(await getToken());
  const module = new ContainerModule(({ rebind }) => {
    rebind(services.getToken).toConstantValue(() => useCase);
  });
  const llavero = stage.open({ modules: [module] });
  return stage.end(() => llavero.token(stage.vendor.key));
};

/** It is a Secret, and remembers its text a second time; Secret freezes itself, so by the prototype. */
class PlainSecret extends Secret {
  get text(): string {
    return this.expose();
  }
}

/** It hides from JSON and from printing, and forgets that it can be copied. */
class OpenHolder {
  readonly held: string;

  constructor(held: string) {
    this.held = held;
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}

const jsonError = (text: string): string => {
  try {
    JSON.parse(text);
    return '';
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : '';
  }
};

const percent = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

const storing = async (stage: Stage, options: BackendOptions): Promise<void> => {
  const llavero = stage.open(options);
  await mustEnd(
    'ok',
    stage.end(() => stage.vendor.obtain(llavero)),
  );
};

const fingerprinting = (stage: Stage, of: (text: string) => string): Promise<void> => {
  const planted = new ContainerModule(({ rebind }) => {
    rebind(internals.settings).toConstantValue({ storeTimeoutMs: 10_000, apiLimits: undefined, keyedBy: () => of });
  });
  return storing(stage, { modules: [planted] });
};

/** Leaks at the seams of the library, each found in the sink and the form that are named. All are of the preset `centry`. */
export const plantedLeaks: readonly PlantedLeak[] = [
  {
    title: 'an error that quotes the body that was sent',
    secret: 'client secret',
    form: 'raw',
    sinks: ['message', 'stack', 'inspect', 'JSON.stringify', 'structuredClone'],
    play: obtainBy(({ form }) => `no answer to ${JSON.stringify(form)}`),
  },
  {
    title: 'got’s own error as the cause',
    secret: 'client secret',
    form: 'raw',
    sinks: ['cause chain', 'inspect to any depth'],
    play: (stage) =>
      tokenBy(stage, async () => {
        const url = await nobodyListens.start(stage);
        const form = { client_secret: stage.secret('client secret') };
        await got.post(url, { form, retry: { limit: 0 } }).catch((cause: unknown) => {
          throw new Error('no token', { cause });
        });
        throw new Error('somebody listens');
      }),
  },
  {
    title: 'an event with an address that was not scrubbed',
    secret: 'code',
    form: 'raw',
    sinks: ['event: JSON.stringify', 'event: inspect'],
    play: obtainBy((request) => {
      const url = `${request.url}?code=${parameterOf(request, 'code')}`;
      channel(eventChannelName).publish({ type: 'request', key: 'centry/acme', at: new Date(), url });
      return 'timeout';
    }),
  },
  {
    title: 'a Secret with a getter',
    secret: 'access token',
    form: 'raw',
    sinks: ['every property'],
    play: (stage) => {
      const accessToken = new PlainSecret(stage.secret('access token'));
      return stage.end(() => ({ key: stage.vendor.key, accessToken }));
    },
  },
  {
    title: 'the ten characters that JSON.parse quotes',
    secret: 'access token',
    form: 'raw',
    sinks: ['message', 'stack', 'String()'],
    // A letter first: the parser quotes nothing of a text that begins like a number.
    play: obtainBy((_request, stage) => jsonError(`x${stage.secret('access token')}`)),
  },
  {
    title: 'a header with HTTP Basic in it',
    secret: 'client secret',
    form: 'base64',
    sinks: ['message', 'util.format', 'the console'],
    play: obtainBy((request) => {
      const basic = Buffer.from(`id:${parameterOf(request, 'client_secret')}`).toString('base64');
      return `sent ${inspect({ headers: { authorization: `Basic ${basic}` } })}`;
    }),
  },
  {
    title: 'a token in hex',
    secret: 'accessToken',
    form: 'hex',
    sinks: ['event: JSON.stringify', 'event: util.format'],
    play: (stage) => fingerprinting(stage, (text) => Buffer.from(text).toString('hex').toUpperCase()),
  },
  {
    title: 'a code behind percent signs',
    secret: 'code',
    form: 'percent-encoded',
    sinks: ['message', 'String()'],
    play: obtainBy((request) => `GET /?code=${percent(parameterOf(request, 'code'))}`),
  },
  {
    title: 'a buffer that was printed',
    secret: 'code',
    form: 'bytes',
    sinks: ['message', 'stack'],
    play: obtainBy((request) => `body: ${inspect(Buffer.from(parameterOf(request, 'code')))}`),
  },
  {
    title: 'a secret in the clear in the database',
    secret: 'refreshToken',
    form: 'raw',
    sinks: ['database.db-wal while open', 'database.db after close'],
    play: (stage) => storing(stage, { ports: { cipher: plaintextCipher() } }),
  },
  {
    title: 'an argument in a stack',
    secret: 'code',
    form: 'raw',
    sinks: ['stack'],
    play: (stage) => {
      const error = new TypeError('it failed');
      error.stack = `TypeError: it failed\n    at exchange('${stage.secret('code')}')`;
      return tokenBy(stage, () => Promise.reject(error));
    },
  },
  {
    title: 'a field that only a copy takes along',
    secret: 'access token',
    form: 'raw',
    sinks: ['structuredClone', 'v8.serialize'],
    play: (stage) => {
      const held = new OpenHolder(stage.secret('access token'));
      return stage.end(() => held);
    },
  },
  {
    title: 'the first eight characters of a token',
    secret: 'accessToken',
    form: 'raw',
    sinks: ['event: JSON.stringify', 'event: the console'],
    play: (stage) => fingerprinting(stage, (text) => text.slice(0, 8)),
  },
  {
    title: 'a code in the name of a host',
    secret: 'code',
    form: 'other case',
    sinks: ['message'],
    play: obtainBy((_request, stage) => new URL(`https://${stage.secret('code')}.example/`).host),
  },
  {
    title: 'a driver’s message with the row in it',
    secret: 'client secret',
    form: 'raw',
    sinks: ['message', 'JSON.stringify'],
    play: (stage) => {
      const llavero = stage.open({
        ports: {
          cipher: plaintextCipher(),
          tokenStore: {
            ...memoryStore(),
            update: (key) => () =>
              Promise.resolve(
                left({
                  _tag: 'StoreFailure',
                  operation: 'update',
                  why: `duplicate key ${key} (${stage.secret('client secret')})`,
                }),
              ),
          },
        },
      });
      return stage.end(() => stage.vendor.obtain(llavero));
    },
  },
];
