import { button, draw, heard, made } from './shared.js';

export default function show(component) {
  draw(component, ({ cards }, open) => {
    const root = made('div', 'cards');
    root.append(...cards.map((card, i) => {
      const article = made('article', 'card');
      const spelled = made('div', 'spelled');
      spelled.style.setProperty('--count', Math.max(card.letters.length, 7));
      spelled.append(...card.letters.map((letter, j) => letterOf(letter, () => open({ card: i, letter: j }))));
      const told = `${card.name}: ${card.odds}, ${card.known}. Take it along`;
      const shown = [heard(`${card.name}: `), made('span', 'odds', card.odds), heard(', '), made('span', 'known', card.known), heard('. Take it along')];
      const foot = button(`foot ${card.real ? 'real' : ''}`, told, () => open({ card: i, letter: null }), shown);
      article.append(spelled, foot);
      return article;
    }));
    return root;
  });
}

function letterOf({ symbol, probability, told }, onclick) {
  if (probability === null) {
    const given = made('span', 'letter given');
    given.title = told;
    given.append(made('i'), made('b', '', symbol));
    return given;
  }
  const node = button('letter', told, onclick);
  const bar = made('i');
  bar.style.setProperty('--p', probability);
  node.append(bar, made('b', '', symbol));
  return node;
}
