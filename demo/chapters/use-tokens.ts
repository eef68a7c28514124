import type { ApiAnswer } from '../api-calls.js';
import { callApi, providers, type Stage } from '../stage.js';

/** One resource of each provider's API, fetched with its token. */
export const useTokens = async (stage: Stage): Promise<readonly ApiAnswer[]> => {
  const { narrator } = stage;
  narrator.title('One resource from each API, with its token');
  const answers: ApiAnswer[] = [];
  for (const provider of providers) {
    const answer = await callApi(stage, provider, 'current');
    const { key, generation, request, tokenIn, status, result } = answer;
    narrator.say(`${key}, generation ${generation}: ${request} with ${tokenIn} -> ${status}, ${result}`);
    answers.push(answer);
  }
  narrator.claim(
    'every API takes its token',
    answers.every(({ status }) => status === 200),
  );
  return answers;
};
