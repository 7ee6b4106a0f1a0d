// Runs exported models in ONNX Runtime on the inputs that Detr.Benchmarks wrote, and compares with Detr.NET's outputs.
//   node check.mjs FOLDER [MODEL...]
// Exits with 1 when an output differs by more than a ten-thousandth of its largest value. Queries that begin as the encoder's
// proposals are ranked by score: where scores are next to equal, rounding decides which comes first, so among such queries each
// is held against the one that it is most like, and what has another rank is counted.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ort from 'onnxruntime-node';

const tolerance = 1e-4;

/** Scores closer than this share of the largest may change places. */
const nearlyEqual = 1e-5;

const [folder, ...wanted] = process.argv.slice(2);
if (!folder) {
  console.error('node check.mjs FOLDER [MODEL...], where FOLDER is what "Detr.Benchmarks -- peers --out FOLDER" wrote.');
  process.exit(2);
}

function bytes(path) {
  const buffer = readFileSync(path);
  return buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.byteLength);
}

const floats = path => new Float32Array(bytes(path));

/** Rows whose ranks are in doubt together, as [first, end): each score is next to equal to the one before. */
function groupsOf(scores, queries) {
  const bound = nearlyEqual * scores.reduce((largest, score) => Math.max(largest, Math.abs(score)), 0);
  const groups = [];
  for (let row = 0; row < scores.length; row++) {
    if (row % queries > 0 && scores[row - 1] - scores[row] < bound) {
      groups.at(-1)[1] = row + 1;
    } else {
      groups.push([row, row + 1]);
    }
  }

  return groups;
}

/** How far one row of theirs is from one of ours, for each output, as a share of the output's largest value. */
const distances = (outputs, ours, theirs) => outputs.map(({ expected, actual, columns, largest }) => {
  let most = 0;
  for (let column = 0; column < columns; column++) {
    const difference = Math.abs(expected[ours * columns + column] - actual[theirs * columns + column]) / largest;
    most = Number.isNaN(difference) ? Infinity : Math.max(most, difference);
  }

  return most;
});

/** The largest distance of each output, and how many rows have another rank. */
function compare(outputs, groups) {
  const apart = outputs.map(() => 0);
  let moved = 0;
  for (const [first, end] of groups) {
    const left = Array.from({ length: end - first }, (_, i) => first + i);
    for (let row = first; row < end; row++) {
      const each = left.map(other => distances(outputs, row, other));
      const at = each.reduce((best, found, i) => (Math.max(...found) < Math.max(...each[best]) ? i : best), 0);
      each[at].forEach((distance, i) => (apart[i] = Math.max(apart[i], distance)));
      moved += left[at] === row ? 0 : 1;
      left.splice(at, 1);
    }
  }

  return { apart, moved };
}

let failed = false;
const models = wanted.length > 0 ? wanted : readdirSync(folder, { withFileTypes: true }).filter(entry => entry.isDirectory()).map(entry => entry.name).sort();
for (const model of models) {
  const at = name => join(folder, model, name);
  const session = await ort.InferenceSession.create(at('model.onnx'), { logSeverityLevel: 3 });
  for (const { name, batch, height, width } of JSON.parse(readFileSync(at('cases.json'), 'utf8'))) {
    const outputs = await session.run({
      image: new ort.Tensor('float32', floats(at(`${name}.image`)), [batch, 3, height, width]),
      mask: new ort.Tensor('bool', new Uint8Array(bytes(at(`${name}.mask`))), [batch, height, width]),
    });
    const [images, queries] = outputs.pred_boxes.dims;
    const rows = images * queries;
    const compared = session.outputNames.map(output => {
      const expected = floats(at(`${name}.${output}`));
      if (expected.length !== outputs[output].data.length) {
        throw new Error(`${output} of ${model} at ${name}: ${expected.length} numbers expected, ${outputs[output].data.length} there`);
      }

      return { expected, actual: outputs[output].data, columns: expected.length / rows, largest: expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0) };
    });
    const scores = at(`${name}.proposal_scores`);
    const groups = existsSync(scores) ? groupsOf(floats(scores), queries) : Array.from({ length: rows }, (_, row) => [row, row + 1]);
    const { apart, moved } = compare(compared, groups);
    failed ||= apart.some(distance => !(distance <= tolerance));
    const figures = session.outputNames.map((output, i) => `${output} [${outputs[output].dims}] ${apart[i].toExponential(1)}`);
    console.log(`${model.padEnd(20)} ${name.padEnd(14)} ${figures.join('   ')}${moved > 0 ? `   ${moved} of ${rows} queries in another place` : ''}`);
  }

  await session.release();
}

console.log(failed ? 'Outputs differ.' : `All within ${tolerance}.`);
process.exit(failed ? 1 : 0);
