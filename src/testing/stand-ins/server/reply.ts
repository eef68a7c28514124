import type { ServerResponse } from 'node:http';

/** What a stand-in answers. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** It says that the refresh token in the request was not looked at, so sending that one again is no second use. */
  readonly turnedAway?: boolean | undefined;
}

type Headers = Readonly<Record<string, string>>;

export const textReply = (status: number, type: string, body: string, headers: Headers = {}): Reply => ({
  status,
  headers: { 'content-type': type, ...headers },
  body,
});

export const jsonReply = (status: number, json: unknown, headers: Headers = {}): Reply =>
  textReply(status, 'application/json; charset=utf-8', JSON.stringify(json), headers);

export const pageReply = (status: number, sentence: string): Reply =>
  textReply(
    status,
    'text/html; charset=utf-8',
    `<!doctype html><title>${status}</title><p>${escapeHtml(sentence)}</p>`,
  );

export const redirectReply = (to: URL): Reply => ({ status: 302, headers: { location: to.href }, body: '' });

export const emptyReply = (status: number, headers: Headers = {}): Reply => ({ status, headers, body: '' });

/** The same reply, marked as one whose sender may use its refresh token again. */
export const turnedAway = (reply: Reply): Reply => ({ ...reply, turnedAway: true });

/** Escapes text for an HTML page. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** How much of a reply gets through. */
export type Delivery = 'whole' | 'half' | 'nothing';

/** Writes a reply, dated by the stand-in's own clock; `half` and `nothing` end with a cut connection. */
export const deliver = (response: ServerResponse, reply: Reply, delivery: Delivery, nowMs: number): void => {
  if (response.destroyed) return;
  if (delivery === 'nothing') {
    response.destroy();
    return;
  }
  const body = Buffer.from(reply.body, 'utf8');
  const date = new Date(nowMs).toUTCString();
  response.writeHead(reply.status, { ...reply.headers, date, 'content-length': String(body.length) });
  if (delivery === 'whole') response.end(body);
  else response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
};
