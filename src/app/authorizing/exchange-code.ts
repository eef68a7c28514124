import { pipe } from 'fp-ts/lib/function.js';
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { misuse } from '../../domain/misuse.js';
import { parsePastedCode } from '../../domain/pasted-code.js';
import { tokenError, type TokenError } from '../../domain/token-error.js';
import type { Token } from '../../domain/token.js';
import type { Clock } from '../../ports/clock.js';
import type { ObtainedCode } from '../../ports/grant.js';
import type { Randomness } from '../../ports/randomness.js';
import type { Account } from '../accounts/account.js';
import type { Accounts } from '../accounts/account-repository.js';
import type { SingleFlight } from '../renewal/single-flight.js';
import type { Renewed } from '../renewal/single-flight-renewal.js';
import type { UseCase, UseCaseError } from '../use-case/use-case-error.js';
import { callerPatience } from './caller-patience.js';
import type { SpendCode } from './spend-code.js';

export interface ExchangeInput {
  /** The code, or the whole address (or query) that the provider sent the browser to with the code in it. */
  readonly code: string;
  readonly redirectUri?: string | undefined;
  /** The API address that came with the code, where each account has its own. */
  readonly apiAddress?: string | undefined;
}

/**
 * Checks no state: for server-side use by an operator who holds the code. A caller whose patience ends is let go, and the work
 * goes on: the answer is read and committed all the same.
 */
export type ExchangeCode = (key: string, input: ExchangeInput) => UseCase<Token>;

export interface ExchangeCodeDeps {
  readonly accounts: Accounts;
  readonly flights: SingleFlight<Renewed>;
  readonly spendCode: SpendCode;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

const asUseCaseError = (problem: string | TokenError): UseCaseError =>
  typeof problem === 'string' ? misuse(problem) : problem;

const obtainedCode = (account: Account, input: ExchangeInput): E.Either<UseCaseError, ObtainedCode> => {
  const { authorization, style } = account.grant;
  const { key } = account.key;
  if (authorization === undefined) {
    return E.left(misuse(`${key} takes no code: its grant is ${style}; call token()`));
  }
  if (typeof input?.code !== 'string' || input.code.trim() === '') {
    return E.left(
      misuse(
        'exchange(key, { code }): code must be the text that the provider showed, or the address that it sent the browser to',
      ),
    );
  }
  return pipe(
    parsePastedCode(key, input.code),
    E.flatMap((code) => authorization.pasted(account.credential, { ...input, code })),
    E.mapLeft(asUseCaseError),
  );
};

/** The caller's patience is over, and the request is not. Nobody but the provider knows whether the same code may go again. */
const stillOnItsWay = (key: string): UseCaseError =>
  tokenError('ProviderUnavailable', {
    key,
    why: 'the code is still on its way to the provider, and status() tells whether a token came of it; if not, it may be spent',
    startAgain: true,
  });

export const makeExchangeCode = (deps: ExchangeCodeDeps): ExchangeCode => {
  const { accounts, flights, spendCode, clock, randomness } = deps;

  const spend = (account: Account, code: ObtainedCode): UseCase<Token> =>
    flights.detached(account.key.key, (release) => {
      let delayedBy: UseCaseError = stillOnItsWay(account.key.key);
      const patience = callerPatience(clock, account.policy.patienceMs, () => release(delayedBy));
      const work = pipe(
        spendCode(account, code, randomness.token(12), (error) => {
          delayedBy = error;
        }),
        TE.mapError(({ error }) => error),
      );
      return () => work().finally(patience.stop);
    });

  return (key, input) =>
    pipe(
      accounts.ensure(key),
      TE.flatMap((account) =>
        pipe(
          TE.fromEither(obtainedCode(account, input)),
          TE.flatMap((code) => spend(account, code)),
        ),
      ),
    );
};
