// --- numbers: as they are written ----------------------------------------------------------------------

import { power } from './powers.js';

export const MIN_NUMBER = 9; // css pixels; smaller numbers are not drawn
export const minus = (text) => text.replace(/-/g, '\u2212');
const english = new Intl.NumberFormat('en-US');
export const grouped = (value) => minus(english.format(value + 0)); // + 0 makes 0 of -0

// Beyond these a number is written as a power of ten: its zeros say less than how many they are.
const HUGE = 1e12;
const MINUTE = 1e-6;
const extreme = (value) => value !== 0 && Number.isFinite(value) && (Math.abs(value) >= HUGE || Math.abs(value) < MINUTE);

// The shortest text that is exact to some significant places; whole digits are never rounded away.
function significant(value, places = 3) {
  if (extreme(value)) return power(value);
  if (Number.isInteger(value)) return minus(String(value));
  if (Math.abs(value) >= 10 ** places) return minus(String(Math.round(value)));
  return minus(String(Number(value.toPrecision(places))));
}

// So many decimals; what rounds to zero has no sign.
export const exact = (value, decimals = 3) => minus(value.toFixed(decimals).replace(/^-(?=0\.?0*$)/, ''));

// A fixed number of decimals, or fewer where that is exact: "0.5", but "0.00" for what only looks like zero.
export function fixed(value, decimals) {
  const rounded = Number(value.toFixed(decimals));
  return Math.fround(rounded) === Math.fround(value) ? minus(String(rounded)) : exact(value, decimals);
}

// Without the zero before the point, for narrow cells: ".03".
const bare = (text) => text.replace(/^(\u2212?)0\./, '$1.');

const compact = new Intl.NumberFormat('en-US', { notation: 'compact' });
const thousands = (value) => minus(Math.abs(value) < 10_000 ? String(value) : compact.format(value));

// All digits that a number has: one that is kept in single precision needs no more than nine.
export function digits(value, kept) {
  if (!(kept instanceof Float32Array)) return value;
  return [6, 7, 8, 9].map((places) => Number(value.toPrecision(places))).find((short) => Math.fround(short) === value);
}

// A number as it stands in a sentence or in the ledger.
export function spoken(value, decimals, places = 4) {
  if (Number.isNaN(value)) return 'empty';
  if (extreme(value) && (decimals === null || decimals === undefined || Math.abs(value) >= HUGE)) return power(value);
  if (decimals !== null && decimals !== undefined) return exact(value, decimals);
  return Number.isInteger(value) ? grouped(value) : significant(value, places);
}

// A number as it is written, read again; NaN where that is a power of ten or no number.
export const read = (text) => Number(text.replaceAll(',', '').replace('\u2212', '-'));

// What stands between a calculation and its result: equal they are only if the numbers that are written give it exactly.
export const equals = (made, text) => (Number(made.toPrecision(12)) === read(text) ? '=' : '\u2248');

// How many digits, of those that may be taken, operands need to give the result as it is written; the fewest if none are enough.
export const enough = (gives, text, write = (made) => spoken(made), kept = [4, 5, 6, 7]) => kept.find((digits) => write(gives(digits)) === text) ?? kept[0];

export const bracketed = (text) => (text.startsWith('\u2212') ? `(${text})` : text);
export const visible = (label) => label.replaceAll(' ', '\u2423').replaceAll('\n', '\u21b5').replaceAll('\t', '\u21e5');

// Ways to write the numbers of a matrix in its cells, the best one first, each with the least size in pixels.
export function notations(matrix) {
  const ways = (...list) => list.map((write) => ({ write, least: MIN_NUMBER }));
  if (matrix.decimals !== null) return ways((v) => exact(v, matrix.decimals));
  if (matrix.whole) return ways((v) => minus(String(v)), thousands);
  const told = [2, 1].filter((places) => matrix.peak * 10 ** places >= 10); // two digits at least of the largest
  const short = told.flatMap((places) => [
    { write: (v) => fixed(v, places), least: MIN_NUMBER }, { write: (v) => bare(fixed(v, places)), least: MIN_NUMBER + 1 },
  ]);
  return [...ways(significant), ...short];
}
