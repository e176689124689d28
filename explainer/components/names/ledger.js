import { draw, made } from './shared.js';

export default function show(component) {
  draw(component, ({ columns, rows }) => {
    const root = made('table', 'ledger');
    const head = made('tr');
    head.append(made('td'), ...columns.map(({ title, detail, role }) => {
      const cell = made('th', role);
      cell.scope = 'col';
      cell.append(made('strong', '', title), made('span', '', detail));
      return cell;
    }));
    root.append(head, ...rows.map(({ label, told, entries }) => {
      const line = made('tr');
      const name = made('th', 'label');
      name.scope = 'row';
      name.append(made('strong', '', label), made('span', '', told));
      line.append(name, ...entries.map((entry, j) => {
        const cell = made('td', columns[j].role);
        cell.dataset.head = columns[j].title; // on a phone, where the columns have no heads
        const number = made('div', entry.digits ? 'number odometer' : 'number');
        if (entry.digits) number.append(...[...entry.text].map((d) => made('span', d === ',' ? 'comma' : 'digit', d)));
        else number.textContent = entry.text;
        const bar = made('i');
        bar.style.setProperty('--p', entry.share);
        if (!entry.share) bar.style.visibility = 'hidden'; // nothing has no length
        cell.append(number, bar, made('span', 'detail', entry.detail));
        return cell;
      }));
      return line;
    }));
    return root;
  });
}
