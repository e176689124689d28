// --- columns: how their values are written, compared and found --------------------------------------------

import { grouped, minus } from '../grid/numbers.js';
import { power } from '../grid/powers.js';

export const LONG = 22; // characters; a longer text may be cut, so that the other columns have room
const NONE = '\u2013';
const collator = new Intl.Collator('pl', { numeric: true });
const decimals = new Intl.NumberFormat('en-US', { minimumFractionDigits: 3, maximumFractionDigits: 3 });

// A number of a column that holds more than whole ones.
function decimal(value) {
  if (value === 0) return '0';
  const size = Math.abs(value);
  return size < 0.01 || size >= 1e6 ? power(value) : minus(decimals.format(value));
}

const WRITERS = {
  text: () => String,
  mark: () => (value) => (value ? 'yes' : 'no'),
  number: (values) => (values.every((value) => value === null || Number.isInteger(value)) ? grouped : decimal),
};

// A column with all its values; ``text`` says how one stands in the table.
export function columnOf({ title, kind, values: sent, rows }) {
  const values = rows ? rows.map((row) => sent[row]) : sent;
  const write = WRITERS[kind](values);
  return { title, kind, values, text: (row) => (isMissing(values[row]) ? NONE : write(values[row])) };
}

const isMissing = (value) => value === null || value === '';

// The rows by the values of a column, upwards (1) or downwards (-1); what is missing comes last.
export function sorted(rows, { kind, values }, direction) {
  const compare = kind === 'text' ? collator.compare : (a, b) => a - b;
  return [...rows].sort((a, b) => Number(isMissing(values[a])) - Number(isMissing(values[b])) || direction * compare(values[a], values[b]));
}

// Letters that Unicode does not take apart into a plain one and its mark.
const PLAIN = { ł: 'l', ø: 'o', đ: 'd', ħ: 'h', ı: 'i', ß: 'ss', æ: 'ae', œ: 'oe' };
export const folded = (text) => text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '').replace(/[łøđħıßæœ]/g, (letter) => PLAIN[letter]);

// What a row is found by: all its texts, and its numbers without separators as well.
export function found(columns, row) {
  const texts = columns.flatMap(({ kind, values, text }) => (kind === 'number' ? [text(row), String(values[row])] : [text(row)]));
  return folded(texts.join('\n'));
}

// Texts that tell how wide a column would like to be: its longest ones, as letters are not equally wide.
export function longest({ kind, values, text }, many = 8) {
  if (kind !== 'text') return extremes(values).map(text);
  const most = values.reduce((length, value) => Math.max(length, value.length), 0);
  return values.filter((value) => value.length > 0.8 * most).sort((a, b) => b.length - a.length).slice(0, many);
}

// The rows of the largest value, of the smallest, and of the one nearest to zero: the longest to write.
function extremes(values) {
  const best = (size) => values.reduce((row, value, i) => (value && (row < 0 || size(value) > size(values[row])) ? i : row), -1);
  return [best((value) => value), best((value) => -value), best((value) => -Math.abs(value))].filter((row) => row >= 0);
}
