// --- paint: two canvases, the numbers below and the lights above ----------------------------------------

const TINY = 5; // below this many pixels a matrix is drawn as an image, one pixel a cell, and enlarged

class Painter {
  constructor(cells, lights) {
    this.canvases = [cells, lights];
    this.cells = cells.getContext('2d');
    this.lights = lights.getContext('2d');
    this.ruler = document.createElement('canvas').getContext('2d');
    this.widths = new Map();
  }

  resize(width, height) {
    this.ratio = window.devicePixelRatio || 1;
    this.size = [width, height];
    for (const canvas of this.canvases) {
      canvas.width = Math.round(width * this.ratio);
      canvas.height = Math.round(height * this.ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    this.cells.scale(this.ratio, this.ratio);
    this.lights.scale(this.ratio, this.ratio);
  }

  setTheme(theme) {
    this.theme = theme;
    this.widths.clear();
  }

  font(size, weight = 500) { return `${weight} ${size}px ${this.theme.font}`; }

  // Width of a text, from glyph widths that are measured once.
  measure(text, size, weight = 500) {
    let width = 0;
    for (const glyph of text) {
      const key = weight + glyph;
      if (!this.widths.has(key)) {
        this.ruler.font = this.font(100, weight);
        this.widths.set(key, this.ruler.measureText(glyph).width / 100);
      }
      width += this.widths.get(key);
    }
    return width * size;
  }

  paint(matrices) {
    const ctx = this.cells;
    ctx.clearRect(0, 0, ...this.size);
    for (const m of matrices.filter((m) => !m.hidden)) {
      this.title(ctx, m);
      this.labels(ctx, m);
      this.matrix(ctx, m);
    }
  }

  // Repaints some cells of a matrix, or all of them.
  matrix(ctx, m, indexes = null) {
    if (m.hidden) return;
    if (m.cw < TINY || m.ch < TINY) { this.image(ctx, m); return; }
    this.begin(ctx, m);
    if (indexes) for (const i of indexes) this.cell(ctx, m, Math.floor(i / m.width), i % m.width);
    else for (let row = 0; row < m.height; row += 1) for (let col = 0; col < m.width; col += 1) this.cell(ctx, m, row, col);
  }

  begin(ctx, m) {
    ctx.font = this.font(m.font || 10);
    ctx.textAlign = 'center';
    ctx.textBaseline = 'alphabetic';
    ctx.lineWidth = m.shade === 'none' ? Math.max(1, m.cw / 75) : 1;
  }

  cell(ctx, m, row, col) {
    const { x, y, w, h } = cellRect(m, row, col);
    const text = m.text(row, col);
    const value = m.at(row, col);
    const shaded = m.shade !== 'none' && !Number.isNaN(value) && !m.covers(row, col);
    ctx.clearRect(x, y, w, h);
    let ink = css(this.theme.ink);
    if (shaded) {
      const step = Math.round(m.shadeOf(value) * (SHADES - 1));
      ctx.fillStyle = this.theme[m.shade].fill[step];
      ctx.fillRect(x, y, w - m.gap, h - m.gap);
      ink = this.theme[m.shade].text[step];
    } else this.outline(ctx, m, x, y, w, h);
    if (text && m.font) this.number(ctx, m, text, x + (w - m.gap) / 2, y + (h - m.gap) / 2, w - m.gap, ink);
  }

  outline(ctx, m, x, y, w, h) {
    ctx.strokeStyle = css(this.theme.role[m.role], 0.55);
    ctx.beginPath();
    ctx.roundRect(x + m.gap / 2, y + m.gap / 2, w - m.gap, h - m.gap, Math.min(w, h) * 0.11);
    ctx.stroke();
  }

  number(ctx, m, text, x, y, room, ink, weight = 500) {
    ctx.fillStyle = ink;
    const width = this.measure(text, m.font, weight);
    const size = width <= room ? m.font : (m.font * room) / width;
    if (size < MIN_NUMBER - 1) return;
    if (size !== m.font || weight !== 500) ctx.font = this.font(size, weight);
    ctx.fillText(text, x, y + size * 0.34);
    if (size !== m.font || weight !== 500) ctx.font = this.font(m.font);
  }

  image(ctx, m) {
    const picture = new ImageData(m.width, m.height);
    const table = this.theme[m.shade === 'none' ? 'diverging' : m.shade].rgb;
    for (let i = 0; i < m.values.length; i += 1) {
      const value = m.values[i];
      if (Number.isNaN(value)) continue;
      const [r, g, b] = table[Math.round(m.shadeOf(value) * (SHADES - 1))];
      picture.data.set([r, g, b, 255], 4 * i);
    }
    const small = new OffscreenCanvas(m.width, m.height);
    small.getContext('2d').putImageData(picture, 0, 0);
    ctx.imageSmoothingEnabled = false;
    ctx.drawImage(small, m.x, m.y, m.width * m.cw, m.height * m.ch);
  }

  title(ctx, m) {
    if (m.titleAt === 'none') return;
    const { x, y, w, h } = areaRect(m, all(m.height), all(m.width));
    const above = y - (m.cols.length ? m.labelSize * 1.45 : 0) - m.titleSize * 0.5;
    const [tx, ty, align] = {
      above: [x, above, 'left'],
      below: [x, y + h + m.titleSize * 1.1, 'left'],
      left: [x - m.inset.left - m.titleSize * 0.8, y + h / 2 + m.titleSize * 0.34, 'right'],
      right: [x + w + m.titleSize * 0.8, y + h / 2 + m.titleSize * 0.34, 'left'],
    }[m.titleAt];
    ctx.font = this.font(m.titleSize, 700);
    ctx.fillStyle = css(this.theme.text[m.role]);
    ctx.textAlign = align;
    ctx.textBaseline = 'alphabetic';
    ctx.fillText(m.label, tx, ty);
  }

  labels(ctx, m) {
    for (let row = 0; row < m.rows.length; row += 1) this.rowLabel(ctx, m, row, css(this.theme.soft));
    if (this.colsFit(m)) for (let col = 0; col < m.cols.length; col += 1) this.colLabel(ctx, m, col, css(this.theme.soft));
  }

  colsFit(m) { return m.cols.length && Math.max(...m.cols.map((t) => this.measure(t, m.labelSize, 700))) <= Math.max(m.cw, 6) * 1.15; }

  rowLabel(ctx, m, row, color) {
    ctx.font = this.font(m.labelSize, 700);
    ctx.fillStyle = color;
    ctx.textBaseline = 'alphabetic';
    ctx.textAlign = 'right';
    if (m.ch >= 6) ctx.fillText(m.rows[row], m.x - m.labelSize * 0.4, m.y + (row + 0.5) * m.ch + m.labelSize * 0.34);
  }

  colLabel(ctx, m, col, color) {
    ctx.font = this.font(m.labelSize, 700);
    ctx.fillStyle = color;
    ctx.textBaseline = 'alphabetic';
    ctx.textAlign = 'center';
    ctx.fillText(m.cols[col], m.x + (col + 0.5) * m.cw - m.gap / 2, m.y - m.labelSize * 0.4);
  }

  // --- lights ---

  shine(matrices, lights, focus, locked) {
    const ctx = this.lights;
    ctx.clearRect(0, 0, ...this.size);
    const order = ['soft', 'mark', 'band', 'row', 'column', 'term', 'cell'];
    const shown = lights.filter((l) => !matrices[l.matrix].hidden);
    for (const l of shown.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))) {
      const m = matrices[l.matrix];
      this[`light_${l.kind}`](ctx, m, l, locked);
    }
    if (focus) this.focusRing(ctx, matrices[focus.matrix], focus);
  }

