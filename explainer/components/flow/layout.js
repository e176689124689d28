// --- layout: where every strip stands; one section is open, the others show their last strip alone -----------

const WEIGHTS = { neurons: 1.7 };

const weight = ({ title }) => WEIGHTS[title] ?? 1;
const mixed = (a, b, t) => a + (b - a) * t;
const sum = (list) => list.reduce((a, b) => a + b, 0);

/* Along is the way from the text to the next character: to the right, or down on a phone; across lie the numbers of
   a vector. Returns boxes by name, and sections, each { from, size, open }. */
export function layOut(passed, { along, gap, folded, lead }, { section, before, opened }) {
  const open = (s) => (s === section ? opened : s === before ? 1 - opened : 0);
  const groups = passed.sections.map((_, s) => passed.strips.filter((strip) => strip.section === s));
  const rest = along - (groups.length - 1) * (folded + gap) - 2 * lead;
  const [boxes, sections] = [new Map(), []];
  let at = lead;
  groups.forEach((strips, s) => {
    const share = open(s);
    const unit = (rest - (strips.length - 1) * gap) / sum(strips.map(weight));
    const from = at;
    strips.forEach((strip, i) => {
      const last = i === strips.length - 1;
      const size = mixed(last ? folded : 0, unit * weight(strip), share);
      boxes.set(strip.name, { strip, at, size, open: share, last });
      at += size + (last ? 0 : gap * share);
    });
    sections.push({ from, size: at - from, open: share });
    at += gap;
  });
  return { boxes, sections };
}
