import { right } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { isSameOrigin } from '../../domain/api-address.js';
import { becomesGet, mostRedirects, redirectTarget } from '../../domain/redirected.js';
import type { Placed } from '../../ports/api-calls.js';
import type { Fetch } from '../../ports/fetch.js';
import type { UseCaseError } from '../use-case/use-case-error.js';
import type { PreparedCall } from './api-caller.js';
import type { ApiRequest } from './api-request.js';
import type { Call } from './call.js';
import { abortedBy, codeOfThrown, type CallFailure } from './call-failure.js';
import { withoutBody } from './place-credential.js';
import { scrubbedResponse } from './scrubbed-response.js';

/** An answer, and what it may be judged by. */
export interface ApiAnswer {
  readonly response: Response;
  /** The server that we hold a credential for gave it. */
  readonly isFromApi: boolean;
  /** It did, to the caller's own request and to a token. */
  readonly isAboutToken: boolean;
}

/** Sends a request once and follows its redirects; to another origin it goes without any credential. */
export type SendFollowing = (call: Omit<PreparedCall, 'onResponse'>, request: ApiRequest) => Call<ApiAnswer>;

/** A request on its way. */
interface Hop {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: ApiRequest['body'];
  readonly redirects: number;
  /** It has never left the API's origin. Whoever was led away does not come back with a credential. */
  readonly isAtHome: boolean;
  /** A redirect made another request of it: what the first one asked for was done. */
  readonly isChanged: boolean;
}

/** What came back for one hop, and what it had carried. */
interface Arrived {
  readonly response: Response;
  readonly carried: Placed['carries'];
}

const failed = (code: string): Call<never> => TE.left({ _tag: 'FetchFailed', code });

export const makeSendFollowing =
  (fetch: Fetch): SendFollowing =>
  ({ url: start, authorize, redact, crossOriginHeaders, leaksCredential }, request) => {
    const send = ({ url, method, headers, body, isAtHome }: Hop): Call<Arrived> => {
      const { signal } = request;
      if (signal?.aborted === true) return TE.left(abortedBy(signal));
      return pipe(
        TE.fromEither(
          isAtHome ? authorize(url, headers) : right<UseCaseError, Placed>({ url, headers, carries: 'none' }),
        ),
        TE.flatMap((placed) =>
          TE.tryCatch(
            async () => ({
              carried: placed.carries,
              response: await fetch(placed.url.href, {
                ...request.others,
                method,
                headers: placed.headers,
                redirect: 'manual',
                ...(body === undefined || body === null ? {} : { body, duplex: 'half' as const }),
                ...(signal === undefined ? {} : { signal }),
              }),
            }),
            (thrown): CallFailure =>
              signal?.aborted === true ? abortedBy(signal) : { _tag: 'FetchFailed', code: codeOfThrown(thrown) },
          ),
        ),
      );
    };

    const follow = (hop: Hop): Call<ApiAnswer> =>
      pipe(
        send(hop),
        TE.flatMap(({ response, carried }) => {
          const target = redirectTarget(response.status, response.headers.get('location'), hop.url);
          if (target === undefined || request.redirect === 'manual') {
            const scrubbed = scrubbedResponse(response, hop.url, hop.redirects > 0, printable(response, target));
            return TE.right({
              response: scrubbed,
              isFromApi: hop.isAtHome,
              isAboutToken: hop.isAtHome && !hop.isChanged && carried === 'token',
            });
          }
          discard(response);
          if (request.redirect === 'error') return failed('redirect');
          if (hop.redirects >= mostRedirects) return failed('too_many_redirects');
          return redirected(hop, response.status, redact(target));
        }),
      );

    /** The headers of a redirect that the caller follows himself: its address may echo the credential. */
    const printable = ({ headers }: Response, target: URL | undefined): Headers => {
      if (!leaksCredential(headers.get('location') ?? '')) return headers;
      const tidy = new Headers(headers);
      tidy.delete('location');
      if (target !== undefined && !leaksCredential(redact(target).href)) tidy.set('location', redact(target).href);
      return tidy;
    };

    const redirected = (hop: Hop, status: number, url: URL): Call<ApiAnswer> => {
      const hasBody = hop.body !== undefined && hop.body !== null;
      const dropsBody = becomesGet(status, hop.method);
      if (hasBody && !dropsBody && !request.isReplayable) return failed('redirect_of_a_stream');
      const stays = isSameOrigin(url, hop.url);
      if (!stays && leaksCredential(url.href)) return failed('redirect_shows_credential');
      const kept = stays ? hop.headers : crossOriginHeaders(hop.headers);
      return follow({
        url,
        method: dropsBody ? 'GET' : hop.method,
        headers: dropsBody ? withoutBody(kept) : kept,
        body: dropsBody ? undefined : hop.body,
        redirects: hop.redirects + 1,
        isAtHome: hop.isAtHome && stays,
        isChanged: hop.isChanged || dropsBody,
      });
    };

    const { method, headers, body } = request;
    return follow({ url: start, method, headers, body, redirects: 0, isAtHome: true, isChanged: false });
  };

/** A body that nobody is going to read holds its connection until it is let go. */
export const discard = (response: Response): void => {
  response.body?.cancel().catch(() => undefined);
};
