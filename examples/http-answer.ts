import { LlaveroError } from 'llavero';

/** What to answer to a request that failed for want of a token. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly error: string; readonly connect?: string };
}

/** What an error of llavero means for the one who asked; undefined for any other error. Its message is for your logs. */
export const answerTo = (error: unknown): HttpAnswer | undefined => {
  if (error instanceof TypeError && 'code' in error)
    return { status: 503, headers: {}, body: { error: 'API_UNREACHABLE' } };
  if (!(error instanceof LlaveroError)) return undefined;
  const { code, key = '', retryable, retryAfterMs = 1_000 } = error;
  const body = { error: code };
  switch (code) {
    case 'ERR_UNKNOWN_KEY':
      return { status: 404, headers: {}, body };
    case 'ERR_REAUTHORIZATION_REQUIRED': // a person has to connect the shop (again)
      return { status: 409, headers: {}, body: { ...body, connect: `/shops/${key.split('/')[1] ?? ''}/connect` } };
    case 'ERR_STATE_MISMATCH':
    case 'ERR_ACCESS_DENIED':
      return { status: 403, headers: {}, body };
    default:
      return retryable
        ? { status: 503, headers: { 'Retry-After': String(Math.ceil(retryAfterMs / 1_000)) }, body }
        : { status: 502, headers: {}, body };
  }
};
