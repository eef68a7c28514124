import { parseJsonObject } from '../../adapters/http/json-object.js';
import type { ApiReply } from '../../ports/api-calls.js';
import type { ApiVerdict, ProviderApi } from '../../ports/provider.js';

/** What an answer says of the token it was sent with. One whose body does not come before `giveUp` says nothing. */
export const judgeRefusal = async (
  api: ProviderApi,
  { status, text }: ApiReply,
  giveUp: Promise<void>,
): Promise<ApiVerdict> => {
  if (status !== 401) return 'not_about_the_token';
  if (api.judgeRefusal === undefined) return 'token_refused';
  const read = await Promise.race([text().catch(() => undefined), giveUp]);
  return typeof read === 'string' ? api.judgeRefusal(parseJsonObject(Buffer.from(read))) : 'not_about_the_token';
};
