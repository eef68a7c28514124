export { llaveroGot } from '../app/llavero-got.js';
