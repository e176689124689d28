// --- save: the picture as a file; the type of the page goes along, which a picture else would not have -----

import { carriedFaces } from '../along/faces.js';
import { handOut } from '../along/file.js';

const SHARP = 2; // pixels of the file for one on the screen

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
  const faces = await carriedFaces();
  handOut(`${name}.png`, await painted(svg.replace(/<svg[^>]*>/, (start) => `${start}<style>${faces}</style>`), width, height));
}
