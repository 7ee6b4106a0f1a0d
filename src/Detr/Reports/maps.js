'use strict';
// Maps of object queries over a photograph: by query, method, layer and head.
for (const root of document.querySelectorAll('.maps:not(.points, .samples)')) {
  const data = JSON.parse(root.querySelector('script').textContent);
  const maps = data.maps.map(map => ({ layer: null, head: null, ...map, values: bytesOf(map.values) }));
  const axes = ['query', 'method', 'layer', 'head'];
  const view = new MapCanvas(root, data, 'The photograph under a map'), form = root.querySelector('form'), sheet = root.querySelector('.sheet');
  const found = query => data.queries.find(item => item.query === query);
  const about = map => [map.method, map.layer === null ? '' : `layer ${map.layer}`, map.head === null ? (map.layer === null ? '' : 'mean of heads') : `head ${map.head}`].filter(Boolean).join(', ');
  const naming = {
    query: value => `${found(value).label} ${found(value).score.toFixed(2)} · ${value}`, method: value => value,
    layer: value => value === null ? 'all' : value, head: value => value === null ? 'all' : value,
  };

  const draw = (canvas, map) => {
    view.draw(canvas, map, form.opacity.value / 100, form.cells.checked);
    if (!form.box.checked) return;
    const context = canvas.getContext('2d'), { width, height } = canvas, [x0, y0, x1, y1] = found(map.query).box, [sx, sy] = [width / data.size[0], height / data.size[1]];
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

  const groups = Object.fromEntries(axes.map(axis => [axis, fieldset(axis)]));
  form.append(...Object.values(groups), viewOptions(makeElement('label', {}, makeElement('input', { type: 'checkbox', name: 'box', checked: true }), ' box')));
  form.addEventListener('submit', event => event.preventDefault());
  form.addEventListener('input', event => { if (event.target.type !== 'radio') show(); });

  // Small pictures of what else there is for this query: the method's layers and heads, and the other methods.
  const thumbnails = () => {
    const own = maps.filter(map => map.query === chosen.query && map.method === chosen.method);
    const others = choices('method').filter(method => method !== chosen.method).map(method => usual(maps.filter(map => map.query === chosen.query && map.method === method)));
    const layers = choices('layer').map(layer => own.filter(map => map.layer === layer));
    const lines = [...(layers.some(line => line.length > 1) ? layers : [own]), others].filter(line => line.length && own.length + others.length > 1);
    const text = map => map.method === chosen.method && (map.layer !== null || map.head !== null) ? [map.layer === null ? '' : `layer ${map.layer}`, map.head === null ? 'all heads' : `head ${map.head}`].filter(Boolean).join(', ') : map.method;
    return lines.map(line => makeElement('div', { className: 'line' }, ...line.map(map => view.thumbnail(canvas => draw(canvas, map), text(map), about(map), map === chosen, () => { chosen = map; show(); }))));
  };

  const show = () => {
    for (const axis of axes) chips(groups[axis], axis, choices(axis), chosen[axis], naming[axis], item => choose(axis, item));
    draw(view.canvas, chosen);
    view.describe(`query ${chosen.query} · ${found(chosen.query).label} ${found(chosen.query).score.toFixed(2)} · ${about(chosen)}`, chosen);
    sheet.replaceChildren(...thumbnails());
  };

  view.follow(() => chosen);
  view.canvas.addEventListener('click', event => {
    const [x, y] = view.pointed(event), [px, py] = [x * data.size[0], y * data.size[1]], area = ({ box: [x0, y0, x1, y1] }) => (x1 - x0) * (y1 - y0);
    const under = data.queries.filter(({ box: [x0, y0, x1, y1] }) => px >= x0 && px <= x1 && py >= y0 && py <= y1).sort((a, b) => area(a) - area(b));
    if (under.length) choose('query', under[0].query);
  });
  view.photograph.decode().then(show);
}
