'use strict';
// Maps over a photograph. The page has each map's cells; where a cell lies is reckoned as MapPlacement does: at pixel cell · stride of what the model saw.
for (const root of document.querySelectorAll('.maps')) {
  const data = JSON.parse(root.querySelector('script').textContent);
  const bytes = text => Uint8Array.from(atob(text), character => character.charCodeAt(0));
  const colors = Object.fromEntries(Object.entries(data.colors).map(([name, text]) => [name, bytes(text)]));
  const maps = data.maps.map(map => ({ layer: null, head: null, ...map, values: bytes(map.values) }));
  const [columns, rows] = data.cells;
  const axes = ['query', 'method', 'layer', 'head'];
  const photograph = root.querySelector('img'), form = root.querySelector('form'), sheet = root.querySelector('.sheet');
  const make = (name, properties = {}, ...children) => { const element = Object.assign(document.createElement(name), properties); element.append(...children); return element; };
  const number = value => Number(value.toPrecision(3)).toString();
  const found = query => data.queries.find(item => item.query === query);
  const about = map => [map.method, map.layer === null ? '' : `layer ${map.layer}`, map.head === null ? (map.layer === null ? '' : 'mean of heads') : `head ${map.head}`].filter(Boolean).join(', ');
  const naming = {
    query: value => `${found(value).label} ${found(value).score.toFixed(2)} · ${value}`, method: value => value,
    layer: value => value === null ? 'all' : value, head: value => value === null ? 'all' : value,
  };

  // The canvas takes the photograph's place, with a scale below it.
  const view = make('canvas', { className: 'view', ...Object.fromEntries(['width', 'height'].map(name => [name, Number(photograph.getAttribute(name))])) });
  const title = make('output'), value = make('small'), low = make('span'), high = make('span'), bar = make('canvas', { width: 256, height: 1 });
  root.querySelector('figcaption').replaceChildren(title, make('div', { className: 'scale' }, low, bar, high), value);
  photograph.loading = 'eager';
  photograph.replaceWith(view);

  // Where a line's pixels lie among the centres of its cells: the cell before and the share of the one after.
  const places = (pixels, model, cells) => Array.from({ length: pixels }, (_, i) => Math.min(Math.max(((i + 0.5) * model / pixels - 0.5) / data.stride, 0), cells - 1));
  const enlarge = (map, width, height, asCells) => {
    const image = new ImageData(width, height), pixels = image.data, across = places(width, data.model[0], columns), down = places(height, data.model[1], rows), table = colors[map.colors];
    for (let y = 0, at = 0; y < height; y++) {
      const place = asCells ? Math.round(down[y]) : down[y], top = Math.floor(place), share = place - top, upper = top * columns, lower = Math.min(top + 1, rows - 1) * columns;
      for (let x = 0; x < width; x++, at += 4) {
        const spot = asCells ? Math.round(across[x]) : across[x], left = Math.floor(spot), part = spot - left, right = Math.min(left + 1, columns - 1);
        const above = map.values[upper + left] * (1 - part) + map.values[upper + right] * part, below = map.values[lower + left] * (1 - part) + map.values[lower + right] * part;
        const color = 3 * Math.round(above * (1 - share) + below * share);
        for (let channel = 0; channel < 3; channel++) pixels[at + channel] = table[color + channel];
        pixels[at + 3] = 255;
      }
    }
    const layer = make('canvas', { width, height });
    layer.getContext('2d').putImageData(image, 0, 0);
    return layer;
  };
  const draw = (canvas, map) => {
    const context = canvas.getContext('2d'), { width, height } = canvas, [x0, y0, x1, y1] = found(map.query).box, [sx, sy] = [width / data.size[0], height / data.size[1]];
    context.drawImage(photograph, 0, 0, width, height);
    context.globalAlpha = form.opacity.value / 100;
    context.drawImage(enlarge(map, width, height, form.cells.checked), 0, 0);
    context.globalAlpha = 1;
    if (!form.box.checked) return;
    for (const [style, line] of [['rgba(0,0,0,.6)', 4], ['rgb(120,230,255)', 2]]) {
      context.strokeStyle = style;
      context.lineWidth = line * Math.max(1, width / 700);
      context.strokeRect(x0 * sx, y0 * sy, (x1 - x0) * sx, (y1 - y0) * sy);
    }
  };

  // What is chosen. Who chooses a query or method that has not the layer or head of before gets all layers or the last one, and all heads.
  const usual = list => list.reduce((best, map) => (map.layer ?? Infinity) > (best.layer ?? Infinity) || (map.layer === best.layer && map.head === null && best.head !== null) ? map : best);
  let chosen = maps.find(map => map.query === data.queries[0].query);
  chosen = usual(maps.filter(map => map.query === chosen.query && map.method === chosen.method));
  const choices = axis => [...new Set(maps.filter(map => axes.slice(0, axes.indexOf(axis)).every(other => map[other] === chosen[other])).map(map => map[axis]))]
    .sort((a, b) => axis === 'query' ? data.queries.indexOf(found(a)) - data.queries.indexOf(found(b)) : axis === 'method' ? 0 : a === null ? -1 : b === null ? 1 : a - b);
  const choose = (axis, wanted) => {
    const order = axes.indexOf(axis), wish = { ...chosen, [axis]: wanted };
    let left = maps.filter(map => axes.slice(0, order).every(other => map[other] === chosen[other]) && map[axis] === wanted);
    for (const later of axes.slice(order + 1)) {
      const same = left.filter(map => map[later] === wish[later]), instead = usual(left)[later];
      left = same.length ? same : left.filter(map => map[later] === instead);
    }
    chosen = left[0];
    show();
  };

  const groups = Object.fromEntries(axes.map(axis => [axis, make('fieldset', {}, make('legend', { textContent: axis }))]));
  form.append(...Object.values(groups), make('fieldset', { className: 'view-options' }, make('legend', { textContent: 'view' }),
    make('label', {}, 'map ', make('input', { type: 'range', name: 'opacity', min: 0, max: 100, value: 70 })),
    make('label', {}, make('input', { type: 'checkbox', name: 'cells' }), ' single cells'), make('label', {}, make('input', { type: 'checkbox', name: 'box', checked: true }), ' box')));
  form.addEventListener('submit', event => event.preventDefault());
  form.addEventListener('input', event => { if (event.target.type !== 'radio') show(); });

  // Small pictures of what else there is for this query: the method's layers and heads, and the other methods.
  const thumbnails = () => {
    const own = maps.filter(map => map.query === chosen.query && map.method === chosen.method);
    const others = choices('method').filter(method => method !== chosen.method).map(method => usual(maps.filter(map => map.query === chosen.query && map.method === method)));
    const layers = choices('layer').map(layer => own.filter(map => map.layer === layer));
    const lines = [...(layers.some(line => line.length > 1) ? layers : [own]), others].filter(line => line.length && own.length + others.length > 1);
    const width = 112, height = Math.max(1, Math.round(width * view.height / view.width));
    return lines.map(line => make('div', { className: 'line' }, ...line.map(map => {
      const canvas = make('canvas', { width, height: Math.min(height, 400) });
      draw(canvas, map);
      const button = make('button', { type: 'button', title: about(map) }, canvas, make('small', { textContent: map.method === chosen.method && (map.layer !== null || map.head !== null) ? [map.layer === null ? '' : `layer ${map.layer}`, map.head === null ? 'all heads' : `head ${map.head}`].filter(Boolean).join(', ') : map.method }));
      button.setAttribute('aria-pressed', map === chosen);
      button.addEventListener('click', () => { chosen = map; show(); });
      return button;
    })));
  };

  const show = () => {
    for (const axis of axes) {
      const all = choices(axis);
      groups[axis].hidden = all.length < 2;
      groups[axis].replaceChildren(groups[axis].firstChild, ...all.map(item => {
        const input = make('input', { type: 'radio', name: axis, checked: item === chosen[axis] });
        input.addEventListener('change', () => { choose(axis, item); groups[axis].querySelector('input:checked').focus(); });
        return make('label', { className: 'chip' }, input, make('span', { textContent: naming[axis](item) }));
      }));
    }
    draw(view, chosen);
    title.textContent = `query ${chosen.query} · ${found(chosen.query).label} ${found(chosen.query).score.toFixed(2)} · ${about(chosen)}`;
    value.textContent = '\u00a0';
    [low.textContent, high.textContent] = [number(chosen.low), number(chosen.high)];
    const context = bar.getContext('2d'), line = context.createImageData(256, 1), table = colors[chosen.colors];
    for (let i = 0; i < 256; i++) line.data.set([table[3 * i], table[3 * i + 1], table[3 * i + 2], 255], 4 * i);
    context.putImageData(line, 0, 0);
    sheet.replaceChildren(...thumbnails());
  };

  const pointed = event => { const box = view.getBoundingClientRect(); return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]; };
  view.addEventListener('pointermove', event => {
    const [x, y] = pointed(event), cell = (share, model, cells) => Math.round(Math.min(Math.max((share * model - 0.5) / data.stride, 0), cells - 1));
    const column = cell(x, data.model[0], columns), row = cell(y, data.model[1], rows);
    value.textContent = `row ${row}, column ${column}: ${number(chosen.low + chosen.values[row * columns + column] / 255 * (chosen.high - chosen.low))}`;
  });
  view.addEventListener('pointerleave', () => { value.textContent = '\u00a0'; });
  view.addEventListener('click', event => {
    const [x, y] = pointed(event), [px, py] = [x * data.size[0], y * data.size[1]], area = ({ box: [x0, y0, x1, y1] }) => (x1 - x0) * (y1 - y0);
    const under = data.queries.filter(({ box: [x0, y0, x1, y1] }) => px >= x0 && px <= x1 && py >= y0 && py <= y1).sort((a, b) => area(a) - area(b));
    if (under.length) choose('query', under[0].query);
  });
  photograph.decode().then(show);
}
