import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { resolveApiAddress, type ApiAddress } from '../../domain/api-address.js';
import { misuse } from '../../domain/misuse.js';
import { leftMs, renewSoonMs } from '../../domain/refresh-policy.js';
import { tokenError } from '../../domain/token-error.js';
import { incarnationOf, timesOfToken, type Token } from '../../domain/token.js';
import type { ApiReply, CallIntent, Placed } from '../../ports/api-calls.js';
import type { Clock } from '../../ports/clock.js';
import type { ApiVerdict, Placement, ProviderApi } from '../../ports/provider.js';
import { $, steps } from '../use-case/steps.js';
import type { UseCaseError } from '../use-case/use-case-error.js';
import type { GetToken } from '../renewal/get-token.js';
import type { InvalidateToken } from '../renewal/invalidate-token.js';
import type { ApiAccess, ApiAccesses } from './api-access.js';
import type { ApiRateLimit } from './api-rate-limit.js';
import type { Call } from './call.js';
import { judgeRefusal } from './judge-refusal.js';
import type { NoteUnavailable } from './note-unavailable.js';
import { makeRecentRenewals } from './recent-renewals.js';
import { placeCredential, showsSecret, withoutCredentials, withoutParameter } from './place-credential.js';

/** Puts the credential of the API into a request to its own origin. */
export type Authorize = (url: URL, headers: Headers) => Either<UseCaseError, Placed>;

/** One sending of a request, with the credential that its path wants. */
export interface PreparedCall {
  readonly url: URL;
  readonly authorize: Authorize;
  readonly redact: (url: URL) => URL;
  /** The caller's headers as they may leave the API's origin. */
  readonly crossOriginHeaders: (headers: Headers) => Headers;
  /** Whether an address shows the credential that goes along. */
  readonly leaksCredential: (address: string) => boolean;
  /** What to send in the place of an answer, at most once; undefined where it stands. */
  readonly onResponse: (reply: ApiReply) => Call<PreparedCall | undefined>;
}

/** The rules of calling an account's API, whatever sends: where a path leads, which credential it wants, what a 401 means. */
export interface ApiCaller {
  readonly prepare: (key: string, intent: CallIntent) => Call<PreparedCall>;
}

export interface ApiCallerDeps {
  readonly accesses: ApiAccesses;
  readonly getToken: GetToken;
  readonly invalidateToken: InvalidateToken;
  readonly noteUnavailable: NoteUnavailable;
  readonly turns: ApiRateLimit;
  readonly clock: Clock;
}

/** The base of an account's API, and the token that told it where no other thing does. */
interface KnownBase {
  readonly base: string;
  readonly token?: Token;
}

/** A request, resolved. */
interface Target extends ApiAccess, ApiAddress, KnownBase {
  readonly intent: CallIntent;
  readonly placement: Placement;
}

/** An account that is registered or renewed more often than this while one call is prepared is asked for later. */
const mostReadings = 3;

/** Whether a reading of an account found this very token. */
const isOf = (token: Token, { incarnation, generation }: ApiAccess): boolean =>
  token.generation === generation && (incarnationOf(token) ?? incarnation) === incarnation;

/** A refusal of a token that was renewed less than this ago earns no other renewal. */
const refusedAfterMs = 30_000;

/** How long the body of a 401 is waited for. */
const readMs = 5_000;

