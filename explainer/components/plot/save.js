// --- save: the picture as a file; the type of the page goes along, which a picture else would not have -----

const SHARP = 2; // pixels of the file for one on the screen

const bare = (name) => name.trim().replace(/^["']|["']$/g, '');

// The rules by which the page has the fonts of this family.
function facesOf(family) {
  const names = family.split(',').map(bare);
  const read = (sheet) => { try { return [...sheet.cssRules]; } catch { return []; } }; // of another origin
  return [...document.styleSheets].flatMap(read)
    .filter((rule) => rule instanceof CSSFontFaceRule && names.includes(bare(rule.style.getPropertyValue('font-family'))));
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

async function painted(svg, width, height) {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  await image.decode();
  URL.revokeObjectURL(image.src);
  const canvas = Object.assign(document.createElement('canvas'), { width: width * SHARP, height: height * SHARP });
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, 'image/png'));
}

export async function savePicture(Plotly, figure, { width, height, name }) {
  const svg = await Plotly.toImage(figure, { format: 'svg', width, height, imageDataOnly: true });
  const faces = await Promise.all(facesOf(figure.layout.font.family).map(carried));
  const whole = svg.replace(/<svg[^>]*>/, (start) => `${start}<style>${faces.join('\n')}</style>`);
  const file = await painted(whole, width, height);
  const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(file), download: `${name}.png` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
