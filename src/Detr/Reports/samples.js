'use strict';
// Points that queries of deformable attention sample, over a photograph: by query, attention, layer, head and level.
for (const root of document.querySelectorAll('.samples')) {
  const data = JSON.parse(root.querySelector('script').textContent), [width, height] = data.size;
  const view = new MapCanvas(root, data, 'The photograph with sampling points'), form = root.querySelector('form'), sheet = root.querySelector('.sheet');
  const perHead = data.levels.length * data.points, embers = view.colors.ember;
  const found = query => data.queries.find(item => item.query === query);
  for (const { attentions } of data.queries) {
    for (const layer of Object.values(attentions).flat()) {
      const numbers = new Float32Array(bytesOf(layer.samples).buffer);
      layer.points = Array.from({ length: numbers.length / 3 }, (_, i) => (
        { x: numbers[3 * i], y: numbers[3 * i + 1], weight: numbers[3 * i + 2], head: Math.floor(i / perHead), level: Math.floor(i / data.points) % data.levels.length }));
      layer.points.sort((a, b) => a.weight - b.weight);
    }
  }

  const first = data.queries[0], attention = Object.keys(first.attentions)[0];
  let chosen = { query: first.query, attention, layer: first.attentions[attention].length - 1, head: null, level: null };
  const layersOf = ({ query, attention }) => found(query).attentions[attention];
  const pointsOf = choice => layersOf(choice)[choice.layer].points.filter(point =>
    point.weight > 0 && (choice.head === null || point.head === choice.head) && (choice.level === null || point.level === choice.level));
  const largest = choice => Math.max(...layersOf(choice).map(layer => layer.points.at(-1).weight));
  const part = (choice, isNear = form.near.checked) => isNear ? found(choice.query).near : [0, 0, width, height];
  const place = (canvas, [left, top, columns, rows]) => (x, y) => [(x - left) * canvas.width / columns, (y - top) * canvas.height / rows];
  const about = ({ attention, layer, head, level }) => [`${attention}, layer ${layer}`, head === null ? '' : `head ${head}`, level === null ? '' : `level ${level}`].filter(Boolean).join(', ');

  const draw = (canvas, choice, region = part(choice)) => {
    const context = canvas.getContext('2d'), { naturalWidth, naturalHeight } = view.photograph, [left, top, columns, rows] = region, at = place(canvas, region);
    const [sx, sy] = [naturalWidth / width, naturalHeight / height], unit = Math.max(1, canvas.width / 700), { box } = found(choice.query), { reference } = layersOf(choice)[choice.layer];
    const outline = (corners, color, line, path) => {
      for (const [style, thickness] of [['rgba(0,0,0,.6)', line + 2], [color, line]]) {
        [context.strokeStyle, context.lineWidth] = [style, thickness * unit];
        context.beginPath();
        path(...at(corners[0], corners[1]), ...at(corners[2] ?? corners[0], corners[3] ?? corners[1]));
        context.stroke();
      }
    };
    const rectangle = (x0, y0, x1, y1) => context.rect(x0, y0, x1 - x0, y1 - y0);
    const cross = (x, y) => { for (const [dx, dy] of [[7 * unit, 0], [0, 7 * unit]]) { context.moveTo(x - dx, y - dy); context.lineTo(x + dx, y + dy); } };

    context.drawImage(view.photograph, left * sx, top * sy, columns * sx, rows * sy, 0, 0, canvas.width, canvas.height);
    if (form.box.checked) outline(box, 'rgb(120,230,255)', 2, rectangle);
    if (reference.length === 4) outline(reference, 'rgb(110,255,120)', 1, rectangle);
    if (reference.length) outline(reference.length === 4 ? [(reference[0] + reference[2]) / 2, (reference[1] + reference[3]) / 2] : reference, 'rgb(110,255,120)', 2, cross);
    const high = largest(choice);
    for (const { x, y, weight } of pointsOf(choice)) {
      if (x < 0 || y < 0 || x > width || y > height) continue;
      const color = 3 * Math.round(weight / high * 255), [px, py] = at(x, y), radius = Math.max(canvas.width / 300, canvas.width / 50 * Math.sqrt(weight / high));
      for (const [style, size] of [[color < 3 * 110 ? 'rgba(255,255,255,.6)' : 'rgba(0,0,0,.6)', radius + unit], [`rgb(${embers.slice(color, color + 3).join()})`, radius]]) {
        context.fillStyle = style;
        context.beginPath();
        context.arc(px, py, size, 0, 2 * Math.PI);
        context.fill();
      }
    }
  };

  const all = count => [null, ...Array(count).keys()];
  const choices = {
    query: () => data.queries.map(item => item.query), attention: () => Object.keys(found(chosen.query).attentions), layer: () => [...layersOf(chosen).keys()],
    head: () => all(data.heads), level: () => data.levels.length > 1 ? all(data.levels.length) : [null],
  };
  const naming = {
    query: value => `${found(value).label} ${found(value).score.toFixed(2)} · ${value}`, attention: value => value, layer: value => value,
    head: value => value ?? 'all', level: value => value === null ? 'all' : `${value}: ${data.levels[value].join(' × ')}`,
  };
  const choose = change => {
    chosen = { ...chosen, ...change };
    chosen.layer = change.attention ? layersOf(chosen).length - 1 : Math.min(chosen.layer, layersOf(chosen).length - 1);
    show();
  };

  const groups = Object.fromEntries(Object.keys(choices).map(axis => [axis, fieldset(axis)]));
  const option = (name, text, checked) => makeElement('label', {}, makeElement('input', { type: 'checkbox', name, checked }), ` ${text}`);
  form.append(...Object.values(groups), makeElement('fieldset', { className: 'view-options' }, makeElement('legend', { textContent: 'view' }), option('near', 'close to the object', false), option('box', 'box', true)));
  form.addEventListener('submit', event => event.preventDefault());
  form.addEventListener('input', event => { if (event.target.type !== 'radio') show(); });

  // Small pictures, close to the object, of what else there is: the layers, then the heads and the levels of the chosen one.
  const thumbnails = () => ['layer', 'head', 'level'].filter(axis => choices[axis]().length > 1).map(axis => makeElement('div', { className: 'line' }, ...choices[axis]().map(item => {
    const choice = { ...chosen, [axis]: item };
    return view.thumbnail(canvas => draw(canvas, choice, part(choice, true)), item === null ? `all ${axis}s` : `${axis} ${item}`, about(choice), item === chosen[axis], () => choose({ [axis]: item }));
  })));

  // How much of the weight that is shown lies in the box.
  const summary = () => {
    const { box: [x0, y0, x1, y1] } = found(chosen.query), points = pointsOf(chosen), sum = list => list.reduce((total, { weight }) => total + weight, 0);
    const inside = sum(points.filter(({ x, y }) => x >= x0 && x <= x1 && y >= y0 && y <= y1));
    view.value.textContent = points.length ? `${Math.round(100 * inside / sum(points))}% of this weight in the box` : 'without weight';
  };
  const show = () => {
    for (const axis of Object.keys(choices)) chips(groups[axis], axis, choices[axis](), chosen[axis], naming[axis], item => choose({ [axis]: item }));
    draw(view.canvas, chosen);
    view.describe(`query ${chosen.query} · ${found(chosen.query).label} ${found(chosen.query).score.toFixed(2)} · ${about(chosen)}`, { low: 0, high: largest(chosen), colors: 'ember' });
    summary();
    sheet.replaceChildren(...thumbnails());
  };

  // The point under the pointer, within a few pixels, and a box that a click means.
  view.canvas.addEventListener('pointermove', event => {
    const [x, y] = view.pointed(event), at = place(view.canvas, part(chosen)), distance = point => Math.hypot(...at(point.x, point.y).map((value, i) => value - [x * view.canvas.width, y * view.canvas.height][i]));
    const nearest = pointsOf(chosen).reduce((best, point) => !best || distance(point) <= distance(best) ? point : best, null);
    if (nearest && distance(nearest) < view.canvas.width / 40) view.value.textContent = `head ${nearest.head}, level ${nearest.level}: weight ${shortNumber(nearest.weight)}`;
    else summary();
  });
  view.canvas.addEventListener('pointerleave', summary);
  view.canvas.addEventListener('click', event => {
    const [x, y] = view.pointed(event), [left, top, columns, rows] = part(chosen), [px, py] = [left + x * columns, top + y * rows], area = ({ box: [x0, y0, x1, y1] }) => (x1 - x0) * (y1 - y0);
    const under = data.queries.filter(({ box: [x0, y0, x1, y1] }) => px >= x0 && px <= x1 && py >= y0 && py <= y1).sort((a, b) => area(a) - area(b));
    if (under.length) choose({ query: under[0].query });
  });
  view.photograph.decode().then(show);
}
