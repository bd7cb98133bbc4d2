/**
 * Where things lie in an ONNX file.
 *
 * @see onnx/onnx.proto (ModelProto: graph 7, opset_import 8; OperatorSetIdProto: domain 1, version 2; ValueInfoProto.name = 1)
 */
import { fieldsOf, invalidModel, fieldText } from './onnx-wire.ts';

export const MODEL_GRAPH = 7;
const MODEL_OPSET = 8;

/** The graph of a model and the field that holds it, as a range of the model's bytes. */
export function graphOf(model: Uint8Array): { bytes: Uint8Array; start: number; end: number } {
  let start = 0;
  for (const field of fieldsOf(model)) {
    const end = field.bytes.byteOffset - model.byteOffset + field.bytes.length;
    if (field.number === MODEL_GRAPH && field.wire === 2) return { bytes: field.bytes, start, end };
    start = end;
  }
  throw invalidModel('it has no graph');
}

/** Which version of the operations of a domain a model means; 0 for a domain that it does not use. */
export function opsetVersion(model: Uint8Array, domain: string): number {
  for (const { number, bytes } of fieldsOf(model)) {
    if (number !== MODEL_OPSET) continue;
    let [name, version] = ['', 0];
    for (const field of fieldsOf(bytes)) {
      if (field.number === 1) name = fieldText(field);
      else if (field.number === 2) version = field.value;
    }
    if (name === domain) return version;
  }
  return 0;
}

/** The message in a field; empty where there is none. */
export function messageOf(bytes: Uint8Array, number: number): Uint8Array {
  for (const field of fieldsOf(bytes)) if (field.number === number && field.wire === 2) return field.bytes;
  return new Uint8Array(0);
}

/** The name of an input or output. */
export function nameOfField(bytes: Uint8Array): string {
  for (const field of fieldsOf(bytes)) if (field.number === 1) return fieldText(field);
  return '';
}
