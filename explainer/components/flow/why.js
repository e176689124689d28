// --- why: what may come next, and what made one of them likely -------------------------------------------------

import { exact } from '../grid/numbers.js';
import { element } from '../player/stage.js';

const MOST = 6; // candidates
const percent = (share) => (share >= 0.0005 ? `${(100 * share).toFixed(1)} %` : '< 0.1 %');
const signed = (value) => `${value < 0 ? '' : '+'}${exact(value, 2)}`;

export class Why {
  constructor(view) {
    this.view = view;
    this.node = element('aside', 'why');
    this.heading = element('h2');
    this.list = element('div', 'candidates');
    this.die = element('p', 'die');
    this.asked = element('h2');
    this.sum = element('div', 'sum');
    this.heads = element('div', 'heads');
    this.heads.setAttribute('role', 'group');
    this.heads.setAttribute('aria-label', 'Which head is followed');
    this.node.append(this.heading, this.list, this.die, this.asked, this.sum, this.heads);
  }

  load({ n_head }) {
    const named = ['all', ...Array.from({ length: n_head }, (_, h) => String(h + 1))];
    this.heads.replaceChildren(...named.map((name, head) => {
      const node = element('button', '', name);
      node.type = 'button';
      node.ariaLabel = head ? `head ${head}` : 'all heads';
      node.onclick = () => this.view.followHead(head);
      return node;
    }));
  }

  // `known` is whether probabilities have been made, `thrown` whether the die has fallen.
  show(passed, candidate, head, known, thrown) {
    const order = passed.best.slice(0, MOST);
    if (!order.includes(candidate)) order[MOST - 1] = candidate;
    if (thrown && !order.includes(passed.drawn)) order[order.length - (order.at(-1) === candidate ? 2 : 1)] = passed.drawn;
    while (this.list.childElementCount > order.length) this.list.lastChild.remove();
    while (this.list.childElementCount < order.length) this.list.append(this.line());
    order.forEach((id, i) => this.dress(this.list.children[i], passed, id, id === candidate, known, thrown && id === passed.drawn));
    this.heading.textContent = known ? 'next character' : 'candidates to follow';
    this.die.textContent = thrown ? `the die: ${passed.roll.toFixed(3)} → “${passed.symbols[passed.drawn]}”` : '';
    this.asked.textContent = `why “${passed.symbols[candidate]}”? added to its logit`;
    this.showSum(passed, candidate, head);
    [...this.heads.children].forEach((node, i) => { node.ariaPressed = String(i === head); });
  }

  line() {
    const node = element('button', 'candidate');
    node.type = 'button';
    const track = element('span', 'chance');
    track.append(element('span'));
    node.append(element('span', 'glyph'), track, element('span', 'share'));
    return node;
  }

  dress(node, passed, id, followed, known, drawn) {
    const [glyph, track, share] = node.children;
    const { probabilities } = passed;
    glyph.textContent = passed.symbols[id];
    track.firstChild.style.width = known ? `${(100 * probabilities[id]) / probabilities[passed.best[0]]}%` : '0';
    share.textContent = known ? percent(probabilities[id]) : '?';
    node.className = `candidate${followed ? ' followed' : ''}${drawn ? ' drawn' : ''}`;
    node.ariaPressed = String(followed);
    node.title = `why “${passed.symbols[id]}”?`;
    node.onclick = () => this.view.followCandidate(id);
  }

  // Four sums of what was added, and their total, as far as the way has come.
  showSum(passed, candidate, head) {
    const { film } = this.view;
    const made = film.added.filter(({ strip }) => this.view.map.made(strip) === 1);
    const of = (...kinds) => made.filter(({ part }) => kinds.includes(part.split('.')[0])).map(({ part }) => passed.addedBy(part, candidate));
    const total = (list) => list.reduce((a, b) => a + b, 0);
    const rows = [['embeddings', of('token', 'position')], ['attention', of('heads')], ['MLPs', of('mlp')]];
    if (head) {
      const own = made.filter(({ part }) => part.startsWith('heads')).map(({ part }) => passed.addedBy(part, candidate, head));
      rows.splice(2, 0, [`of it, head ${head}`, own, 'part']);
    }
    rows.push(['together', made.map(({ part }) => passed.addedBy(part, candidate)), 'total']);
    this.sum.replaceChildren(...rows.map(([name, list, kind = '']) => {
      const node = element('p', kind);
      node.append(element('span', '', name), element('b', '', list.length ? signed(total(list)) : '?'));
      return node;
    }));
  }
}
