import { ContainerModule } from 'inversify';
import { onTestFinished } from 'vitest';
import { defineProvider } from '../../../src/adapters/providers/define/define-provider.js';
import type { AuthorizationCodeDefinition } from '../../../src/adapters/providers/define/provider-definition.js';
import { ports } from '../../../src/app/container/identifiers.js';
import { createLlavero } from '../../../src/app/create-llavero.js';
import type { Llavero } from '../../../src/app/llavero.js';
import type { Token } from '../../../src/domain/token.js';
import { memoryStore } from '../../../src/testing/memory-store.js';
import { loopbackServer, type RecordedRequest } from '../../servers/loopback-server.js';
import { jumpingClock, type JumpingClock } from '../../servers/oidc/jumping-clock.js';

/** What a server answers: a text is sent as it is, anything else as JSON. */
export interface ServedAnswer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A llavero and a provider that answers over real HTTP. */
export interface AnswerScene {
  readonly llavero: Llavero;
  readonly clock: JumpingClock;
  /** Every request, in order. */
  readonly requests: readonly RecordedRequest[];
  readonly connect: (key?: string) => Promise<Token>;
}

export const key = 'shop/acme';

/** A provider that is defined by these settings and answers so; `field` reads a parameter of a token request. */
export const answerScene = async (
  settings: Partial<AuthorizationCodeDefinition>,
  answer: (request: RecordedRequest, field: (name: string) => string | null) => ServedAnswer,
): Promise<AnswerScene> => {
  const server = await loopbackServer((request, response) => {
    const form = new URLSearchParams(request.body);
    const { status = 200, body = '', headers = {} } = answer(request, (name) => form.get(name));
    const isText = typeof body === 'string';
    response.writeHead(status, { ...(isText ? {} : { 'content-type': 'application/json' }), ...headers });
    response.end(isText ? body : JSON.stringify(body));
  });
  onTestFinished(server.close);
  const clock = jumpingClock();
  const preset = defineProvider({
    id: 'shop',
    baseUrl: server.url,
    authorizationEndpoint: '/authorize',
    tokenEndpoint: '/token',
    clientAuthentication: 'post',
    pkce: false,
    api: { base: '/api' },
    ...settings,
  });
  const llavero = createLlavero({
    providers: [
      preset({ clientId: 'id', clientSecret: 'secret', redirectUri: 'https://app.test/cb', baseUrl: server.url }),
    ],
    store: memoryStore(),
    encryption: { keys: [{ id: 'test', secret: Buffer.alloc(32, 7).toString('base64') }] },
    allowHttpOnLoopback: true,
    overrides: [new ContainerModule(({ rebind }) => void rebind(ports.clock).toConstantValue(clock))],
  });
  onTestFinished(() => llavero.close());
  return {
    llavero,
    clock,
    requests: server.requests,
    connect: (of = key) => llavero.exchange(of, { code: 'c' }),
  };
};
