// Runs exported models in ONNX Runtime on the inputs that Detr.Benchmarks wrote, and compares with Detr.NET's outputs.
//   node check.mjs FOLDER [MODEL...]
// Exits with 1 when an output differs by more than a ten-thousandth of its largest value.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ort from 'onnxruntime-node';

const tolerance = 1e-4;

const [folder, ...wanted] = process.argv.slice(2);
if (!folder) {
  console.error('node check.mjs FOLDER [MODEL...], where FOLDER is what "Detr.Benchmarks -- peers --out FOLDER" wrote.');
  process.exit(2);
}

function bytes(path) {
  const buffer = readFileSync(path);
  return buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.byteLength);
}

/** The largest difference, as a share of the largest value. */
function difference(expected, actual) {
  if (expected.length !== actual.length) {
    throw new Error(`${expected.length} numbers expected, ${actual.length} there`);
  }

  let largest = 0;
  let apart = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]));
    const difference = Math.abs(expected[i] - actual[i]);
    apart = Number.isNaN(difference) ? Infinity : Math.max(apart, difference);
  }

  return apart / largest;
}

let failed = false;
const models = wanted.length > 0 ? wanted : readdirSync(folder, { withFileTypes: true }).filter(entry => entry.isDirectory()).map(entry => entry.name).sort();
for (const model of models) {
  const at = name => join(folder, model, name);
  const session = await ort.InferenceSession.create(at('model.onnx'), { logSeverityLevel: 2 });
  for (const { name, batch, height, width } of JSON.parse(readFileSync(at('cases.json'), 'utf8'))) {
    const outputs = await session.run({
      image: new ort.Tensor('float32', new Float32Array(bytes(at(`${name}.image`))), [batch, 3, height, width]),
      mask: new ort.Tensor('bool', new Uint8Array(bytes(at(`${name}.mask`))), [batch, height, width]),
    });
    const figures = session.outputNames.map(output => {
      const share = difference(new Float32Array(bytes(at(`${name}.${output}`))), outputs[output].data);
      failed ||= !(share <= tolerance);
      return `${output} [${outputs[output].dims}] ${share.toExponential(1)}`;
    });
    console.log(`${model.padEnd(20)} ${name.padEnd(14)} ${figures.join('   ')}`);
  }

  await session.release();
}

console.log(failed ? 'Outputs differ.' : `All within ${tolerance}.`);
process.exit(failed ? 1 : 0);
