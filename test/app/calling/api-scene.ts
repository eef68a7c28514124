import type { ServerResponse } from 'node:http';
import type { Token } from 'llavero';
import type { Placement, Provider, ProviderApi, ProviderPreset } from '../../../src/ports/provider.js';
import { loopbackServer, type LoopbackServer, type RecordedRequest } from '../../servers/loopback-server.js';
import { centryKey, centryPreset, makeScene, type ProcessOptions, type Scene } from '../llavero-fixture.js';
import { centryAnswer } from '../provider-answers.js';

/** What the API does with one request. */
export type Answering = (request: RecordedRequest, response: ServerResponse) => void;

/** Answers with a status, a body and headers. */
export const answers =
  (status: number, body = '', headers: Readonly<Record<string, string>> = {}): Answering =>
  (_request, response) => {
    response.writeHead(status, headers).end(body);
  };

/** A connected account whose provider's API is a real server: each request takes the next answer, the last one stays. */
export interface ApiScene extends Scene, AsyncDisposable {
  readonly api: LoopbackServer;
  readonly base: string;
  readonly script: (...answering: readonly Answering[]) => void;
  /** Another server, of another origin; it answers 200. */
  readonly elsewhere: LoopbackServer;
  readonly token: Token;
}

export const bearer: Placement = { credential: 'token', in: 'header', name: 'Authorization', scheme: 'Bearer' };

/** What a provider documents of its limits. */
type Rates = Pick<Provider, 'requestRate' | 'accountRequestRate'>;

const withApi = (preset: ProviderPreset, api: ProviderApi, rates: Rates): ProviderPreset => ({
  id: preset.id,
  configure: (rules) => ({ ...preset.configure(rules), api, ...rates }),
});

/** Connected at generation 1; `api` changes what the provider says of its API, `rates` of its limits. */
export const apiScene = async (
  api: Partial<ProviderApi> = {},
  options: ProcessOptions = {},
  rates: Rates = {},
): Promise<ApiScene> => {
  let left: Answering[] = [answers(200, '{"ok":true}', { 'content-type': 'application/json' })];
  const server = await loopbackServer((request, response) => {
    const next = left.length > 1 ? left.shift() : left[0];
    next?.(request, response);
  });
  const elsewhere = await loopbackServer(answers(200, 'elsewhere'));
  const base = `${server.url}/conexion/v1`;
  const preset = withApi(centryPreset(), { base: () => base, placement: () => bearer, ...api }, rates);
  const scene = makeScene({ ...options, providers: [preset] });
  scene.http.answer(centryAnswer(1));
  const token = await scene.llavero.exchange(centryKey, { code: 'c' });
  scene.store.resetCounts();
  return {
    ...scene,
    api: server,
    base,
    elsewhere,
    token,
    script: (...answering) => {
      left = [...answering];
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([server.close(), elsewhere.close()]);
    },
  };
};

/** The `Authorization` headers that arrived, in order. */
export const authorizations = ({ requests }: LoopbackServer): readonly (string | undefined)[] =>
  requests.map(({ headers }) => headers['authorization']);
