// --- layout: where everything stands on the canvas, in css pixels --------------------------------------

const MIN_NUMBER = 9;
const NARROW = 700;
const EDGE = 8; // room for the dotted bands

const sum = (list) => list.reduce((a, b) => a + b, 0);
const all = (size) => [0, size - 1];
const one = (index) => [index, index];
const unique = (list) => [...new Set(list)].sort((a, b) => a - b);

// Sets x, y, cw, ch, gap, font and the place of the title on every matrix; returns the height that it took.
function layOut(matrices, links, { width, height, rem, measure, narrow }) {
  const places = narrow && !links.some((l) => l.kind === 'product') ? stacked(matrices) : matrices.map((m) => m.place);
  let label = rem;
  let result = { cw: 0 };
  for (let pass = 0; pass < 3; pass += 1) {
    result = arrange(matrices, places, { links, width, height, rem, label, measure, narrow, before: result.cw });
    label = Math.max(MIN_NUMBER, Math.min(rem, result.ch * 0.86));
  }
  matrices.forEach((m) => chooseNumbers(m, rem, measure));
  return result.total;
}

function stacked(matrices) {
  const order = [...matrices].sort((a, b) => a.place[0] - b.place[0] || a.place[1] - b.place[1]);
  return matrices.map((m) => [order.indexOf(m), 0]);
}

function arrange(matrices, places, { links, width, height, rem, label, measure, narrow, before }) {
  const rows = unique(places.map((p) => p[0]));
  const cols = unique(places.map((p) => p[1]));
  const inRow = (r) => matrices.filter((_, i) => places[i][0] === r);
  const inCol = (c) => matrices.filter((_, i) => places[i][1] === c);
  const taken = new Map(matrices.map((m, i) => [`${places[i]}`, m]));
  const titleSize = rem * (narrow ? 1.05 : 1.3);
  const crowned = crownedBy(links, matrices, places);

  matrices.forEach((m, i) => {
    const [r, c] = places[i];
    m.labelSize = label;
    m.titleSize = m.shade === 'none' ? titleSize : titleSize * 0.85;
    m.titleSize = Math.min(m.titleSize, (width - 2 * EDGE) / measure(m.label, 1, 700));
    m.titleWidth = measure(m.label, m.titleSize, 700);
    m.titleAt = titlePlace(m, r, c, { taken, cols, narrow, crowned, room: before });
    const rowLabel = m.rows.length ? Math.max(...m.rows.map((t) => measure(t, label, 700))) + label * 0.55 : 0;
    m.inset = {
      left: rowLabel,
      top: (m.cols.length ? label * 1.45 : 0) + (m.titleAt === 'above' ? m.titleSize * 1.5 : 0),
      right: m.titleAt === 'right' ? m.titleWidth + rem : 0,
      bottom: m.titleAt === 'below' ? m.titleSize * 1.5 : 0,
    };
  });

  const most = (group, side) => Math.max(0, ...group.map((m) => m.inset[side]));
  const left = cols.map((c) => most(inCol(c), 'left'));
  const right = cols.map((c) => most(inCol(c), 'right'));
  const top = rows.map((r) => most(inRow(r), 'top'));
  const bottom = rows.map((r) => most(inRow(r), 'bottom'));
  const gapX = rem * (narrow ? 0.9 : 2);
  const gapY = rem * (narrow ? 0.9 : 1.4);
  const columns = cols.map((c) => Math.max(...inCol(c).map((m) => m.width)));
  const lines = rows.map((r) => Math.max(...inRow(r).map((m) => m.height)));
  const freeX = width - sum(left) - sum(right) - gapX * (cols.length - 1) - 2 * EDGE;
  const freeY = height - sum(top) - sum(bottom) - gapY * (rows.length - 1) - 2 * EDGE;
  const outlined = matrices.some((m) => m.shade === 'none');
  const titled = (c) => Math.max(0, ...inCol(c).filter((m) => ['above', 'below'].includes(m.titleAt)).map((m) => m.titleWidth));
  const titles = cols.map(titled);
  const [cw, ch] = cellSize(shared(freeX, columns, titles), freeY / sum(lines), rem, outlined, narrow);

  const spans = columns.map((count, i) => Math.max(cw * count, titles[i]));
  const spanX = sum(left) + sum(right) + gapX * (cols.length - 1) + sum(spans);
  const spanY = sum(top) + sum(bottom) + gapY * (rows.length - 1) + ch * sum(lines);
  const total = narrow ? spanY + 2 * EDGE : height;
  const startX = Math.max(EDGE, (width - spanX) / 2);
  const startY = Math.max(EDGE, (total - spanY) / 2);
  matrices.forEach((m, i) => {
    const c = cols.indexOf(places[i][1]);
    const r = rows.indexOf(places[i][0]);
    m.cw = cw;
    m.ch = ch;
    const x = startX + sum(left.slice(0, c + 1)) + sum(right.slice(0, c)) + gapX * c + sum(spans.slice(0, c));
    const y = startY + sum(top.slice(0, r + 1)) + sum(bottom.slice(0, r)) + gapY * r + ch * sum(lines.slice(0, r));
    m.x = Math.round(x);
    m.y = Math.round(y + ((lines[r] - m.height) * ch) / 2);
    m.gap = m.shade === 'none' ? Math.max(1, cw * 0.07) : cw >= 8 && ch >= 8 ? 1 : 0;
  });
  return { cw, ch, total };
}

