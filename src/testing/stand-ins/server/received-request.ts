import type { IncomingMessage } from 'node:http';
import type { Parameters } from '../../../ports/http-client.js';

/** One request as it arrived. */
export interface ReceivedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: Parameters;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The fields of a form or of a flat JSON object; undefined when the body is neither by its content type. */
  readonly form: Parameters | undefined;
  /** `http://host:port` of the stand-in. */
  readonly origin: string;
}

/** Reads a request to its end; rejects when its sender goes away before. */
export const readRequest = async (message: IncomingMessage, origin: string): Promise<ReceivedRequest> => {
  message.setEncoding('utf8');
  let body = '';
  for await (const chunk of message) body += String(chunk);
  const url = new URL(message.url ?? '/', origin);
  const headers = Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  );
  return {
    method: message.method ?? 'GET',
    path: url.pathname,
    query: [...url.searchParams],
    headers,
    body,
    form: fieldsOf(mediaType(headers), body),
    origin,
  };
};

/** The content type without its parameters, in lower case. */
export const mediaType = (headers: Readonly<Record<string, string>>): string =>
  (headers['content-type'] ?? '').split(';', 1).join('').trim().toLowerCase();

/** The value of a parameter that stands exactly once and is not empty. */
export const single = (parameters: Parameters | undefined, name: string): string | undefined => {
  const values = (parameters ?? []).filter(([key]) => key === name).map(([, value]) => value);
  return values.length === 1 && values[0] !== '' ? values[0] : undefined;
};

/** Whether some name stands more than once (RFC 6749 §3.2 forbids it). */
export const hasRepeats = (parameters: Parameters): boolean =>
  new Set(parameters.map(([name]) => name)).size < parameters.length;

/** What follows the scheme in an `Authorization` header. */
export const authorization = (request: ReceivedRequest, scheme: 'Basic' | 'Bearer'): string | undefined => {
  const header = request.headers['authorization'] ?? '';
  return header.toLowerCase().startsWith(`${scheme.toLowerCase()} `) ? header.slice(scheme.length + 1) : undefined;
};

/** Client id and secret from HTTP Basic, taken as they are: neither provider decodes them further. */
export const basicClient = (request: ReceivedRequest): readonly [id: string, secret: string] | undefined => {
  const encoded = authorization(request, 'Basic');
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? undefined : [text.slice(0, colon), text.slice(colon + 1)];
};

const fieldsOf = (type: string, body: string): Parameters | undefined => {
  if (type === 'application/x-www-form-urlencoded') return [...new URLSearchParams(body)];
  const json = type === 'application/json' ? parseJson(body) : undefined;
  return json && Object.entries(json).map(([name, value]) => [name, String(value)] as const);
};

/** A JSON object; undefined for everything else. */
export const parseJson = (text: string): object | undefined => {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : undefined;
  } catch {
    return undefined;
  }
};
