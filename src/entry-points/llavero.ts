export { createLlavero, type CreateLlaveroOptions } from '../app/create-llavero.js';
export type { Llavero, TokenOptions } from '../app/llavero.js';
export { LlaveroError } from '../app/llavero-error.js';
export type { EncryptionKey, EncryptionKeys, LlaveroOptions } from '../app/llavero-options.js';
export type { ApiLimits } from '../app/calling/api-rate-limit.js';
export type { ExchangeInput } from '../app/authorizing/exchange-code.js';
export type { CallbackOptions } from '../app/authorizing/receive-callback.js';
export type { TokenNeed } from '../app/renewal/get-token.js';
export type { ListFilter } from '../app/accounts/list-statuses.js';
export type { CredentialInput, RegisterOptions } from '../app/accounts/register-account.js';
export type { ResealOptions, ResealReport } from '../app/encryption/reseal-accounts.js';
export type { RevokeOptions } from '../app/accounts/revoke-token.js';
export type { StartOptions } from '../app/sweeping/keep-sweeping.js';
export type { SweepReport } from '../app/sweeping/sweep-report.js';
export type { SweepOptions } from '../app/sweeping/sweep-accounts.js';
export type { AuthorizeOptions, StartedAuthorization } from '../app/authorizing/start-authorization.js';
export type { ClientAuthentication } from '../adapters/grants/client-authentication.js';
export { defineProvider } from '../adapters/providers/define/define-provider.js';
export type { PresetOptions } from '../adapters/providers/define/make-preset.js';
export type {
  AnswerDefinition,
  ApiDefinition,
  AuthorizationCodeDefinition,
  ClientCredentialsDefinition,
  CredentialPart,
  DefinedPreset,
  FieldDefinition,
  MomentDefinition,
  OwnGrantDefinition,
  ProviderDefinition,
  ProviderOptions,
  StaticParameters,
} from '../adapters/providers/define/provider-definition.js';
export { centry, type CentryOptions } from '../adapters/providers/centry/centry.js';
export { citrusAd, type CitrusAdOptions } from '../adapters/providers/citrus-ad/citrus-ad.js';
export { tray, type TrayOptions } from '../adapters/providers/tray/tray.js';
export type { ClassifyError, Refusal, RefusedAnswer } from '../domain/token-response/classified-refusal.js';
export type { AccountState, CredentialStatus } from '../domain/account-state.js';
export type { LlaveroEvent, LlaveroEventType } from '../domain/llavero-event.js';
export type { RefreshPolicy, RefreshPolicyOptions, RecoveryPolicy } from '../domain/refresh-policy.js';
export type { Rotation } from '../domain/rotation.js';
export { Secret } from '../domain/secret.js';
export type {
  ErrorCode,
  ReauthorizationCause,
  TokenError,
  TokenErrorOf,
  TokenErrorTag,
} from '../domain/token-error.js';
export type { Token } from '../domain/token.js';
export type { ApiVerdict, Placement, ProviderPreset } from '../ports/provider.js';
