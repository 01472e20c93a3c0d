import protobuf from "protobufjs/minimal.js";
import type { AttributeValue, Graph, GraphNode, GraphValue, Initializer } from "./graph/graph-builder.js";
import type { ElementType } from "./tensor.js";

/** Number of each element type in `TensorProto.DataType`. */
export const ONNX_ELEMENT_TYPE = {
  F32: 1,
  U8: 2,
  I8: 3,
  I32: 6,
  I64: 7,
  F16: 10,
  BF16: 16,
} as const satisfies Record<ElementType, number>;

/** ONNX 1.16; newer than any operator used here needs, older than the runtime's newest. */
const IR_VERSION = 10;
const OPSET_VERSION = 21;

type Writer = protobuf.Writer;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/**
 * The bytes of an ONNX model. Fields are written by the numbers of onnx.proto, which never change; the
 * runtime reads nothing else.
 * @param dataFile name of the file beside it that holds the external weights
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
export function encodeOnnx(graph: Graph, dataFile: string): Uint8Array {
  const model = protobuf.Writer.create();
  model.uint32(1 << 3).int64(IR_VERSION);
  text(model, 2, "portcullis");
  message(model, 7, (w) => writeGraph(w, graph, dataFile));
  for (const [domain, version] of [
    ["", OPSET_VERSION],
    ["com.microsoft", 1],
  ] as const)
    message(model, 8, (w) => {
      text(w, 1, domain);
      w.uint32(2 << 3).int64(version);
    });
  return model.finish();
}

function message(writer: Writer, field: number, write: (inner: Writer) => void): void {
  writer.uint32((field << 3) | LENGTH_DELIMITED).fork();
  write(writer);
  writer.ldelim();
}

const text = (writer: Writer, field: number, value: string): void => {
  writer.uint32((field << 3) | LENGTH_DELIMITED).string(value);
};

function writeGraph(writer: Writer, graph: Graph, dataFile: string): void {
  for (const node of graph.nodes) message(writer, 1, (w) => writeNode(w, node));
  text(writer, 2, "decoder");
  for (const one of graph.initializers) message(writer, 5, (w) => writeInitializer(w, one, dataFile));
  for (const input of graph.inputs) message(writer, 11, (w) => writeValue(w, input));
  for (const output of graph.outputs) message(writer, 12, (w) => writeValue(w, output));
}

function writeNode(writer: Writer, node: GraphNode): void {
  for (const input of node.inputs) text(writer, 1, input);
  for (const output of node.outputs) text(writer, 2, output);
  text(writer, 3, node.outputs[0] ?? node.op); // profiles show it
  text(writer, 4, node.op);
  for (const [name, value] of Object.entries(node.attributes))
    message(writer, 5, (w) => writeAttribute(w, name, value));
  text(writer, 7, node.domain);
}

function writeAttribute(writer: Writer, name: string, value: AttributeValue): void {
  text(writer, 1, name);
  if ("float" in value)
    writer
      .uint32((2 << 3) | FIXED32)
      .float(value.float)
      .uint32(20 << 3)
      .int32(1);
  else if ("int" in value)
    writer
      .uint32(3 << 3)
      .int64(value.int)
      .uint32(20 << 3)
      .int32(2);
  else {
    for (const int of value.ints) writer.uint32(8 << 3).int64(int);
    writer.uint32(20 << 3).int32(7);
  }
}

function writeInitializer(writer: Writer, initializer: Initializer, dataFile: string): void {
  for (const size of initializer.shape) writer.uint32(1 << 3).int64(size);
  writer.uint32(2 << 3).int32(ONNX_ELEMENT_TYPE[initializer.elementType]);
  text(writer, 8, initializer.name);
  if ("inline" in initializer) {
    writer.uint32((9 << 3) | LENGTH_DELIMITED).bytes(initializer.inline);
    return;
  }
  const { offset, bytes } = initializer.external;
  for (const [key, value] of [
    ["location", dataFile],
    ["offset", String(offset)],
    ["length", String(bytes)],
  ] as const)
    message(writer, 13, (w) => {
      text(w, 1, key);
      text(w, 2, value);
    });
  writer.uint32(14 << 3).int32(1); // data_location: external
}

function writeValue(writer: Writer, value: GraphValue): void {
  text(writer, 1, value.name);
  message(writer, 2, (type) =>
    message(type, 1, (tensor) => {
      tensor.uint32(1 << 3).int32(ONNX_ELEMENT_TYPE[value.elementType]);
      message(tensor, 2, (shape) => {
        for (const size of value.shape)
          message(shape, 1, (dimension) => {
            if (typeof size === "string") text(dimension, 2, size);
            else dimension.uint32(1 << 3).int64(size);
          });
      });
    }),
  );
}
