// What the app draws: curves and points (always in it), bars, level lines.
const Plotly = require('plotly.js/lib/core');

Plotly.register([require('plotly.js/lib/bar'), require('plotly.js/lib/contour')]);

module.exports = Plotly;
