'use strict';
// Values under the pointer. A chart says where its plot lies and which numbers its edges are; the rest is in the lines themselves.
for (const chart of document.querySelectorAll('svg.chart')) {
  const [left, top, right, bottom, xLow, yHigh, xHigh, yLow] = chart.dataset.plot.split(' ').map(Number);
  const lines = [...chart.querySelectorAll('path[data-name]')].map(path => ({
    path, isFaint: path.classList.contains('faint'), name: path.dataset.name.length > 28 ? `${path.dataset.name.slice(0, 27)}…` : path.dataset.name, points: path.getAttribute('d').split(/[MLh]/).filter(point => point.includes(' ')).map(point => point.split(' ').map(Number)),
  })).filter(line => line.points.length);
  if (!lines.length) continue;
  const card = chart.closest('.card');
  const tip = Object.assign(document.createElement('div'), { className: 'tip', hidden: true });
  const hair = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  hair.setAttribute('class', 'hair');
  card.append(tip);
  chart.append(hair);
  const text = number => Number(number.toPrecision(4)).toString();
  const hide = () => { tip.hidden = true; hair.removeAttribute('d'); lines.forEach(line => line.path.classList.remove('near')); };
  chart.addEventListener('pointerleave', hide);
  chart.addEventListener('pointermove', event => {
    const box = chart.getBoundingClientRect(), scale = chart.viewBox.baseVal.width / box.width;
    const x = (event.clientX - box.left) * scale, y = (event.clientY - box.top) * scale;
    if (x < left - 8 || x > right + 8) { hide(); return; }
    const at = lines.map(line => ({ line, point: line.points.reduce((a, b) => Math.abs(b[0] - x) < Math.abs(a[0] - x) ? b : a) }))
      .sort((a, b) => a.line.isFaint - b.line.isFaint || Math.abs(a.point[1] - y) - Math.abs(b.point[1] - y)).slice(0, 9).sort((a, b) => a.point[1] - b.point[1]);
    const nearest = at.reduce((a, b) => Math.abs(b.point[0] - x) < Math.abs(a.point[0] - x) ? b : a).point[0];
    const closest = at.reduce((a, b) => Math.abs(b.point[1] - y) < Math.abs(a.point[1] - y) ? b : a).line;
    lines.forEach(line => line.path.classList.toggle('near', line === closest));
    hair.setAttribute('d', `M${nearest} ${top}V${bottom}`);
    tip.replaceChildren(document.createTextNode(text(xLow + (nearest - left) / (right - left) * (xHigh - xLow))));
    for (const { line, point } of at) {
      const row = document.createElement('div'), mark = document.createElement('i');
      mark.style.background = line.path.getAttribute('stroke');
      row.append(mark, `${line.name} ${text(yLow + (bottom - point[1]) / (bottom - top) * (yHigh - yLow))}`);
      tip.append(row);
    }
    tip.hidden = false;
    const frame = card.getBoundingClientRect(), place = event.clientX - frame.left;
    tip.style.left = `${place + tip.offsetWidth + 24 > frame.width ? Math.max(4, place - tip.offsetWidth - 14) : place + 14}px`;
    tip.style.top = `${Math.max(4, event.clientY - frame.top - tip.offsetHeight / 2)}px`;
  });
}

// Tables are sorted by a click on a heading: numbers as numbers, what is missing last.
for (const head of document.querySelectorAll('th')) {
  head.addEventListener('click', () => {
    const table = head.closest('table'), column = head.cellIndex, isText = head.classList.contains('text');
    const isDescending = head.getAttribute('aria-sort') ? head.getAttribute('aria-sort') === 'ascending' : !isText;
    table.querySelectorAll('th').forEach(other => other.removeAttribute('aria-sort'));
    head.setAttribute('aria-sort', isDescending ? 'descending' : 'ascending');
    const key = row => row.cells[column].dataset.key ?? row.cells[column].textContent;
    const number = row => parseFloat(key(row).replaceAll(',', ''));
    const compare = (a, b) => {
      if (isText) return isDescending ? key(b).localeCompare(key(a)) : key(a).localeCompare(key(b));
      const [x, y] = [number(a), number(b)];
      return isNaN(x) || isNaN(y) ? isNaN(x) - isNaN(y) : isDescending ? y - x : x - y;
    };
    table.tBodies[0].append(...[...table.tBodies[0].rows].sort(compare));
  });
}

// A run that goes on writes its page anew.
if ('growing' in document.documentElement.dataset) {
  setInterval(() => { if (!document.hidden) location.reload(); }, 30000);
}
