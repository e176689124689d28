// --- faces: the type of the page goes along, which a picture else would not have ----------------------------

const bare = (name) => name.trim().replace(/^["']|["']$/g, '');

// The rules of a style sheet; none of one that comes from elsewhere.
export const rulesOf = (sheet) => { try { return [...sheet.cssRules]; } catch { return []; } };

export const isFace = (rule) => rule instanceof CSSFontFaceRule;

const told = (style, part) => bare(style.getPropertyValue(`font-${part}`));

// The rules by which the page has got the fonts that it uses.
function faces() {
  const used = [...document.fonts].filter(({ status }) => status === 'loaded');
  const is = ({ style }) => used.some((font) => bare(font.family) === told(style, 'family')
    && font.weight === (told(style, 'weight') || 'normal') && font.style === (told(style, 'style') || 'normal'));
  return [...document.styleSheets].flatMap(rulesOf).filter((rule) => isFace(rule) && is(rule));
}

async function carried({ style, parentStyleSheet }) {
  const [, address] = style.getPropertyValue('src').match(/url\(["']?([^"')]+)/);
  const font = await (await fetch(new URL(address, parentStyleSheet.href ?? document.baseURI))).blob();
  const data = await new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.readAsDataURL(font);
  });
  const [family, weight, slant] = ['family', 'weight', 'style'].map((part) => style.getPropertyValue(`font-${part}`));
  return `@font-face { font-family: ${family}; font-weight: ${weight || 400}; font-style: ${slant || 'normal'}; src: url(${data}); }`;
}

// The fonts of the page as one style sheet that needs nothing else.
export const carriedFaces = async () => (await Promise.all(faces().map(carried))).join('\n');
