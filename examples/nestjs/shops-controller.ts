import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Llavero } from 'llavero';
import { callbackHeaders, isSameBrowser, stateCookie } from '../browser-state.js';
import { LLAVERO } from './llavero-module.js';

/** Connects a shop at Centry and reads its orders. Who may use which shop is for your own guards to say. */
@Controller()
export class ShopsController {
  readonly #llavero: Llavero;

  constructor(@Inject(LLAVERO) llavero: Llavero) {
    this.#llavero = llavero;
  }

  @Get('shops/:shop/connect')
  async connect(@Param('shop') shop: string, @Res() response: Response): Promise<void> {
    const { url, state } = await this.#llavero.authorize(`centry/${shop}`);
    response.set('Set-Cookie', stateCookie(state)).redirect(303, url.href);
  }

  @Get('centry/callback')
  async callback(@Req() request: Request, @Res() response: Response): Promise<void> {
    response.set(callbackHeaders);
    if (!isSameBrowser(request.headers.cookie, request.originalUrl)) {
      response.status(403).json({ error: 'this flow was started in another browser' });
      return;
    }
    const { key } = await this.#llavero.callback(request.originalUrl, { provider: 'centry' });
    response.redirect(303, `/shops/${key.slice('centry/'.length)}/orders`); // a clean address (RFC 6749 §3.1.2.5)
  }

  @Get('shops/:shop/orders')
  async orders(@Param('shop') shop: string, @Res() response: Response): Promise<void> {
    const answer = await this.#llavero.fetch(`centry/${shop}`, '/orders.json');
    response.status(answer.status).json(await answer.json());
  }
}
