import { pipe } from 'fp-ts/lib/function.js';
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { defaultAccount, makeAccountKey, unknownProviderKey, type AccountKey } from '../../domain/account-key.js';
import type { CredentialStatus } from '../../domain/account-state.js';
import type { CredentialFields } from '../../domain/credential.js';
import { misuse } from '../../domain/misuse.js';
import { tokenError } from '../../domain/token-error.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { Accounts } from './account-repository.js';
import type { ConfiguredProvider, ProviderRegistry } from './provider-registry.js';
import type { TokenCache } from './token-cache.js';
import { $, steps } from '../use-case/steps.js';
import type { UseCase, UseCaseError } from '../use-case/use-case-error.js';
import { statusOfAccount } from './status-of-account.js';

/** What `register` takes: the provider, the account (`default` when left out) and the fields that provider knows. */
export interface CredentialInput {
  readonly provider: string;
  readonly account?: string | undefined;
  readonly scope?: string | undefined;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly redirectUri?: string | undefined;
  readonly grant?: 'authorization_code' | 'client_credentials' | undefined;
  readonly baseUrl?: string | undefined;
  readonly apiKey?: string | undefined;
  readonly consumerKey?: string | undefined;
  readonly consumerSecret?: string | undefined;
  readonly storeUrl?: string | undefined;
  readonly apiAddress?: string | undefined;
}

export interface RegisterOptions {
  /**
   * The addresses that change lead to the very server or shop that issued the token: it is kept and sent there. Without this
   * a token stays with the addresses it was issued for, and the account asks for a new authorization.
   */
  readonly keepToken?: boolean | undefined;
}

/**
 * Creates an account or updates its fields; sends nothing. A changed client secret keeps the token; with other addresses the
 * token is not used, because it is sent to nobody but the server or shop that it was issued for.
 */
export type RegisterAccount = (input: CredentialInput, options: RegisterOptions) => UseCase<CredentialStatus>;

export interface RegisterAccountDeps {
  readonly providers: ProviderRegistry;
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly events: EventSink;
  readonly cache: TokenCache;
}

export const makeRegisterAccount =
  ({ providers, accounts, clock, events, cache }: RegisterAccountDeps): RegisterAccount =>
  (input, options) =>
    steps(function* () {
      yield* $(TE.fromEither(checkOptions(options)));
      const { key, fields } = yield* $(TE.fromEither(read(providers, input)));
      const known = yield* $(accounts.find(key.key));
      const account = yield* $(accounts.save(key, known, fields, options));
      if (known !== undefined && known.record.incarnation !== account.record.incarnation) {
        cache.end(key.key, known.record.incarnation);
      }
      events.emit({ type: 'registered', key: key.key, at: new Date(clock.nowMs()), created: known === undefined });
      return statusOfAccount(account, clock.nowMs());
    });

const checkOptions = (options: unknown): E.Either<UseCaseError, void> => {
  const keepToken: unknown =
    typeof options === 'object' && options !== null ? Reflect.get(options, 'keepToken') : options;
  return keepToken === undefined || typeof keepToken === 'boolean'
    ? E.right(undefined)
    : E.left(misuse('register(input, { keepToken }): keepToken must be true or false'));
};

const read = (
  providers: ProviderRegistry,
  input: CredentialInput,
): E.Either<UseCaseError, { readonly key: AccountKey; readonly fields: CredentialFields }> => {
  const { provider, account = defaultAccount, ...rest } = Object(input) === input ? input : { provider: '' };
  if (typeof provider !== 'string' || typeof account !== 'string') {
    return E.left(misuse("register({ provider, account }): both must be strings, for example 'shop' and '391250'"));
  }
  return pipe(
    makeAccountKey(provider, account),
    E.mapLeft((why): UseCaseError => misuse(`register({ provider, account }): ${why}`)),
    E.flatMap((key) =>
      pipe(
        fieldsOf(providers.find(key.provider), rest),
        E.map((fields) => ({ key, fields })),
      ),
    ),
  );
};

const fieldsOf = (
  configured: ConfiguredProvider | undefined,
  rest: Readonly<Record<string, unknown>>,
): E.Either<UseCaseError, CredentialFields> =>
  configured === undefined
    ? E.left(tokenError('UnknownKey', { key: unknownProviderKey, why: 'no_such_provider' }))
    : pipe(configured.provider.parseFields(rest), E.mapLeft(misuse));
