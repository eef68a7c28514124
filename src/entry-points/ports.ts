export { fromPromiseStore, type PromiseTokenStore } from '../adapters/stores/from-promise-store.js';
export type { AccountKey } from '../domain/account-key.js';
export type { AccountRecord, Attempt, Failure, TerminalState } from '../domain/account-record.js';
export type { AddressRules } from '../domain/address-rules.js';
export type { AnswerContext } from '../domain/answer-context.js';
export type { AuthorizationMemory } from '../domain/authorization-memory.js';
export type { CallbackParameters } from '../domain/callback-parameters.js';
export type { Credential, CredentialFields, GrantStyle } from '../domain/credential.js';
export type { IssuedToken } from '../domain/issued-token.js';
export type { LlaveroEvent, LlaveroEventType } from '../domain/llavero-event.js';
export type { AnswerWarning, Outcome } from '../domain/outcome.js';
export type { Delivery, PendingAuthorization, PendingChange } from '../domain/pending-authorization.js';
export type { FoundRecord, ListedPending, UnreadablePending, UnreadableRecord } from '../domain/unreadable-record.js';
export type { StoreTrouble, StoreWarning } from '../domain/store-trouble.js';
export { drop, keep, put, type Change, type RecordChange } from '../domain/record-change.js';
export type { Rotation } from '../domain/rotation.js';
export type { Cipher, CipherFailure, SealBinding } from '../ports/cipher.js';
export type { Clock } from '../ports/clock.js';
export type { EventSink } from '../ports/event-sink.js';
export type { Authorization, AuthorizationInput, Grant, ObtainedCode, TokenRequest } from '../ports/grant.js';
export type { HttpAnswer, HttpClient, HttpFailure, HttpRequest, Parameters } from '../ports/http-client.js';
export type { ApiVerdict, Placement, Provider, ProviderApi, ProviderPreset } from '../ports/provider.js';
export type { CountedRate, RateLimiter, RequestRate } from '../ports/rate-limiter.js';
export type { Randomness } from '../ports/randomness.js';
export type {
  ClaimQuery,
  ClaimRelease,
  NoteChange,
  PageQuery,
  PendingQuery,
  StoreFailure,
  TokenStore,
  WriteOptions,
} from '../ports/token-store.js';
