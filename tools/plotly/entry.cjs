// What the app draws: curves and points, which are always in it, and bars.
const Plotly = require('plotly.js/lib/core');

Plotly.register(require('plotly.js/lib/bar'));

module.exports = Plotly;
