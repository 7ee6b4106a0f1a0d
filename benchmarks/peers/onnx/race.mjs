// Times Detr.NET and ONNX Runtime in turn, each pass in a process of its own, and prints a table in Markdown.
//   node race.mjs FOLDER [ROUNDS] [RUNS] [TABLE] [FILTER]
// FOLDER is what "Detr.Benchmarks -- peers --out FOLDER" wrote; TABLE is detr or family; FILTER keeps the rows that contain it,
// such as "dino 800x1066 1 2": model, input, batch, threads.
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const tables = {
  detr: [
    ['detr_resnet50', '800x1066', 1, 2],
    ['detr_resnet50', '800x1066', 1, 1],
    ['detr_resnet50', '480x640', 1, 2],
    ['detr_resnet50', '480x640', 4, 2],
    ['detr_resnet50_dc5', '800x1066', 1, 2],
    ['detr_resnet101', '800x1066', 1, 2],
    ['small', '128x128', 1, 2],
    ['small', '480x640', 1, 2],
  ],
  family: [
    ['detr_resnet50', '800x1066', 1, 1],
    ['conditional-detr', '800x1066', 1, 1],
    ['dab-detr', '800x1066', 1, 1],
    ['dn-detr', '800x1066', 1, 1],
    ['deformable-detr', '800x1066', 1, 1],
    ['dino', '800x1066', 1, 1],
    ['dino', '800x1066', 1, 2],
  ],
};

const [folder, rounds = '5', runs = '5', table = 'detr', filter = ''] = process.argv.slice(2);
if (!folder || !(table in tables)) {
  console.error(`node race.mjs FOLDER [ROUNDS] [RUNS] [${Object.keys(tables).join(' or ')}] [FILTER]`);
  process.exit(2);
}

const here = dirname(fileURLToPath(import.meta.url));
const detr = join(here, '../../../src/Detr.Cli/bin/Release/net10.0/Detr.Cli.dll');

const median = values => {
  const ordered = [...values].sort((a, b) => a - b);
  return (ordered[(ordered.length - 1) >> 1] + ordered[ordered.length >> 1]) / 2;
};
const run = (program, args) => JSON.parse(execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }));

console.log('| model | input | threads | Detr.NET, ms | ONNX Runtime, ms | ratio | from to | peak MB | theirs |');
console.log('|---|---|---|---|---|---|---|---|---|');
for (const [model, size, batch, threads] of tables[table].filter(row => row.join(' ').includes(filter))) {
  const passes = size === '128x128' ? 20 * Number(runs) : Number(runs);
  const ours = [];
  const theirs = [];
  for (let round = 0; round < Number(rounds); round++) {
    ours.push(run('dotnet', [detr, 'bench', '--weights', join(folder, model, 'model.safetensors'), '--size', size, '--batch', batch, '--threads', threads, '--runs', passes, '--json', '-'].map(String)));
    theirs.push(run('node', [join(here, 'time.mjs'), join(folder, model, 'model.onnx'), size, batch, threads, passes].map(String)));
  }

  const middle = results => results.map(result => median(result.runs_ms));
  const ratios = middle(ours).map((value, round) => value / middle(theirs)[round]);
  const peak = results => Math.max(...results.map(result => result.peak_mb)).toFixed(0);
  console.log([
    '', model, batch === 1 ? size : `${batch} × ${size}`, threads, median(middle(ours)).toFixed(1), median(middle(theirs)).toFixed(1),
    median(ratios).toFixed(2), `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`, peak(ours), peak(theirs), '',
  ].join(' | ').trim());
}
