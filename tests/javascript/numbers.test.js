// Numbers as they are written: in cells, in sentences, as powers, and in a file.

import assert from 'node:assert/strict';
import test from 'node:test';

import { enough, equals, exact, fixed, grouped, notations, read, spoken, visible } from '../../explainer/components/grid/numbers.js';
import { power } from '../../explainer/components/grid/powers.js';
import { columnOf, folded, found, longest, sorted } from '../../explainer/components/listing/columns.js';
import { csvOf } from '../../explainer/components/listing/export.js';
import { readFigure } from '../../explainer/components/plot/sizes.js';

test('a power of ten has a minus of its own and small digits', () => {
  assert.equal(power(5.91e-8), '5.9·10⁻⁸');
  assert.equal(power(-2e12), '−2·10¹²');
});

test('an equals sign stands only where the numbers that are written give the result to the last digit', () => {
  const sign = (a, b) => equals(read(spoken(a)) * read(spoken(b)), spoken(a * b));
  assert.equal(sign(2, -1.5), '=');
  assert.equal(sign(0.1, 3), '='); // not 0.30000000000000004
  assert.equal(sign(2.0084, 0.041063), '≈'); // 2.008 · 0.04106 would be 0.08245
  assert.equal(sign(1200, 3), '=');
  assert.equal(sign(1e-9, 1), '≈');
  assert.equal(sign(1.652, -0.2568), '≈'); // −0.4242336, written −0.4242
});

test('factors are written with as many digits as give the result as it is written', () => {
  const gives = (places) => read(spoken(2.0084, null, places)) * read(spoken(0.041063, null, places));
  const text = spoken(2.0084 * 0.041063);
  assert.equal(text, '0.08247');
  assert.equal(enough(gives, text), 5);
  assert.equal(spoken(gives(5)), text);
  assert.equal(enough(() => 0.5, '0.5'), 4);
});

test('what rounds to zero has no sign, and zero never has one', () => {
  assert.equal(exact(-0.0004), '0.000');
  assert.equal(exact(-0.0006), '−0.001');
  assert.equal(grouped(-0), '0');
});

test('decimals are as few as are exact', () => {
  assert.equal(fixed(0.5, 2), '0.5');
  assert.equal(fixed(0.001, 2), '0.00');
  assert.equal(fixed(1 / 3, 2), '0.33');
});

test('a number in a sentence has its thousands, its decimals or its power', () => {
  assert.equal(spoken(1234567), '1,234,567');
  assert.equal(spoken(-0.123456, 3), '−0.123');
  assert.equal(spoken(0.123456), '0.1235');
  assert.equal(spoken(4e-9), '4·10⁻⁹');
  assert.equal(spoken(4e-9, 3), '0.000');
  assert.equal(spoken(NaN), 'empty');
});

test('every way to write the numbers of a matrix is as long as the one before, or shorter', () => {
  const matrix = { decimals: null, whole: false, peak: 12.3456 };
  const texts = notations(matrix).map(({ write }) => write(-0.3456));
  assert.deepEqual(texts, ['−0.346', '−0.35', '−.35', '−0.3', '−.3']);
  assert.deepEqual(notations({ decimals: null, whole: true, peak: 20000 }).map(({ write }) => write(12345)), ['12345', '12K']);
  assert.deepEqual(notations({ decimals: 2, whole: false, peak: 1 }).map(({ write }) => write(0.5)), ['0.50']);
});

test('whitespace is seen', () => assert.equal(visible('a b\n\t'), 'a␣b↵⇥'));

const names = columnOf({ title: 'name', kind: 'text', values: ['Łucja', 'Ada', '', 'Ćma'], rows: null });
const ages = columnOf({ title: 'age', kind: 'number', values: [1234, 0.5, null, -3], rows: null });

test('rows are sorted as in Polish, what is missing last in both directions', () => {
  assert.deepEqual(sorted([0, 1, 2, 3], names, 1), [1, 3, 0, 2]);
  assert.deepEqual(sorted([0, 1, 2, 3], names, -1), [0, 3, 1, 2]);
  assert.deepEqual(sorted([0, 1, 2, 3], ages, -1), [0, 1, 3, 2]);
});

test('a row is found without marks, and by its bare number', () => {
  assert.equal(folded('ŁÓDŹ ß'), 'lodz ss');
  assert.match(found([names, ages], 0), /lucja[^]*1234/);
});

test('values that are sent once stand in every row that names them', () => {
  assert.deepEqual(columnOf({ title: 'sex', kind: 'text', values: ['girl', 'boy'], rows: [1, 1, 0] }).values, ['boy', 'boy', 'girl']);
});

test('the widest texts of a column are those of the largest, the smallest and the least number', () => {
  assert.deepEqual(longest(ages), ['1,234.000', '−3.000', '0.500']);
});

test('a file has the rows in their order, quotes what needs it and keeps all digits', async () => {
  const odd = columnOf({ title: 'a "title", with', kind: 'text', values: ['line\nbreak', 'plain', '', 'x'], rows: null });
  const numbers = columnOf({ title: 'n', kind: 'number', values: [0.1234567891, 2, null, 3], rows: null });
  const bytes = new Uint8Array(await csvOf([odd, numbers], [1, 0, 2]).arrayBuffer());
  assert.equal(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), '\ufeff"a ""title"", with",n\r\nplain,2\r\n"line\nbreak",0.1234567891\r\n,\r\n');
});

test('sizes of a figure grow with the window, its data and the rest stay', () => {
  const figure = { data: [{ x: [12], marker: { size: 10, color: '#000003' }, line: { width: 2, dash: '4px,2px' } }], layout: { margin: { l: 5 } } };
  const read = readFigure(JSON.stringify(figure), (color) => `paint ${color}`, 1.5);
  assert.deepEqual(read, {
    data: [{ x: [12], marker: { size: 15, color: 'paint #000003' }, line: { width: 3, dash: '6px,3px' } }],
    layout: { margin: { l: 7.5 } },
  });
});
