import express, { type ErrorRequestHandler, type Express } from 'express';
import type { Llavero } from 'llavero';
import { callbackHeaders, isSameBrowser, stateCookie } from '../browser-state.js';
import { answerTo } from '../http-answer.js';

/** Routes that connect a shop at Centry and read its orders. Who may use which shop is for your own sign-in to say. */
export const makeApp = (llavero: Llavero): Express => {
  const app = express();

  app.get('/shops/:shop/connect', async (request, response) => {
    const { url, state } = await llavero.authorize(`centry/${request.params.shop}`);
    response.set('Set-Cookie', stateCookie(state)).redirect(303, url.href);
  });

  app.get('/centry/callback', async (request, response) => {
    response.set(callbackHeaders);
    if (!isSameBrowser(request.headers.cookie, request.originalUrl)) {
      response.status(403).json({ error: 'this flow was started in another browser' });
      return;
    }
    const { key } = await llavero.callback(request.originalUrl, { provider: 'centry' });
    response.redirect(303, `/shops/${key.slice('centry/'.length)}/orders`); // a clean address (RFC 6749 §3.1.2.5)
  });

  app.get('/shops/:shop/orders', async (request, response) => {
    const answer = await llavero.fetch(`centry/${request.params.shop}`, '/orders.json');
    response.status(answer.status).json(await answer.json());
  });

  const failed: ErrorRequestHandler = (error, _request, response, next) => {
    const answer = answerTo(error);
    if (answer === undefined) next(error);
    else response.status(answer.status).set(answer.headers).json(answer.body);
  };
  return app.use(failed);
};
