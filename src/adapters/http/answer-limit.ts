/** How much of an answer is read, before and after decoding. Token answers are a few hundred bytes. */
export const answerLimitBytes = 256 * 1024;
