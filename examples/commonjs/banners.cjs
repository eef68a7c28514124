const llavero = require('./llavero.cjs');

/**
 * The banners for a page; none when CitrusAd does not answer in time, for a page is not held up by its advertisements.
 *
 * @param {string} placement
 * @returns {Promise<unknown>}
 */
const bannersFor = async (placement) => {
  try {
    const response = await llavero.fetch('citrusad', '/ads/generate', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ customerId: 'guest', catalogId: 'main', placement }),
      signal: AbortSignal.timeout(2_000),
    });
    return response.ok ? await response.json() : {};
  } catch (error) {
    console.warn(String(error)); // nothing secret is in it
    return {};
  }
};

/**
 * The orders path wants the API key and not the token: llavero knows which path wants which.
 *
 * @param {readonly unknown[]} orders
 * @returns {Promise<number>}
 */
const reportOrders = async (orders) => {
  const response = await llavero.fetch('citrusad', '/orders', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ orders }),
  });
  return response.status;
};

module.exports = { bannersFor, reportOrders };
