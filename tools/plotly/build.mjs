// Writes explainer/static/plotly-<version>.js, which the browser fetches once:
//   cd tools/plotly && npm install --no-package-lock --ignore-scripts && npm run build
import { readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { version } = JSON.parse(readFileSync(here('node_modules/plotly.js/package.json'), 'utf8'));
const folder = here('../../explainer/static/');
const outfile = `${folder}plotly-${version}.js`;

// What the attributes mean need not travel: the browser only draws with them.
const TOLD = /\bdescription:\s*(?:\[[\s\S]*?\]\.join\([^)]*\)|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")/g;
const untold = {
  name: 'untold',
  setup(bundle) {
    bundle.onLoad({ filter: /plotly\.js[\\/]src[\\/].*\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(TOLD, "description: ''"),
    }));
  },
};

for (const old of readdirSync(folder)) if (/^plotly-.*\.js$/.test(old)) rmSync(folder + old);
await build({
  entryPoints: [here('entry.cjs')],
  outfile,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2020',
  legalComments: 'eof',
  banner: { js: `/* plotly.js ${version}: scatter, bar. MIT licence, (c) Plotly, Inc. Built by tools/plotly. */` },
  plugins: [untold],
  loader: { '.css': 'empty' }, // that of maps, which are not in it
  define: { global: 'window', 'define.amd': 'false' },
  logLevel: 'warning',
});
console.log(outfile, statSync(outfile).size, 'bytes,', gzipSync(readFileSync(outfile)).length, 'compressed');
