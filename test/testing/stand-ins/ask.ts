import { expect } from 'vitest';

/** An answer as a test compares it. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Sends one request and reads its answer; redirects are not followed. */
export const ask = async (url: string, init: RequestInit = {}): Promise<Answered> => {
  const response = await fetch(url, { redirect: 'manual', ...init });
  return { status: response.status, headers: response.headers, text: await response.text() };
};

export const postForm = (
  url: string,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answered> => ask(url, { method: 'POST', body: new URLSearchParams(form), headers });

/** The fields of a JSON answer. */
export const fields = (answered: Answered): Readonly<Record<string, unknown>> => {
  const json: unknown = JSON.parse(answered.text);
  return { ...(typeof json === 'object' ? json : {}) };
};

/** A field that has to be text. */
export const text = (answered: Answered, name: string): string => {
  const value = fields(answered)[name];
  if (typeof value !== 'string') throw new Error(`${name} is no text in an answer with status ${answered.status}`);
  return value;
};

export const basic = (id: string, secret: string): string =>
  `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

/** Equals every text that fits the pattern. */
export const fitting = (pattern: RegExp): unknown => expect.stringMatching(pattern);
