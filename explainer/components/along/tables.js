// --- tables: what of the stage is a table or a matrix of numbers --------------------------------------------

import { STREAMLIT } from '../streamlit_inside.js';

const range = (length) => Array.from({ length }, (_, i) => i);

const isNumber = (text) => /^[−-]?[\d,]+(\.\d+)?$/.test(text);
const plain = (text) => (isNumber(text) ? text.replace('−', '-').replaceAll(',', '') : text);

// A table that stands in the page as one.
function readTable(table) {
  const texts = [...table.rows].map(({ cells }) => [...cells].map(({ textContent }) => plain(textContent.trim())));
  const [head, ...lines] = texts.filter((line) => line.some(Boolean));
  return { columns: head.map((title, i) => ({ title, values: lines.map((line) => line[i] ?? '') })) };
}

// Pictures say themselves what their numbers are; of the others the tables are read.
function tablesOf(host) {
  const view = host.__view;
  if (view?.tables) return view.tables();
  return [...(host.shadowRoot ?? host).querySelectorAll('table')].map(readTable);
}

// What is called alike is told apart by its place.
function numbered(titles) {
  const alike = (title) => titles.filter((other) => other === title).length;
  return titles.map((title, i) => (alike(title) > 1 ? `${title} ${titles.slice(0, i + 1).filter((other) => other === title).length}` : title));
}

// Returns { title, columns, rows } of each: columns with their values, and which rows in which order.
export function tablesOn(stage) {
  const found = [...stage.querySelectorAll(`${STREAMLIT.part}, ${STREAMLIT.table}`)].flatMap(tablesOf);
  const titles = numbered(found.map(({ title }) => title ?? 'Table'));
  return found.map(({ columns, rows }, i) => ({
    title: titles[i],
    columns,
    rows: rows ?? range(columns[0].values.length),
  }));
}
