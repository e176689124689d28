import { button, draw, drawn, made } from './shared.js';

export default function show(component) {
  draw(component, ({ word, letters, players, verdict, over }, open) => {
    const root = made('div', 'guess');
    const left = made('div', 'asked');
    const name = made('div', 'word');
    name.append(...[...word].map((letter) => made('span', '', letter)));
    if (!over) name.append(made('span', 'next', '?'));
    const pad = made('div', 'pad');
    if (over) {
      const next = button('go', 'Next name', () => open({ letter: '' }));
      next.textContent = 'Next name';
      pad.append(next);
    } else {
      pad.append(...letters.map((letter) => {
        const end = letter === '·';
        const key = button(end ? 'key end' : 'key', end ? 'the name ends' : letter, () => open({ letter }));
        key.textContent = end ? 'ends' : letter;
        return key;
      }));
    }
    const said = made('p', 'verdict', verdict);
    said.setAttribute('aria-live', 'polite');
    left.append(name, said, pad);
    root.append(left, scores(players));
    root.tabIndex = 0;
    root.dataset.letters = ''; // the deck leaves them to it
    root.onkeydown = (event) => guess(event, drawn.get(component.parentElement).component);
    return root;
  });
}

function scores(players) {
  const table = made('table', 'players');
  const head = made('tr');
  head.append(made('td'), ...['said', 'right', 'nats'].map((text) => made('th', '', text)));
  table.append(head, ...players.map((player) => {
    const line = made('tr', player.hit === null ? '' : player.hit ? 'hit' : 'miss');
    const said = made('td', 'said');
    said.append(made('span', 'mark', player.hit === null ? '' : player.hit ? '✓' : '✗'), made('span', '', player.guess));
    line.append(made('th', '', player.label), said, made('td', '', player.score), made('td', '', player.paid));
    return line;
  }));
  return table;
}

// The keyboard guesses too, while the game has the focus.
function guess(event, { data, setTriggerValue }) {
  if (event.repeat || (event.target.matches('button') && [' ', 'Enter'].includes(event.key))) return;
  if ((event.ctrlKey || event.metaKey || event.altKey) && !event.getModifierState('AltGraph')) return;
  const letter = event.key === '.' ? '·' : event.key.toUpperCase();
  if (data.over && event.key === 'Enter') setTriggerValue('open', { letter: '' });
  else if (!data.over && data.letters.includes(letter)) setTriggerValue('open', { letter });
  else return;
  event.preventDefault();
}
