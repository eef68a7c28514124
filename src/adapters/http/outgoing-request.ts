import { validateHeaderName, validateHeaderValue } from 'node:http';
import { left, map, right, type Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { AddressRules } from '../../domain/address-rules.js';
import type { HttpFailure, HttpRequest, Parameters } from '../../ports/http-client.js';
import { admissionFor, isSafeScheme, literalAddress, type Admission } from './address-admission.js';
import { unsent } from './http-failure.js';
import { libraryVersion } from './library-version.js';
import { parseUrl } from '../../domain/parse-url.js';

/** A request that has been checked and only needs a connection. */
export interface OutgoingRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Every POST has one; it may be empty. */
  readonly body: string | undefined;
  readonly timeoutMs: number;
  readonly leavesBeforeMonotonicMs: number;
  readonly admits: Admission;
}

/** Headers that say how the message is framed or where it goes: the connection's own business. */
export const connectionHeaders: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const contentTypes = { form: 'application/x-www-form-urlencoded', json: 'application/json' } as const;

/**
 * Writes a request out, or says why it must not leave: an address that is unfit for secrets, a parameter that stands twice
 * (RFC 6749 §3.2), a header that would break the message.
 */
export const outgoingRequest = (request: HttpRequest, rules: AddressRules): Either<HttpFailure, OutgoingRequest> => {
  const url = readUrl(request.url);
  if (url === undefined) return left(unsent('invalid_url'));
  if (!isSafeScheme(url, rules)) return left(unsent('not_https'));
  const admits = admissionFor(url, request.hostFromOutside === true, rules);
  const literal = literalAddress(url);
  if (literal !== undefined && !admits(literal)) return left(unsent('address_refused'));
  if (request.method === 'GET' && request.form !== undefined) return left(unsent('invalid_request'));
  if (hasRepeats(url, request)) return left(unsent('repeated_parameter'));
  for (const [name, value] of request.query ?? []) url.searchParams.append(name, value);
  return pipe(
    writeHeaders(request),
    map((headers) => ({
      method: request.method,
      url,
      headers,
      body: request.method === 'POST' ? encodeBody(request) : undefined,
      timeoutMs: request.timeoutMs,
      leavesBeforeMonotonicMs: request.leavesBeforeMonotonicMs ?? Infinity,
      admits,
    })),
  );
};

/** RFC 6749 §3.2 wants no fragment; user info would become a second Authorization header. */
const readUrl = (text: string): URL | undefined => {
  const url = parseUrl(text);
  return url?.username === '' && url.password === '' && !text.includes('#') ? url : undefined;
};

const hasRepeats = (url: URL, { query = [], form = [] }: HttpRequest): boolean => {
  const names = [...url.searchParams.keys(), ...query.map(([name]) => name), ...form.map(([name]) => name)];
  return new Set(names).size < names.length;
};

const encodeBody = ({ form = [], encoding }: HttpRequest): string =>
  encoding === 'json' ? JSON.stringify(Object.fromEntries(form)) : encodeForm(form);

const encodeForm = (form: Parameters): string => {
  const body = new URLSearchParams();
  for (const [name, value] of form) body.append(name, value);
  return body.toString();
};

const writeHeaders = ({ headers = {}, form, encoding }: HttpRequest): Either<HttpFailure, Record<string, string>> => {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const lowerCase = name.toLowerCase();
    if (connectionHeaders.has(lowerCase) || Object.hasOwn(given, lowerCase) || !isValidHeader(name, value)) {
      return left(unsent('invalid_header'));
    }
    given[lowerCase] = value;
  }
  return right({
    accept: 'application/json',
    'user-agent': `llavero/${libraryVersion}`,
    ...given,
    'accept-encoding': 'identity',
    ...(form === undefined ? {} : { 'content-type': contentTypes[encoding ?? 'form'] }),
  });
};

const isValidHeader = (name: string, value: string): boolean => {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
};
