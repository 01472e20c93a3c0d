import { BYTES_PER_ELEMENT, type Tensor } from "../tensor.js";

/** `[rows, columns]` to `[columns, rows]`, moving bit patterns without reading them as numbers. */
export function transpose<T extends Tensor>(matrix: T): T {
  const { elementType, shape, data } = matrix;
  const [rows, columns] = shape as [number, number];
  const turned = new Uint8Array(data.byteLength);
  const bytes = BYTES_PER_ELEMENT[elementType];
  const view = ({ buffer, byteOffset }: Uint8Array): Uint32Array | Uint16Array | Uint8Array => {
    if (bytes === 4) return new Uint32Array(buffer, byteOffset, rows * columns);
    if (bytes === 2) return new Uint16Array(buffer, byteOffset, rows * columns);
    return new Uint8Array(buffer, byteOffset, rows * columns);
  };
  const [from, to] = [view(data), view(turned)];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) to[column * rows + row] = from[row * columns + column]!;
  return { ...matrix, shape: [columns, rows], data: turned };
}