  light_soft(ctx, m, l) {
    if (m.shade !== 'none' || m.cw < TINY) { this.frame(ctx, areaRect(m, l.rows, l.cols), css(this.theme.role[l.role]), 2.5, m); return; }
    this.eachCell(m, l, (row, col) => this.tinted(ctx, m, row, col, l.role, 0.16));
  }

  light_term(ctx, m, l) {
    if (m.shade !== 'none' || m.cw < TINY) { this.frame(ctx, areaRect(m, l.rows, l.cols), css(this.theme.ink), 3, m); return; }
    this.eachCell(m, l, (row, col) => this.tinted(ctx, m, row, col, l.role, 0.42));
  }

  light_cell(ctx, m, l, locked) {
    if (m.shade === 'none' && m.cw >= TINY) {
      this.eachCell(m, l, (row, col) => this.tinted(ctx, m, row, col, l.role, 0.18, locked ? 1.5 : 1));
      return;
    }
    this.frame(ctx, areaRect(m, l.rows, l.cols), css(this.theme.ink), locked ? 4 : 3, m, 1);
  }

  light_mark(ctx, m, l) { this.frame(ctx, areaRect(m, l.rows, l.cols), css(this.theme.text[l.role]), 2, m); }

  light_row(ctx, m, l) {
    this.frame(ctx, areaRect(m, l.rows, l.cols), css(this.theme.role[l.role]), 2, m);
    if (m.rows.length) this.labelLight(ctx, m, l.rows[0], null, l.role);
  }

