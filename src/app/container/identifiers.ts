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
import type { Accounts } from '../accounts/account-repository.js';
import type { Drafts } from '../accounts/drafts.js';
import type { Fingerprints } from '../encryption/fingerprints.js';
import type { ProviderRegistry } from '../accounts/provider-registry.js';
import type { Vault } from '../encryption/record-encryption.js';
import type { Lifetime, Llavero } from '../llavero.js';
import type { KeepSweeping } from '../sweeping/keep-sweeping.js';
import type { ApiAccesses } from '../calling/api-access.js';
import type { ApiCaller } from '../calling/api-caller.js';
import type { ApiTurns } from '../calling/api-turns.js';
import type { KeyChecks } from '../encryption/key-checks.js';
import type { MakeReady } from '../encryption/open-store.js';
import type { CommitToken } from '../renewal/commit-token.js';
import type { ClientPauses } from '../accounts/client-pauses.js';
import type { AttemptPlaces } from '../renewal/attempt-places.js';
import type { HostTime } from '../store/host-time.js';
import type { StoreClock } from '../store/store-clock.js';
import type { StorePace } from '../store/store-pace.js';
import type { AwaitConcurrentRenewal } from '../renewal/await-concurrent-renewal.js';
import type { Persist } from '../renewal/persist.js';
import type { SingleFlight } from '../renewal/single-flight.js';
import type { Renewed, TokenRenewer } from '../renewal/single-flight-renewal.js';
import type { RecordAttempt } from '../renewal/record-attempt.js';
import type { RenewToken } from '../renewal/renew-token.js';
import type { SendTokenRequest } from '../renewal/send-token-request.js';
import type { CompareToken } from '../renewal/compare-token.js';
import type { RevokeDiscarded } from '../renewal/revoke-discarded.js';
import type { TellRevoked } from '../accounts/tell-revoked.js';
import type { TokenCache } from '../accounts/token-cache.js';
import type { WriteOutcome } from '../renewal/write-outcome.js';
import type { RenewDue } from '../sweeping/renew-due.js';
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

/** What the use cases share. It may change with any release, so it is not exported from the package. */
export const internals = {
  storeTimeoutMs: token<number>('StoreTimeoutMs'),
  store: token<TokenStore>('GuardedTokenStore'),
  http: token<HttpClient>('GuardedHttpClient'),
  cipher: token<Cipher>('GuardedCipher'),
  events: token<EventSink>('GuardedEventSink'),
  lifetime: token<Lifetime>('Lifetime'),
  drafts: token<Drafts>('Drafts'),
  fingerprints: token<Fingerprints>('Fingerprints'),
  vault: token<Vault>('Vault'),
  accounts: token<Accounts>('Accounts'),
  tokenCache: token<TokenCache>('TokenCache'),
  flights: token<SingleFlight<Renewed>>('SingleFlight'),
  storeClock: token<StoreClock>('StoreClock'),
  hostTime: token<HostTime>('HostTime'),
  storePace: token<StorePace>('StorePace'),
  attemptPlaces: token<AttemptPlaces>('AttemptPlaces'),
  persist: token<Persist>('Persist'),
  sendTokenRequest: token<SendTokenRequest>('SendTokenRequest'),
  commitToken: token<CommitToken>('CommitToken'),
  clientPauses: token<ClientPauses>('ClientPauses'),
  awaitConcurrentRenewal: token<AwaitConcurrentRenewal>('AwaitConcurrentRenewal'),
  writeOutcome: token<WriteOutcome>('WriteOutcome'),
  recordAttempt: token<RecordAttempt>('RecordAttempt'),
  renewToken: token<RenewToken>('RenewToken'),
  renewer: token<TokenRenewer>('TokenRenewer'),
  tellRevoked: token<TellRevoked>('TellRevoked'),
  revokeDiscarded: token<RevokeDiscarded>('RevokeDiscarded'),
  compareToken: token<CompareToken>('CompareToken'),
  accesses: token<ApiAccesses>('ApiAccesses'),
  apiCaller: token<ApiCaller>('ApiCaller'),
  apiTurns: token<ApiTurns>('ApiTurns'),
  keyChecks: token<KeyChecks>('KeyChecks'),
  makeReady: token<MakeReady>('MakeReady'),
  renewDue: token<RenewDue>('RenewDue'),
  keepSweeping: token<KeepSweeping>('KeepSweeping'),
} as const;
