import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { billOfMaterials } from './bill-of-materials.mjs';
import { projectRoot } from './entry-points.mjs';

const file = 'sbom.cdx.json';
const bill = billOfMaterials(JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8')));
writeFileSync(join(projectRoot, file), `${JSON.stringify(bill, undefined, 2)}\n`);
console.log(`${file} lists ${bill.components.length} packages.`);
