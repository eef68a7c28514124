import { ClientRequest, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { RequestFunction } from 'got';
import type { ApiCall } from '../../ports/api-calls.js';
import { carryCredential } from './carry-credential.js';

/** What the caller had set as got's `request`, by what we set in its place. */
const replaced = new WeakMap<RequestFunction, RequestFunction | undefined>();

/** The caller's own `request`, if there is one. */
export const callersRequest = (request: RequestFunction | undefined): RequestFunction | undefined =>
  request !== undefined && replaced.has(request) ? replaced.get(request) : request;

/**
 * Got's `request`, which makes the request as it would be made otherwise and writes on it the credential of a call: got's own
 * options never hold one. Throws what placing it throws.
 */
export const credentialedRequest = (
  call: Pick<ApiCall, 'authorize' | 'redact' | 'leaksCredential'>,
  own: RequestFunction | undefined,
): RequestFunction => {
  const request: RequestFunction = (url, options, callback) => {
    const placed = call.authorize(url, new Headers());
    const written = <Made>(made: Made): Made => {
      if (made instanceof ClientRequest) carryCredential(made, call, url, placed);
      return made;
    };
    const made = (own ?? nodeRequest)(url, options, callback) ?? nodeRequest(url, options, callback);
    return made instanceof Promise ? made.then(written) : written(made);
  };
  replaced.set(request, own);
  return request;
};

const nodeRequest: RequestFunction = (url, options, callback) =>
  url.protocol === 'https:' ? httpsRequest(url, options, callback) : httpRequest(url, options, callback);
