// --- powers: numbers that are very small or very large, as in the figures: "5.9·10⁻⁸" ---------------------

const DIGITS = '\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079';
const raised = (exponent) => String(exponent).replace('-', '\u207b').replace(/\d/g, (digit) => DIGITS[digit]);

export function power(value) {
  const [mantissa, exponent] = value.toExponential(1).split('e');
  return `${String(Number(mantissa)).replace('-', '\u2212')}\u00b710${raised(Number(exponent))}`;
}