export const makeApiCaller = (deps: ApiCallerDeps): ApiCaller => {
  const { accesses, getToken, invalidateToken, noteUnavailable, turns, clock } = deps;

  const recent = makeRecentRenewals(clock);

  /** A stream cannot be sent twice, so a token that is about to end is renewed before it, not after. */
  const tokenFor = ({ key, policy, intent, token: known }: Target): Call<Token> =>
    pipe(
      known === undefined ? getToken(key, {}) : TE.right<UseCaseError, Token>(known),
      TE.flatMap((token) => {
        const times = timesOfToken(token);
        const minValidMs = renewSoonMs(policy, times);
        if (intent.isReplayable || leftMs(times, clock.nowMs()) >= minValidMs) return TE.right(token);
        return pipe(
          getToken(key, { minValidMs }),
          TE.orElse(() => TE.right(token)),
        );
      }),
    );

  /** A base that only the token knows costs a token even on paths that carry none. */
  const baseOf = (access: ApiAccess): Call<KnownBase> => {
    const { key, api, credential } = access;
    const base = api.base(credential, {});
    if (base !== undefined) return TE.right({ base });
    return pipe(
      getToken(key, {}),
      TE.flatMap((token) =>
        pipe(
          baseFor(access, token),
          TE.map((told) => ({ base: told, token })),
        ),
      ),
    );
  };

  const targetAt = (known: KnownBase, access: ApiAccess, intent: CallIntent): Call<Target> => {
    const { key, api } = access;
    const address = resolveApiAddress(known.base, intent.address);
    if (address._tag === 'Left') return TE.left(tokenError('UntrustedAddress', { key, ...address.left }));
    const placement = api.placement(address.right.path);
    return TE.right({ ...access, ...address.right, ...known, intent, placement });
  };

  const targetOf = (access: ApiAccess, intent: CallIntent): Call<Target> =>
    pipe(
      baseOf(access),
      TE.flatMap((known) => targetAt(known, access, intent)),
    );

  /**
   * A token goes to the API it was issued for, by a reading of the account that found this very token: the account may have
   * been registered anew, or moved, since the address was known.
   */
  const callWith = (target: Target, token: Token): Call<PreparedCall> =>
    steps(function* () {
      let access: ApiAccess = target;
      let found = token;
      for (let reading = 1; !isOf(found, access); reading += 1) {
        if (reading > mostReadings) return yield* $(TE.left(tokenError('RenewalUnderWay', { key: target.key })));
        if (reading > 1) found = yield* $(getToken(target.key, {}));
        if (!isOf(found, access)) access = yield* $(accesses.again(target.key));
      }
      const base = yield* $(baseFor(access, found));
      const settled =
        base === target.base ? { ...target, ...access } : yield* $(targetAt({ base }, access, target.intent));
      return callOf(settled, settled.placement.credential === 'token' ? found : undefined);
    });

  const baseFor = ({ key, api, credential }: ApiAccess, { attributes }: Token): Call<string> => {
    const base = api.base(credential, attributes) ?? api.base(credential, {});
    return base === undefined
      ? TE.left(tokenError('ResponseMalformed', { key, why: 'no_api_address' }))
      : TE.right(base);
  };

  const callOf = (target: Target, token: Token | undefined): PreparedCall => {
    const { key, api, credential, base, url } = target;
    const redact = (address: URL): URL => {
      const below = resolveApiAddress(base, address.href);
      return withoutParameter(address, below._tag === 'Right' ? api.placement(below.right.path) : target.placement);
    };
    const authorize: Authorize = (hop, headers) => {
      const below = resolveApiAddress(base, hop.href);
      if (below._tag === 'Left') return left(tokenError('UntrustedAddress', { key, ...below.left }));
      const placement = api.placement(below.right.path);
      const secret = placement.credential === 'api_key' ? credential.apiKey : token?.accessToken;
      return right(placeCredential(hop, headers, placement, secret));
    };
    return {
      url: redact(url),
      authorize,
      redact,
      crossOriginHeaders: (headers) => withoutCredentials(headers, target.placement),
      leaksCredential: (address) => showsSecret(address, token?.accessToken) || showsSecret(address, credential.apiKey),
      onResponse: (reply) => {
        turns.note(target, reply);
        return token === undefined || !reply.isAboutToken ? TE.right(undefined) : judged(target, token, reply);
      },
    };
  };

  const judgedInTime = async (api: ProviderApi, reply: ApiReply): Promise<ApiVerdict> => {
    const judged = new AbortController();
    try {
      return await judgeRefusal(api, reply, clock.idle(readMs, judged.signal));
    } finally {
      judged.abort('judged');
    }
  };

  /**
   * A newer token that is already there is used; otherwise it is renewed, once for all who were refused. A token that was
   * renewed lately is not: then it is not for the token that the API refuses, and the refusal stands.
   */
  const again = (target: Target, refused: Token): Call<PreparedCall | undefined> =>
    pipe(
      invalidateToken(target.key, refused, { leastAgeMs: refusedAfterMs }),
      TE.flatMap((invalidation): Call<PreparedCall | undefined> => {
        const { key, intent } = target;
        if (invalidation._tag === 'RenewedLately') recent.note(refused, invalidation.leftMs);
        if (invalidation._tag === 'RenewedLately' || !intent.isReplayable) return TE.right(undefined);
        return pipe(
          getToken(key, {}),
          TE.tap(() => turns.take(target, intent.signal)),
          TE.flatMap((token) => callWith({ ...target, intent: { ...intent, isReplay: true } }, token)),
        );
      }),
    );

  const judged = (target: Target, token: Token, reply: ApiReply): Call<PreparedCall | undefined> => {
    if (target.intent.isReplay === true) return TE.right(undefined);
    return pipe(
      TE.fromTask(() => judgedInTime(target.api, reply)),
      TE.flatMap((verdict): Call<PreparedCall | undefined> => {
        if (verdict === 'not_about_the_token') return TE.right(undefined);
        if (verdict === 'token_refused') {
          return recent.isKnown(token) ? TE.right(undefined) : again(target, token);
        }
        return noteUnavailable(token, verdict.error);
      }),
    );
  };

  const prepared = (target: Target): Call<PreparedCall> => {
    const { key, placement, credential, path } = target;
    if (placement.credential === 'token') {
      return pipe(
        tokenFor(target),
        TE.flatMap((token) => callWith(target, token)),
      );
    }
    if (placement.credential === 'api_key' && credential.apiKey === undefined) {
      return TE.left(misuse(`${key} has no apiKey, which ${path} wants: give it to the preset or to register()`));
    }
    return target.token === undefined ? TE.right(callOf(target, undefined)) : callWith(target, target.token);
  };

  return {
    prepare: (key, intent) =>
      pipe(
        accesses.of(key),
        TE.flatMap((access) => targetOf(access, intent)),
        TE.flatMap((target) =>
          pipe(
            prepared(target),
            TE.tap(() => turns.take(target, intent.signal)),
          ),
        ),
      ),
  };
};
