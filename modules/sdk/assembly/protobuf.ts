/**
 * The protobuf wire format, for generated message classes (`import ... from "mullion/protobuf"`).
 *
 * Everything that touches memory by address is in this file's three neighbours.
 */
export { Reader, noBytes } from "./protobuf/reader";
export { Writer, bytesSize, floatBits, doubleBits, varintSize, zigzag32, zigzag64 } from "./protobuf/writer";
export { packedSize, packedZigzagSize, stringSize, unknownSize } from "./protobuf/writer";
