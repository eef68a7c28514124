import type { FastifyPluginAsync } from 'fastify';
import type { Llavero } from 'llavero';
import { callbackHeaders, isSameBrowser, stateCookie } from '../browser-state.js';
import { answerTo } from '../http-answer.js';

interface Options {
  readonly llavero: Llavero;
}

interface Shop {
  readonly Params: { readonly shop: string };
}

/** Routes that connect a shop at Centry and read its orders: `app.register(centryShops, { llavero })`. */
export const centryShops: FastifyPluginAsync<Options> = async (app, { llavero }) => {
  app.addHook('onReady', () => llavero.ready());
  app.addHook('onClose', () => llavero.close());
  app.setErrorHandler((error, _request, reply) => {
    const answer = answerTo(error);
    if (answer === undefined) throw error;
    return reply.code(answer.status).headers(answer.headers).send(answer.body);
  });

  app.get<Shop>('/shops/:shop/connect', async ({ params }, reply) => {
    const { url, state } = await llavero.authorize(`centry/${params.shop}`);
    return reply.header('Set-Cookie', stateCookie(state)).redirect(url.href, 303);
  });

  app.get('/centry/callback', async (request, reply) => {
    reply.headers(callbackHeaders);
    if (!isSameBrowser(request.headers.cookie, request.url)) {
      return reply.code(403).send({ error: 'this flow was started in another browser' });
    }
    const { key } = await llavero.callback(request.url, { provider: 'centry' });
    return reply.redirect(`/shops/${key.slice('centry/'.length)}/orders`, 303); // a clean address (RFC 6749 §3.1.2.5)
  });

  app.get<Shop>('/shops/:shop/orders', async ({ params }, reply) => {
    const answer = await llavero.fetch(`centry/${params.shop}`, '/orders.json');
    return reply.code(answer.status).send(await answer.json());
  });
};
