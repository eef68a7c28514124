import type { Credential } from '../../domain/credential.js';
import type { Parameters } from '../../ports/http-client.js';

/**
 * How a client proves itself at the token endpoint, exactly one way at a time (RFC 6749 §2.3):
 * - `basic`: HTTP Basic, id and secret form-encoded first, as RFC 6749 §2.3.1 has it;
 * - `basic-unencoded`: HTTP Basic over the raw UTF-8 of `id:secret` (RFC 7617), as many providers really read it;
 * - `post`: `client_id` and `client_secret` in the body.
 */
export type ClientAuthentication = 'basic' | 'basic-unencoded' | 'post';

/** What a client's proof adds to a request. It holds the secret. */
export interface ClientProof {
  readonly form: Parameters;
  readonly headers: Readonly<Record<string, string>>;
}

/** The proof of a credential's client. */
export const proveClient = (
  method: ClientAuthentication,
  { clientId, clientSecret }: Pick<Credential, 'clientId' | 'clientSecret'>,
): ClientProof => {
  const secret = clientSecret.expose();
  switch (method) {
    case 'post':
      return {
        form: [
          ['client_id', clientId],
          ['client_secret', secret],
        ],
        headers: {},
      };
    case 'basic':
      return { form: [], headers: { Authorization: basic(formEncoded(clientId), formEncoded(secret)) } };
    case 'basic-unencoded':
      return { form: [], headers: { Authorization: basic(clientId, secret) } };
  }
};

const basic = (id: string, secret: string): string =>
  `Basic ${Buffer.from(`${id}:${secret}`, 'utf8').toString('base64')}`;

/** Whether `basic` and `basic-unencoded` differ for a client. */
export const isChangedByEncoding = ({
  clientId,
  clientSecret,
}: Pick<Credential, 'clientId' | 'clientSecret'>): boolean =>
  [clientId, clientSecret.expose()].some((text) => formEncoded(text) !== text);

/** RFC 6749 Appendix B. */
const formEncoded = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1);
