// --- neighbours: which vectors lie close to one, by angle and by distance ------------------------------------------

// The angle's cosine, and the distance, of one vector to all V, each of D numbers.
export function apart(vectors, size, one) {
  const own = vectors.subarray(one * size, (one + 1) * size);
  const length = (vector) => Math.sqrt(vector.reduce((sum, v) => sum + v * v, 0));
  return Array.from({ length: vectors.length / size }, (_, i) => {
    const other = vectors.subarray(i * size, (i + 1) * size);
    let [dot, square] = [0, 0];
    for (let d = 0; d < size; d += 1) {
      dot += own[d] * other[d];
      square += (own[d] - other[d]) ** 2;
    }
    return { cosine: dot / (length(own) * length(other)), distance: Math.sqrt(square) };
  });
}

// The nearest first, without the one itself.
export function nearest(found, one, by, count) {
  const order = found.map((_, i) => i).filter((i) => i !== one);
  order.sort((a, b) => (by === 'cosine' ? found[b].cosine - found[a].cosine : found[a].distance - found[b].distance));
  return order.slice(0, count);
}