  light_column(ctx, m, l) {
    this.frame(ctx, areaRect(m, l.rows, l.cols), css(this.theme.role[l.role]), 2, m);
    if (this.colsFit(m)) this.labelLight(ctx, m, null, l.cols[0], l.role);
  }

  // A dotted band from a row or column to the cell it helps to make, where they stand in line.
  light_band(ctx, m, l) {
    const area = areaRect(m, l.rows, l.cols);
    const [out, row, col] = l.to;
    const target = cellRect(out, row, col);
    const inRow = Math.abs(area.y - target.y) < 1 && target.x > area.x && l.rows[0] === l.rows[1];
    const inColumn = Math.abs(area.x - target.x) < 1 && target.y > area.y && l.cols[0] === l.cols[1];
    if (inRow) area.w = target.x + target.w - area.x;
    if (inColumn) area.h = target.y + target.h - area.y;
    if (!inRow && !inColumn) return;
    ctx.setLineDash([3, 4]);
    this.frame(ctx, area, css(this.theme.role[l.role]), 2, { ...m, gap: -3 });
    ctx.setLineDash([]);
  }

  eachCell(m, l, draw) {
    for (let row = l.rows[0]; row <= l.rows[1]; row += 1) for (let col = l.cols[0]; col <= l.cols[1]; col += 1) draw(row, col);
  }

  // A cell of an outlined matrix in the tint of its role, its number bold.
  tinted(ctx, m, row, col, role, strength, stroke = 1) {
    const { x, y, w, h } = cellRect(m, row, col);
    const color = this.theme.role[role];
    const tint = mix(this.theme.ground, color, strength);
    ctx.clearRect(x, y, w, h);
    ctx.beginPath();
    ctx.roundRect(x + m.gap / 2, y + m.gap / 2, w - m.gap, h - m.gap, Math.min(w, h) * 0.11);
    ctx.fillStyle = css(tint);
    ctx.fill();
    ctx.lineWidth = Math.max(2, m.cw / 30) * stroke;
    ctx.strokeStyle = css(color);
    ctx.stroke();
    const text = m.text(row, col);
    ctx.textAlign = 'center';
    ctx.textBaseline = 'alphabetic';
    const ink = contrast(this.theme.text[role], tint) >= 4.5 ? this.theme.text[role] : this.theme.ink;
    if (text && m.font) this.number(ctx, m, text, x + (w - m.gap) / 2 + m.gap / 2, y + h / 2, w - m.gap, css(ink), 700);
  }

  frame(ctx, { x, y, w, h }, color, width, m, radius = 0) {
    const inset = (m.shade === 'none' ? m.gap / 2 : 0) - (radius ? 0.5 : 0);
    const gap = m.gap === 1 && m.shade !== 'none' ? 1 : 0;
    ctx.lineWidth = width;
    ctx.strokeStyle = color;
    ctx.beginPath();
    const extra = m.gap < 0 ? -m.gap : 0;
    ctx.roundRect(x + inset - extra, y + inset - extra, w - 2 * inset - gap + 2 * extra, h - 2 * inset - gap + 2 * extra, radius ? 3 : extra ? 8 : 2);
    ctx.stroke();
  }

  labelLight(ctx, m, row, col, role) {
    const color = css(this.theme.text[role]);
    const ground = css(this.theme.ground);
    ctx.fillStyle = ground;
    if (row !== null) {
      const width = this.measure(m.rows[row], m.labelSize, 700) + 2;
      ctx.fillRect(m.x - m.labelSize * 0.4 - width, m.y + row * m.ch, width + 1, m.ch);
      this.rowLabel(ctx, m, row, color);
    } else {
      ctx.fillRect(m.x + col * m.cw, m.y - m.labelSize * 1.3, m.cw, m.labelSize * 1.2);
      this.colLabel(ctx, m, col, color);
    }
  }

  focusRing(ctx, m, { row, col }) {
    const { x, y, w, h } = cellRect(m, row, col);
    ctx.lineWidth = 2;
    ctx.strokeStyle = css(this.theme.ground);
    ctx.strokeRect(x - 2, y - 2, w + 4 - m.gap, h + 4 - m.gap);
    ctx.strokeStyle = css(this.theme.ink);
    ctx.strokeRect(x - 4, y - 4, w + 8 - m.gap, h + 8 - m.gap);
  }
}
