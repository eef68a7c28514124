import type { ServiceIdentifier } from 'inversify';
import type { RefreshPolicy } from '../../domain/refresh-policy.js';
import type { Cipher } from '../../ports/cipher.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { HttpClient } from '../../ports/http-client.js';
import type { Fetch } from '../../ports/fetch.js';
import type { RateLimiter } from '../../ports/rate-limiter.js';
import type { Randomness } from '../../ports/randomness.js';
import type { TokenStore } from '../../ports/token-store.js';
import type { ProviderRegistry } from '../accounts/provider-registry.js';
import type { Llavero } from '../llavero.js';
import type { ApiCaller } from '../calling/api-caller.js';
import type { CallApi } from '../calling/call-api.js';
import type { CompleteAuthorization } from '../authorizing/complete-authorization.js';
import type { GetStatus } from '../accounts/get-status.js';
import type { GetToken } from '../renewal/get-token.js';
import type { InvalidateToken } from '../renewal/invalidate-token.js';
import type { ListStatuses } from '../accounts/list-statuses.js';
import type { RegisterAccount } from '../accounts/register-account.js';
import type { RemoveAccount } from '../accounts/remove-account.js';
import type { ResealAccounts } from '../encryption/reseal-accounts.js';
import type { RetryAccount } from '../accounts/retry-account.js';
import type { RevokeToken } from '../accounts/revoke-token.js';
import type { SweepAccounts } from '../sweeping/sweep-accounts.js';
import type { StartAuthorization } from '../authorizing/start-authorization.js';
import type { Parts, Settings } from './compose.js';

/** A service identifier that remembers its type; the same symbol in every copy of the package. */
const token = <T>(name: string): ServiceIdentifier<T> => Symbol.for(`llavero/${name}`);

/** The ports: rebind any of them to swap an adapter. */
export const ports = {
  httpClient: token<HttpClient>('HttpClient'),
  tokenStore: token<TokenStore>('TokenStore'),
  clock: token<Clock>('Clock'),
  randomness: token<Randomness>('Randomness'),
  fetch: token<Fetch>('Fetch'),
  rateLimiter: token<RateLimiter>('RateLimiter'),
  cipher: token<Cipher>('Cipher'),
  eventSink: token<EventSink>('EventSink'),
} as const;

/** What stands on the ports: the use cases, and the façade over them. */
export const services = {
  llavero: token<Llavero>('Llavero'),
  policy: token<RefreshPolicy>('RefreshPolicy'),
  providers: token<ProviderRegistry>('ProviderRegistry'),
  getToken: token<GetToken>('GetToken'),
  registerAccount: token<RegisterAccount>('RegisterAccount'),
  startAuthorization: token<StartAuthorization>('StartAuthorization'),
  completeAuthorization: token<CompleteAuthorization>('CompleteAuthorization'),
  invalidateToken: token<InvalidateToken>('InvalidateToken'),
  callApi: token<CallApi>('CallApi'),
  revokeToken: token<RevokeToken>('RevokeToken'),
  removeAccount: token<RemoveAccount>('RemoveAccount'),
  getStatus: token<GetStatus>('GetStatus'),
  listStatuses: token<ListStatuses>('ListStatuses'),
  sweepAccounts: token<SweepAccounts>('SweepAccounts'),
  resealAccounts: token<ResealAccounts>('ResealAccounts'),
  retryAccount: token<RetryAccount>('RetryAccount'),
} as const;

/** What the services are composed from. It may change with any release, so it is not exported from the package. */
export const internals = {
  settings: token<Settings>('Settings'),
  parts: token<Parts>('Parts'),
  apiCaller: token<ApiCaller>('ApiCaller'),
} as const;