// Beside the matrix where there is room, so that nothing comes between two matrices that belong together.
function titlePlace(m, r, c, { taken, cols, narrow, crowned, room }) {
  if (!m.label) return 'none';
  const before = cols[cols.indexOf(c) - 1];
  const beside = before !== undefined && !taken.has(`${[r, before]}`);
  const columnBeside = [...taken].filter(([place]) => Number(place.split(',')[1]) === before).map(([, other]) => other);
  const free = Math.max(0, ...columnBeside.map((o) => o.width * room));
  if (beside && !narrow && m.shade === 'none' && free >= m.titleWidth) return 'left';
  if (!crowned.has(m)) return 'above';
  return narrow || c !== cols.at(-1) ? 'below' : 'right';
}

// Products that stand right below their right factor; a title between the two would cut their columns.
function crownedBy(links, matrices, places) {
  const products = links.filter((l) => l.kind === 'product');
  const below = products.filter((l) => places[l.out][1] === places[l.right][1] && places[l.out][0] === places[l.right][0] + 1);
  return new Set(below.map((l) => matrices[l.out]));
}

// The width of a cell, where titles that are wider than their matrix take their share.
function shared(free, columns, titles) {
  const cw = free / sum(columns);
  const wide = columns.map((count, i) => cw * count < titles[i]);
  if (wide.every(Boolean) || !wide.some(Boolean)) return cw;
  const taken = sum(titles.filter((_, i) => wide[i]));
  return Math.max(1, Math.min(cw, (free - taken) / sum(columns.filter((_, i) => !wide[i]))));
}

function cellSize(cw, ch, rem, outlined, narrow) {
  const most = rem * 4.8;
  let height = narrow ? cw : Math.min(ch, most);
  let width = Math.min(cw, most, height * (outlined ? 1.08 : height < MIN_NUMBER * 1.3 ? 1.1 : 1.8));
  height = Math.min(height, most, Math.max(width, Math.min(width * 3, rem * 1.1)));
  const crisp = (size) => (size >= 4 ? Math.floor(size * 4) / 4 : size);
  width = crisp(Math.max(0.5, width));
  return [width, crisp(Math.max(0.5, height))];
}

// The first notation whose numbers fit, and the size they are written in; none if all would be too small.
function chooseNumbers(m, rem, measure) {
  const roomy = Math.min(1, Math.max(0, (m.ch - rem) / rem));
  const best = m.ch * (0.7 - 0.32 * roomy);
  m.write = null;
  m.font = 0;
  for (const write of notations(m)) {
    const widest = Math.max(0.3, ...m.samples.map((v) => measure(write(v), 1, 600)));
    const font = Math.min(best, (m.cw - m.gap - Math.max(2, m.cw * 0.1)) / widest);
    const better = font >= Math.max(MIN_NUMBER, best * 0.8);
    if (font >= MIN_NUMBER && (!m.write || font > m.font * 1.1)) Object.assign(m, { write, font });
    if (better) return;
  }
}

// What is seen of some cells: without the gap, which outlined cells have on all sides and shaded ones to the right.
function areaBox(m, [row0, row1], [col0, col1]) {
  const inset = m.shade === 'none' ? m.gap / 2 : 0;
  return {
    x: m.x + col0 * m.cw + inset, y: m.y + row0 * m.ch + inset,
    w: (col1 - col0 + 1) * m.cw - m.gap, h: (row1 - row0 + 1) * m.ch - m.gap,
  };
}

const cellBox = (m, row, col) => areaBox(m, one(row), one(col));

function cellAt(matrices, x, y) {
  for (const m of matrices) {
    const col = Math.floor((x - m.x) / m.cw);
    const row = Math.floor((y - m.y) / m.ch);
    if (!m.hidden && row >= 0 && row < m.height && col >= 0 && col < m.width) return { matrix: m.index, row, col };
  }
  return null;
}
