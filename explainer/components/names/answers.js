import { button, draw, heard, made } from './shared.js';

export default function show(component) {
  draw(component, ({ columns, rows, heading }, open) => {
    const root = made('div', 'answers');
    const highest = Math.max(...rows.flatMap((row) => row.probabilities));
    // On a phone there is room for the likeliest columns only: the same ones in every row.
    const best = columns.map((_, j) => Math.max(...rows.map((row) => row.probabilities[j])));
    const likely = new Set(best.map((p, j) => [p, j]).sort((a, b) => b[0] - a[0]).slice(0, 11).map(([, j]) => j));
    const head = made('div', 'answer head');
    head.append(made('span'), made('span', '', 'probability of the next letter, in percent'), made('span', '', heading));
    root.append(head, ...rows.map((row, i) => {
      const line = made('div', 'answer');
      const label = made('div', 'label');
      label.append(made('strong', '', row.label), made('span', '', row.told));
      const bars = made('div', 'columns');
      bars.append(...row.probabilities.map((p, j) => {
        const told = `${row.label}, ${columns[j]}: ${(100 * p).toPrecision(p < 0.1 ? 2 : 3)} %`;
        const bar = made('i', '', p >= 0.02 ? String(Math.round(100 * p)) : '');
        bar.append(heard(p >= 0.02 ? ' % ' : `${(100 * p).toPrecision(2)} % `));
        bar.style.setProperty('--p', p / highest);
        const shown = [heard(`${row.label}: `), bar, made('b', '', columns[j])];
        return button(`column ${likely.has(j) ? '' : 'unlikely'} ${p >= 0.02 ? 'seen' : ''}`, told, () => open({ row: i, column: j }), shown);
      }));
      const samples = made('div', 'samples');
      samples.append(...row.samples.map((name) => made('span', '', name)));
      line.append(label, bars, samples);
      return line;
    }));
    return root;
  });
}
