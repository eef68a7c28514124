import { authorization, type ReceivedRequest } from '../server/received-request.js';
import { emptyReply, jsonReply, type Reply } from '../server/reply.js';
import type { TokenBook } from '../server/token-book.js';

const resources: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['/conexion/v1/company_info.json', { _id: '59776f5b0000000000000001', name: 'Tienda de prueba', country: 'CL' }],
  ['/conexion/v1/orders.json', [{ _id: '59776f5b0000000000000002', status_origin: 'paid', total_amount: 19990 }]],
  ['/conexion/v1/sizes.json', [{ _id: '59776f5b0000000000000003', name: 'M' }]],
]);

/** Answers a call to `/conexion/v1`; without a living Bearer token it is Doorkeeper's 401, an empty body and a header. */
export const centryApi = (book: TokenBook, request: ReceivedRequest): Reply => {
  const judged = book.use(authorization(request, 'Bearer') ?? '');
  if (judged !== 'valid') {
    const what = { expired: 'expired', revoked: 'was revoked', unknown: 'is invalid' }[judged];
    const error = `error="invalid_token", error_description="The access token ${what}"`;
    return emptyReply(401, { 'www-authenticate': `Bearer realm="Doorkeeper", ${error}` });
  }
  if (request.method !== 'GET') return jsonReply(201, { _id: '59776f5b0000000000000009', received: request.body });
  const resource = resources.get(request.path);
  return resource === undefined ? jsonReply(404, { error: 'not found' }) : jsonReply(200, resource);
};
