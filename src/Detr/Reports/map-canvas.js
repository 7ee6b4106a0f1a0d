'use strict';
// Maps on a canvas, for every part of a page that has some. The page has each map's cells; where a cell lies is reckoned as MapPlacement does: at pixel cell · stride of what the model saw.
const bytesOf = text => Uint8Array.from(atob(text), character => character.charCodeAt(0));
const shortNumber = value => Number(value.toPrecision(3)).toString();
const makeElement = (name, properties = {}, ...children) => { const element = Object.assign(document.createElement(name), properties); element.append(...children); return element; };

class MapCanvas {
  // The canvas takes the photograph's place, with a title and a scale below it.
  constructor(root, data, about) {
    this.photograph = root.querySelector('img');
    [this.columns, this.rows] = data.cells ?? [];
    this.model = data.model;
    this.stride = data.stride;
    this.colors = Object.fromEntries(Object.entries(data.colors).map(([name, text]) => [name, bytesOf(text)]));
    this.canvas = makeElement('canvas', { className: 'view', ...Object.fromEntries(['width', 'height'].map(name => [name, Number(this.photograph.getAttribute(name))])) });
    this.canvas.setAttribute('aria-label', about);
    [this.title, this.value, this.low, this.high, this.bar] = [makeElement('output'), makeElement('small'), makeElement('span'), makeElement('span'), makeElement('canvas', { width: 256, height: 1 })];
    root.querySelector('figcaption').replaceChildren(this.title, makeElement('div', { className: 'scale' }, this.low, this.bar, this.high), this.value);
    this.photograph.loading = 'eager';
    this.photograph.replaceWith(this.canvas);
  }

  // The photograph and the map over it; opacity goes from 0 to 1.
  draw(canvas, map, opacity, asCells) {
    const context = canvas.getContext('2d'), { width, height } = canvas;
    context.drawImage(this.photograph, 0, 0, width, height);
    context.globalAlpha = opacity;
    context.drawImage(this.#enlarged(map, width, height, asCells), 0, 0);
    context.globalAlpha = 1;
  }

  // What the map is called, and its scale.
  describe(title, map) {
    this.title.textContent = map.low === map.high ? `${title} · ${shortNumber(map.high)} everywhere` : title;
    this.value.textContent = '\u00a0';
    [this.low.textContent, this.high.textContent] = [shortNumber(map.low), shortNumber(map.high)];
    const context = this.bar.getContext('2d'), line = context.createImageData(256, 1), table = this.colors[map.colors];
    for (let i = 0; i < 256; i++) line.data.set([table[3 * i], table[3 * i + 1], table[3 * i + 2], 255], 4 * i);
    context.putImageData(line, 0, 0);
  }

  // The number under the pointer, while there is one.
  follow(mapNow) {
    this.canvas.addEventListener('pointermove', event => {
      const [row, column] = this.cellAt(...this.pointed(event)), map = mapNow();
      if (map) this.value.textContent = `row ${row}, column ${column}: ${shortNumber(map.low + map.values[row * this.columns + column] / 255 * (map.high - map.low))}`;
    });
    this.canvas.addEventListener('pointerleave', () => { this.value.textContent = '\u00a0'; });
  }

  // Where an event is on the photograph, in shares of its sides.
  pointed(event) {
    const box = this.canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  // The row and column of the cell whose centre is nearest.
  cellAt(x, y) {
    const cell = (share, model, cells) => Math.round(Math.min(Math.max((share * model - 0.5) / this.stride, 0), cells - 1));
    return [cell(y, this.model[1], this.rows), cell(x, this.model[0], this.columns)];
  }

  // A cell's centre, in shares of the photograph's sides.
  centre(row, column) {
    return [(column * this.stride + 0.5) / this.model[0], (row * this.stride + 0.5) / this.model[1]];
  }

  // A small picture of a map as a button.
  thumbnail(draw, text, title, isPressed, act) {
    const width = 112, canvas = makeElement('canvas', { width, height: Math.min(Math.max(1, Math.round(width * this.canvas.height / this.canvas.width)), 400) });
    draw(canvas);
    const button = makeElement('button', { type: 'button', title }, canvas, makeElement('small', { textContent: text }));
    button.setAttribute('aria-pressed', isPressed);
    button.addEventListener('click', act);
    return button;
  }

  // Where a line's pixels lie among the centres of its cells: the cell before and the share of the one after.
  #places(pixels, model, cells) {
    return Array.from({ length: pixels }, (_, i) => Math.min(Math.max(((i + 0.5) * model / pixels - 0.5) / this.stride, 0), cells - 1));
  }

  #enlarged(map, width, height, asCells) {
    const { columns, rows } = this, image = new ImageData(width, height), pixels = image.data, table = this.colors[map.colors];
    const across = this.#places(width, this.model[0], columns), down = this.#places(height, this.model[1], rows);
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
    const layer = makeElement('canvas', { width, height });
    layer.getContext('2d').putImageData(image, 0, 0);
    return layer;
  }
}

// A group of choices of which one is made.
const chips = (group, name, choices, chosen, textOf, choose) => {
  group.hidden = choices.length < 2;
  group.replaceChildren(group.firstChild, ...choices.map(item => {
    const input = makeElement('input', { type: 'radio', name, checked: item === chosen });
    input.addEventListener('change', () => { choose(item); group.querySelector('input:checked').focus(); });
    return makeElement('label', { className: 'chip' }, input, makeElement('span', { textContent: textOf(item) }));
  }));
};
const fieldset = name => makeElement('fieldset', {}, makeElement('legend', { textContent: name }));
const viewOptions = (...others) => makeElement('fieldset', { className: 'view-options' }, makeElement('legend', { textContent: 'view' }),
  makeElement('label', {}, 'map ', makeElement('input', { type: 'range', name: 'opacity', min: 0, max: 100, value: 70 })),
  makeElement('label', {}, makeElement('input', { type: 'checkbox', name: 'cells' }), ' single cells'), ...others);
