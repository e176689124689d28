// --- export: the rows as a file that every spreadsheet reads ----------------------------------------------

const MARK = '\ufeff'; // by which a spreadsheet knows that letters beyond English ones are meant

const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const cellOf = (value) => (value === null ? '' : quoted(String(value)));

// The rows in their order, numbers with all their digits.
export function csvOf(columns, rows) {
  const lines = [columns.map(({ title }) => quoted(title)), ...rows.map((row) => columns.map(({ values }) => cellOf(values[row])))];
  return new Blob([MARK + lines.map((line) => `${line.join(',')}\r\n`).join('')], { type: 'text/csv' });
}
