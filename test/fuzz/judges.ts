import { authorizationCode } from '../../src/adapters/grants/authorization-code.js';
import { centry } from '../../src/adapters/providers/centry/centry.js';
import { citrusAd } from '../../src/adapters/providers/citrus-ad/citrus-ad.js';
import { tray } from '../../src/adapters/providers/tray/tray.js';
import type { AnswerContext } from '../../src/domain/answer-context.js';
import type { IssuedToken } from '../../src/domain/issued-token.js';
import { Secret } from '../../src/domain/secret.js';
import type { Grant } from '../../src/ports/grant.js';
import type { Provider } from '../../src/ports/provider.js';
import { setUp } from '../adapters/providers/provider-fixture.js';
import { centryAnswer, citrusAnswer, trayAnswer } from '../app/provider-answers.js';
import type { Random } from '../simulation/random.js';
import type { RawMember } from './odd-json.js';
import { membersOf } from './raw-answer.js';

/** When every request was sent: 2026-01-01, midnight in Greenwich. */
export const sentAtMs = Date.UTC(2026, 0, 1);

/** The longest rest that is believed. */
export const retryAfterMaxMs = 3_600_000;

/** A grant and an answer that it is happy with. */
export interface Judge {
  readonly name: string;
  readonly grant: Grant;
  readonly status: number;
  readonly members: readonly RawMember[];
  /** What the provider calls the two tokens. */
  readonly access: string;
  readonly refresh: string;
  /** The attributes that a token may carry. */
  readonly attributes: readonly string[];
  readonly provider: Partial<Pick<Provider, 'documentedLifetimeMs' | 'documentedRefreshLifetimeMs'>>;
}

const standard = { access: 'access_token', refresh: 'refresh_token', attributes: ['region'] } as const;
const client = { clientId: 'id', clientSecret: 'secret' } as const;
const consumer = { consumerKey: 'id', consumerSecret: 'secret' } as const;
const base = { baseUrl: 'https://us-integration.citrusad.com' } as const;

const centryMembers = membersOf(centryAnswer(1).json ?? {});
const trayMembers = membersOf(trayAnswer(1, sentAtMs).json ?? {});
const trayAttributes = ['region', 'storeId', 'apiHost'] as const;

/** Another neighbour's names for everything, and attributes of its own. */
const renamed = authorizationCode({
  tokenUrl: 'https://auth.example.com/token',
  authorizationUrl: 'https://auth.example.com/authorize',
  clientAuthentication: 'basic',
  pkce: true,
  answer: {
    names: { accessToken: 'accessToken', refreshToken: 'refreshToken', expiresIn: 'expires', tokenType: 'type' },
    attributes: { userId: 'user_id', shop: 'store_id' },
  },
});

const renamedMembers = membersOf({
  accessToken: 'canary-access-1',
  refreshToken: 'canary-refresh-1',
  expires: '3600',
  type: 'bearer',
  scope: 'read,write',
  user_id: 7,
  store_id: 'a',
  refresh_token_expires_in: 86_400,
});

/** The grants of every preset, and one of a user's own. */
export const judges: readonly [Judge, ...Judge[]] = [
  { ...standard, ...setUp(centry(client)), name: 'centry', status: 200, members: centryMembers },
  {
    ...standard,
    ...setUp(centry({ ...client, grant: 'client_credentials' })),
    name: 'centry by client',
    status: 200,
    members: centryMembers,
  },
  {
    ...standard,
    ...setUp(tray(consumer)),
    name: 'tray',
    status: 201,
    members: trayMembers,
    attributes: trayAttributes,
  },
  {
    ...standard,
    ...setUp(tray({ ...consumer, reuseCode: true })),
    name: 'tray with reuseCode',
    status: 200,
    members: trayMembers,
    attributes: trayAttributes,
  },
  {
    ...standard,
    ...setUp(citrusAd({ ...client, ...base })),
    name: 'citrusad',
    status: 200,
    members: membersOf(citrusAnswer(1).json ?? {}),
  },
  {
    name: 'renamed',
    grant: renamed,
    status: 200,
    members: renamedMembers,
    access: 'accessToken',
    refresh: 'refreshToken',
    attributes: ['region', 'userId', 'shop'],
    provider: {},
  },
];

/** The token of the renewals. */
export const heldBefore: IssuedToken = Object.freeze({
  accessToken: new Secret('held-access'),
  tokenType: 'Bearer',
  scope: 'read write',
  refreshToken: new Secret('held-refresh'),
  obtainedAt: new Date(sentAtMs - 3_600_000),
  expiresAt: new Date(sentAtMs + 3_600_000),
  refreshTokenExpiresAt: new Date(sentAtMs + 86_400_000),
  attributes: Object.freeze({ region: 'south' }),
});

/** What an answer is judged by. */
export const contextOf = (random: Random, { provider }: Judge, step: 'obtain' | 'renew'): AnswerContext => ({
  key: 'shop/1',
  sentAtMs,
  previous: step === 'renew' && random.chance(0.8) ? heldBefore : undefined,
  documentedLifetimeMs: provider.documentedLifetimeMs,
  documentedRefreshLifetimeMs: provider.documentedRefreshLifetimeMs,
  defaultLifetimeMs: 3_600_000,
  retryAfterMaxMs,
  requestedScope: random.chance(0.5) ? 'read_orders write_orders' : undefined,
  apiAddress: random.chance(0.8) ? 'https://shop.example.com/web_api' : undefined,
  code: step === 'obtain' ? new Secret('code') : undefined,
});
