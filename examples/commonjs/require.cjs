// llavero is an ES module; Node 20.19 and 22.12 on let CommonJS programs require one.
const { citrusAd, createLlavero } = require('llavero');
const { memoryStore } = require('llavero/stores/memory');
const { standInCitrusAd } = require('llavero/testing');

const main = async () => {
  const provider = await standInCitrusAd();
  const llavero = createLlavero({
    providers: [citrusAd(provider.settings)],
    store: memoryStore(),
    encryption: 'plaintext',
    allowHttpOnLoopback: true,
  });
  console.log(await llavero.token('citrusad'));
  await llavero.close();
  await provider.close();
};

void main();
