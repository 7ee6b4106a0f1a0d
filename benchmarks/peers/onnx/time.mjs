// Times forward passes of an exported model in ONNX Runtime and prints one line of JSON.
//   node time.mjs MODEL.onnx HxW BATCH THREADS RUNS
import { readFileSync } from 'node:fs';
import ort from 'onnxruntime-node';

const warmup = 2;
const [model, size, batch, threads, runs] = process.argv.slice(2).map((value, index) => (index < 2 ? value : Number(value)));
const [height, width] = size.split('x').map(Number);

const start = performance.now();
const session = await ort.InferenceSession.create(model, { intraOpNumThreads: threads, interOpNumThreads: 1, graphOptimizationLevel: 'all' });
const loaded = performance.now();
const image = Float32Array.from({ length: batch * 3 * height * width }, () => 2 * Math.random() - 1);
const inputs = {
  image: new ort.Tensor('float32', image, [batch, 3, height, width]),
  mask: new ort.Tensor('bool', new Uint8Array(batch * height * width), [batch, height, width]),
};

const times = [];
for (let run = 0; run < warmup + runs; run++) {
  const before = performance.now();
  await session.run(inputs);
  times.push(performance.now() - before);
}

const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024 / 1e6;
console.log(JSON.stringify({ load_ms: loaded - start, first_ms: times[0], runs_ms: times.slice(warmup), peak_mb: peak }));
