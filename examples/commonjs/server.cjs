const { createServer } = require('node:http');
const { bannersFor, reportOrders } = require('./banners.cjs');
const llavero = require('./llavero.cjs');

/** @param {string | undefined} url */
const answerTo = async (url) =>
  url === '/banners' ? bannersFor('category') : { citrusAd: await reportOrders([{ id: '1' }]) };

const server = createServer((request, response) => {
  answerTo(request.url).then(
    (answer) => response.setHeader('Content-Type', 'application/json').end(JSON.stringify(answer)),
    () => response.writeHead(502).end(),
  );
});

const start = async () => {
  await llavero.ready(); // a wrong encryption key or a broken store stops the start
  server.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => console.log('ready'));
};

void start();
process.once('SIGTERM', () => server.close(() => void llavero.close()));
