import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { ApiCaller, PreparedCall } from './api-caller.js';
import { readApiRequest, type ApiRequest } from './api-request.js';
import type { Call } from './call.js';
import { replyOf } from './reply-of.js';
import { discard, type ApiAnswer, type SendFollowing } from './send-following.js';

/**
 * Sends a request to an account's API with the credential that its path wants, and once more with a newer token when the
 * API refuses the first one.
 */
export type CallApi = (key: string, input: string | URL | Request, init?: RequestInit) => Call<Response>;

export interface CallApiDeps {
  readonly caller: ApiCaller;
  readonly send: SendFollowing;
}

export const makeCallApi = ({ caller, send }: CallApiDeps): CallApi => {
  const judged = (call: PreparedCall, request: ApiRequest, answer: ApiAnswer): Call<Response> => {
    const { response, isFromApi } = answer;
    if (!isFromApi) return TE.right(response);
    return pipe(
      call.onResponse(replyOf(answer)),
      TE.mapError((error) => {
        discard(response);
        return error;
      }),
      TE.flatMap((next): Call<Response> => {
        if (next === undefined) return TE.right(response);
        discard(response);
        return sent(next, request);
      }),
    );
  };

  const sent = (call: PreparedCall, request: ApiRequest): Call<Response> =>
    pipe(
      send(call, request),
      TE.flatMap((answer) => judged(call, request, answer)),
    );

  return (key, input, init) =>
    pipe(
      TE.fromEither(readApiRequest(input, init)),
      TE.flatMap((request) =>
        pipe(
          caller.prepare(key, request),
          TE.flatMap((call) => sent(call, request)),
        ),
      ),
    );
};
