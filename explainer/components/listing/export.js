// --- export: the rows as a file that every spreadsheet reads ----------------------------------------------

import { made } from '../names/shared.js';

const MARK = '\ufeff'; // by which a spreadsheet knows that letters beyond English ones are meant

const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const cellOf = (value) => (value === null ? '' : quoted(String(value)));

// The rows in their order, numbers with all their digits.
export function csvOf(columns, rows) {
  const lines = [columns.map(({ title }) => quoted(title)), ...rows.map((row) => columns.map(({ values }) => cellOf(values[row])))];
  return MARK + lines.map((line) => `${line.join(',')}\r\n`).join('');
}

export function saveText(name, text) {
  const link = made('a');
  Object.assign(link, { href: URL.createObjectURL(new Blob([text], { type: 'text/csv' })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
