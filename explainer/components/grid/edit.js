// --- edit: an input over the cell, and messages beside cells ---------------------------------------------

function openEditor(grid, cell, first = null) {
  const m = grid.matrices[cell.matrix];
  const { x, y, w, h } = cellRect(m, cell.row, cell.col);
  const node = Object.assign(element('input', 'editor'), { type: 'text', inputMode: 'text', value: first ?? plain(m, cell) });
  node.setAttribute('aria-label', `${m.name}, ${m.where(cell.row, cell.col)}`);
  Object.assign(node.style, { left: `${x}px`, top: `${y}px`, width: `${Math.max(w, 48)}px`, height: `${Math.max(h, 24)}px`, fontSize: `${Math.max(m.font, 16)}px` });
  let open = true;
  const close = (text, [down, right] = [0, 0]) => {
    if (!open) return;
    open = false;
    node.remove();
    if (text !== null && text !== plain(m, cell)) grid.edited(cell, text);
    grid.editing = null;
    if (down || right) grid.moveFocus(down, right);
    grid.canvas.focus({ preventScroll: true });
  };
  node.onkeydown = (event) => {
    const move = { Enter: [1, 0], Tab: [0, event.shiftKey ? -1 : 1], Escape: [0, 0] }[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    close(event.key === 'Escape' ? null : node.value, move);
  };
  node.onpaste = (event) => {
    const text = event.clipboardData.getData('text/plain').trimEnd();
    if (!/[\t\n]/.test(text)) return;
    event.preventDefault();
    close(text);
  };
  node.onblur = () => close(node.value);
  grid.over.append(node);
  grid.editing = node;
  node.focus();
  if (first === null) node.select();
}

// What an editor starts with: the number with every digit that it has.
function plain(m, { row, col }) {
  const typed = m.typed.get(row * m.width + col);
  if (typed !== undefined) return typed;
  const value = m.at(row, col);
  return Number.isNaN(value) ? '' : minus(String(Number(value.toPrecision(12))));
}

function showNotes(grid) {
  const notes = grid.matrices.flatMap((m) => [...m.notes].map(([index, text]) => note(grid, m, index, text)));
  grid.over.querySelectorAll('.note').forEach((node) => node.remove());
  grid.over.append(...notes);
}

function note(grid, m, index, text) {
  const { x, y, w, h } = cellRect(m, Math.floor(index / m.width), index % m.width);
  const box = element('div', 'note', text);
  const frame = element('i', 'wrong');
  Object.assign(frame.style, { width: `${w - m.gap}px`, height: `${h - m.gap}px`, left: 0, top: 0 });
  const left = x > grid.width * 0.6;
  Object.assign(box.style, { top: `${y + h + 4}px`, [left ? 'right' : 'left']: `${left ? grid.width - x - w : x}px` });
  const holder = element('div', 'note holder');
  Object.assign(frame.style, { left: `${x + (m.shade === 'none' ? m.gap / 2 : 0)}px`, top: `${y + (m.shade === 'none' ? m.gap / 2 : 0)}px` });
  holder.append(frame, box);
  return holder;
}
