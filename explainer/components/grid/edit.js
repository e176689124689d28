// --- edit: an input over the cell, and messages beside cells ---------------------------------------------

import { element } from '../player/stage.js';
import { all, areaBox, cellBox } from './layout.js';
import { minus } from './numbers.js';

export function openEditor(grid, cell, first = null) {
  const m = grid.matrices[cell.matrix];
  const { x, y, w, h } = cellBox(m, cell.row, cell.col);
  const node = Object.assign(element('input', 'editor'), { type: 'text', inputMode: 'text', value: first ?? numberOf(m, cell) });
  node.setAttribute('aria-label', `${m.name}, ${m.where(cell.row, cell.col)}`);
  placed(node, { x, y, w: Math.max(w, 48), h: Math.max(h, 24) });
  node.style.fontSize = `${Math.max(m.font, 16)}px`;
  let open = true;
  const close = (text, [down, right] = [0, 0]) => {
    if (!open) return;
    open = false;
    node.remove();
    if (text !== null && text !== numberOf(m, cell)) grid.edited(cell, text);
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
function numberOf(m, { row, col }) {
  const typed = m.typed.get(row * m.width + col);
  if (typed !== undefined) return typed;
  const value = m.at(row, col);
  return Number.isNaN(value) ? '' : minus(String(Number(value.toPrecision(12))));
}

// Messages stand beside their matrix where there is room, so that they hide no other number.
export function showNotes(grid) {
  const taken = grid.matrices.map((m) => areaBox(m, all(m.height), all(m.width)));
  const notes = grid.matrices.flatMap((m) => [...m.notes].map(([index, text]) => note(grid, m, index, text, taken)));
  grid.over.querySelectorAll('.note').forEach((node) => node.remove());
  grid.over.append(...notes);
}

function note(grid, m, index, text, taken) {
  const cell = cellBox(m, Math.floor(index / m.width), index % m.width);
  const size = noteSize(grid, text);
  const spots = noteSpots(cell, areaBox(m, all(m.height), all(m.width)), size);
  const free = spots.find((spot) => inside(spot, grid) && !taken.some((other) => overlap(spot, other)));
  const spot = free ?? { ...spots.at(-1), x: Math.max(0, Math.min(cell.x, grid.width - size.w)) };
  taken.push(spot);
  const holder = element('div', 'note');
  holder.append(placed(element('i'), cell), placed(element('span', '', text), spot));
  return holder;
}

function noteSize({ rem, painter }, text) {
  const wide = painter.measure(text, 0.9 * rem) * 1.03 + 1.2 * rem;
  const w = Math.min(wide, 14 * rem);
  return { w, h: 0.45 * rem + 1.17 * rem * Math.ceil(wide / w) };
}

function noteSpots(cell, whole, { w, h }) {
  const middle = cell.y + (cell.h - h) / 2;
  const center = cell.x + (cell.w - w) / 2;
  return [
    { x: whole.x + whole.w + 10, y: middle, w, h }, { x: whole.x - w - 10, y: middle, w, h },
    { x: center, y: whole.y + whole.h + 8, w, h }, { x: center, y: whole.y - h - 8, w, h },
    { x: cell.x, y: cell.y + cell.h + 4, w, h },
  ];
}

const inside = ({ x, y, w, h }, { width, height }) => x >= 0 && y >= 0 && x + w <= width && y + h <= height;
const overlap = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

function placed(node, { x, y, w, h }) {
  Object.assign(node.style, { left: `${x}px`, top: `${y}px`, width: `${w}px`, height: `${h}px` });
  return node;
}
