'use strict';
// Points of a photograph: what a point's cell attends to in the encoder, or what attends to it.
for (const root of document.querySelectorAll('.points')) {
  const data = JSON.parse(root.querySelector('script').textContent);
  const directions = ['what it attends to', 'what attends to it'];
  const view = new MapCanvas(root, data, 'The photograph; arrow keys move the point, with the shift key by five cells'), form = root.querySelector('form'), sheet = root.querySelector('.sheet');
  const cells = view.rows * view.columns;
  let [layer, direction] = [data.layers.at(-1), directions[0]], [row, column] = view.cellAt(0.5, 0.5), map = null;

  const unpack = async packed => {
    packed.largest = new Float32Array(bytesOf(packed.largest).buffer);
    packed.levels = new Uint8Array(await new Response(new Blob([bytesOf(packed.levels)]).stream().pipeThrough(new DecompressionStream('deflate'))).arrayBuffer());
  };

  // A number is the square of its level's share of all steps, of its row's largest; the map's levels are shares of its own largest.
  const mapOf = ({ largest, levels }) => {
    const cell = row * view.columns + column, numbers = new Float32Array(cells);
    for (let other = 0; other < cells; other++) {
      const [from, to] = direction === directions[0] ? [cell, other] : [other, cell];
      numbers[other] = (levels[from * cells + to] / data.steps) ** 2 * largest[from];
    }
    const high = numbers.reduce((most, value) => Math.max(most, value), 0);
    return { low: 0, high, colors: 'ember', values: Uint8Array.from(numbers, value => high > 0 ? Math.round(value / high * 255) : 0) };
  };
  const draw = (canvas, shown) => {
    view.draw(canvas, shown, form.opacity.value / 100, form.cells.checked);
    const context = canvas.getContext('2d'), [x, y] = view.centre(row, column), radius = Math.max(3, canvas.width / 110);
    for (const [style, size] of [['rgba(0,0,0,.6)', 1.6], ['#fff', 1.25], ['rgb(47,111,219)', 0.9]]) {
      context.fillStyle = style;
      context.beginPath();
      context.arc(x * canvas.width, y * canvas.height, radius * size, 0, 2 * Math.PI);
      context.fill();
    }
  };

  const groups = { see: fieldset('see'), layer: fieldset('layer') };
  form.append(...Object.values(groups), viewOptions());
  form.addEventListener('submit', event => event.preventDefault());
  const show = () => {
    map = mapOf(layer);
    chips(groups.see, 'see', directions, direction, text => text, item => { direction = item; show(); });
    chips(groups.layer, 'layer', data.layers, layer, item => item.layer, item => { layer = item; show(); });
    draw(view.canvas, map);
    view.describe(`row ${row}, column ${column}: ${direction} · encoder self-attention, layer ${layer.layer}, mean of heads`, map);
    sheet.replaceChildren(makeElement('div', { className: 'line' }, ...(data.layers.length > 1 ? data.layers : []).map(item => view.thumbnail(
      canvas => draw(canvas, mapOf(item)), `layer ${item.layer}`, `layer ${item.layer}`, item === layer, () => { layer = item; show(); }))));
  };
  const move = (toRow, toColumn) => {
    [toRow, toColumn] = [Math.min(Math.max(toRow, 0), view.rows - 1), Math.min(Math.max(toColumn, 0), view.columns - 1)];
    if (toRow === row && toColumn === column) return;
    [row, column] = [toRow, toColumn];
    show();
  };

  const listen = () => {
    form.addEventListener('input', event => { if (event.target.type !== 'radio') show(); });
    view.canvas.tabIndex = 0;
    view.canvas.setAttribute('role', 'application');
    view.follow(() => map);
    view.canvas.addEventListener('pointerdown', event => {
      view.canvas.setPointerCapture(event.pointerId);
      move(...view.cellAt(...view.pointed(event)));
    });
    view.canvas.addEventListener('pointermove', event => { if (event.buttons & 1) move(...view.cellAt(...view.pointed(event))); });
    view.canvas.addEventListener('keydown', event => {
      const step = event.shiftKey ? 5 : 1, way = { ArrowUp: [-step, 0], ArrowDown: [step, 0], ArrowLeft: [0, -step], ArrowRight: [0, step] }[event.key];
      if (!way || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      move(row + way[0], column + way[1]);
    });
  };
  Promise.all([view.photograph.decode(), ...data.layers.map(unpack)]).then(() => { listen(); show(); })
    .catch(error => { view.title.textContent = `This browser cannot show the encoder's attention: ${error.message}`; });
}
