import type { ApiReply } from '../../ports/api-calls.js';
import type { ApiAnswer } from './send-following.js';

/** No provider explains a 401 with more. */
const mostBytes = 65_536;

/** What a response of `fetch` says to the rules of calling. The caller's own copy of the body stays unread. */
export const replyOf = ({ response, isAboutToken }: Omit<ApiAnswer, 'isFromApi'>): ApiReply => ({
  isAboutToken,
  status: response.status,
  retryAfter: response.headers.get('retry-after') ?? undefined,
  text: () => textOf(response.clone()),
});

/** The whole text of a body, or none of it when it is too long. */
const textOf = async ({ body }: Response): Promise<string> => {
  if (body === null) return '';
  const reader: ReadableStreamDefaultReader<Uint8Array> = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    text += decoder.decode(part.value, { stream: true });
    if (text.length > mostBytes) {
      // Not awaited: a copy is let go only when the caller's own is.
      reader.cancel().catch(() => undefined);
      return '';
    }
  }
  return text;
};
